"""The list of store keys of one partner: each outlet without a key for long gets one, in steps."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from services.cards.taken_once import ListStatus, TakenOnce


class KeyList(TakenOnce):
    """Store keys that were issued and not handed out yet; `id` is the partner's."""

    STEPS: ClassVar = TakenOnce.STEPS | {
        # A chain that grows has a list again.
        ListStatus.TAKEN: {"clean": None, "write_again": ListStatus.WRITING},
    }
    REFUSAL: ClassVar = "key_list_{status}"

    keys: tuple[str, ...] = ()

    def add(self, keys: Iterable[str], at: datetime) -> Self:
        """Note some more keys."""
        return self._with(keys=(*self.keys, *keys), due_at=at)

    def write_again(self, asked_by: str, role: str, at: datetime) -> Self:
        """Write a list for a person; keys that were not taken are on it again."""
        kept = () if self.status is ListStatus.TAKEN else self.keys
        return self._written_again(at, asked_by=asked_by, role=role, keys=kept)
