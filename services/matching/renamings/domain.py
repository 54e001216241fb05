"""The matches of a guardian that was renamed, on their way to its new title."""

from collections.abc import Iterable
from typing import Self

from shared.domain import Aggregate


class Renaming(Aggregate):
    """Which matches still name a guardian as before; a few follow at a time."""

    guardian_id: str
    left: tuple[str, ...] = ()

    def begin(self, match_ids: Iterable[str]) -> Self:
        """Have these matches follow, beside those that have not yet."""
        return self._with(left=tuple(dict.fromkeys((*self.left, *match_ids))))

    def go_on(self, most: int) -> tuple[Self, tuple[str, ...]]:
        """Return it without the next matches, and these."""
        return self._with(left=self.left[most:]), self.left[:most]
