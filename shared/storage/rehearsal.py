"""A store for a dry run: commands run to their end against it, and nothing of them happens.

Guarantees
- a command is refused exactly when the real one would be: it is the same code, and the names and
  rows that the commands of one rehearsal would store are seen by its later ones;
- kept are only these, under keys of the rehearsal's own, for a day: no event, no audit, no sealed
  record, no list and no deadline.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared import clock, ids
from shared.events.base import Event
from shared.storage import rows, transaction
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Item, Key, RawWrite, Row, UniqueName
from shared.storage.store import Store, receipt_for
from shared.storage.transaction import NameTaken, TransactItem

KEPT = timedelta(days=1)


class Rehearsal(Store):
    """One rehearsal over a store; it goes on under the same name after a lost step."""

    def __init__(self, store: Store, name: str) -> None:
        super().__init__(store.client, store.tables)
        self._name = name

    def item(self, key: Key, table: rows.Table = "data") -> Item | None:
        """Return a row as the rehearsal left it, else as it is."""
        if table != "data":
            return super().item(key, table)
        left = super().item(self._own(key))
        return super().item(key) if left is None else left | rows.key_item(key)

    def commit(
        self,
        context: CommandContext,
        *changes: Row,
        events: Sequence[Event] = (),
        unique: Sequence[UniqueName] = (),
        release: Sequence[UniqueName] = (),
        parts: Sequence[Row] = (),
        writes: Sequence[RawWrite] = (),
        number: str | None = None,
        existing: bool = False,
        receipt: Receipt | None = None,
    ) -> Receipt:
        """Refuse what a commit would refuse, and keep what later commands must meet."""
        for name in unique:
            self._require_free(name)
        receipt = receipt or receipt_for(changes, number, existing)
        commit_id, expires = ids.new("cmt"), clock.wall() + KEPT
        request = [
            *transaction.once(self.tables, context, receipt, commit_id),
            *(transaction.claim(self.tables, self._own_name(name), commit_id) for name in unique),
            *(self._put(replace(row, expires_at=expires), commit_id) for row in (*changes, *parts)),
        ]
        self._transact(request, commit_id)
        context.receipt = receipt
        return receipt

    def _require_free(self, name: UniqueName) -> None:
        held = super().item(name.key)
        if held is None or held["held_by"]["S"] == name.taken_from:
            return
        left = None if name.taken_from is None else self.item(name.key)
        if left is None or left["held_by"]["S"] != name.taken_from:
            raise NameTaken(name.name, held["held_by"]["S"])

    def _put(self, row: Row, commit_id: str) -> TransactItem:
        own = replace(row, key=self._own(row.key), lists={}, due_at=None)
        item: dict[str, Any] = rows.row_item(own, commit_id)
        return TransactItem(rows.put(self.tables.data, item))

    def _own(self, key: Key) -> Key:
        name = UniqueName.held_at(key)
        if name is not None:
            return self._own_name(UniqueName(name, "")).key
        return Key(f"REHEARSAL#{self._name}#{key.pk}", key.sk)

    def _own_name(self, name: UniqueName) -> UniqueName:
        expires = clock.wall() + KEPT
        own = f"rehearsal|{self._name}|{name.name}"
        return UniqueName(own, name.owner, expires, name.taken_from)
