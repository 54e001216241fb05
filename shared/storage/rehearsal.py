"""A store for a dry run: commands run to their end against it, and nothing of them happens.

Guarantees
- a command is refused exactly when and as the real one would be: it is the same code, its commit
  meets the conditions of the real one in their order, and the names and rows that the commands of
  one rehearsal would store are seen by its later ones;
- kept are only these, under keys of the rehearsal's own, for a day: no event, no audit, no sealed
  record, no list and no deadline.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from shared import clock
from shared.errors import VersionConflict
from shared.storage import rows, transaction
from shared.storage.command_context import AlreadyProcessed, CommandContext, Effects, Receipt
from shared.storage.rows import Item, Key, Row, UniqueName
from shared.storage.store import Document, Store, receipt_for
from shared.storage.tables import expired
from shared.storage.transaction import Commit, NameTaken, TransactItem

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

    def get_many(self, keys: Sequence[Key]) -> list[Document]:
        """Return documents as the rehearsal left them."""
        return [found for key in keys if (found := self.get(key)) is not None]

    def commit(self, context: CommandContext, *changes: Row, **more: Unpack[Effects]) -> Receipt:
        """Refuse what a commit would refuse, and keep what later commands must meet."""
        unique, parts = more.get("unique", ()), more.get("parts", ())
        self._require_possible(context, changes, unique)
        receipt = receipt_for(changes, more)
        commit, expires = Commit.new(), clock.wall() + KEPT
        request = [
            *transaction.once(self.tables, context, receipt, commit),
            *(self._claim(name, commit) for name in unique),
            *(self._put(replace(row, expires_at=expires), commit) for row in (*changes, *parts)),
        ]
        self._transact(request, commit.id)
        context.receipt = receipt
        return receipt

    def _require_possible(
        self, context: CommandContext, changes: Sequence[Row], unique: Sequence[UniqueName]
    ) -> None:
        """Refuse what a commit would refuse, in its order: done before, changed since, taken."""
        once = None if context.once is None else context.once.key
        keys = [*(row.key for row in changes), *(name.key for name in unique)]
        own = {key: self._own(key) for key in keys}
        wanted = [*([once] if once else []), *own.keys(), *own.values()]
        read = self.batch({"data": wanted}) if wanted else {}
        found = {key: item for key, item in read.items() if not expired(item)}
        if once in found:
            raise AlreadyProcessed(found[once])
        for row in changes:
            left = found.get(own[row.key]) or found.get(row.key)
            if row.version != (int(left["version"]["N"]) if left else 0):
                raise VersionConflict
        for name in unique:
            held = found.get(own[name.key]) or found.get(name.key)
            if held is not None and held["held_by"]["S"] != name.taken_from:
                raise NameTaken(name.name, held["held_by"]["S"])

    def _put(self, row: Row, commit: Commit) -> TransactItem:
        own = replace(row, key=self._own(row.key), lists={}, due_at=None)
        return transaction.part(self.tables, own, commit)

    def _own(self, key: Key) -> Key:
        return Key(f"REHEARSAL#{self._name}#{key.pk}", key.sk)

    def _claim(self, name: UniqueName, commit: Commit) -> TransactItem:
        short = replace(name, expires_at=clock.wall() + KEPT)
        return transaction.claim(self.tables, short, commit, self._own(name.key))
