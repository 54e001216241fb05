"""Who read what about a person: an entry for each reading, written before it happens.

An entry has ids and codes only, so it may stay when the person is forgotten.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from shared import clock, ids
from shared.principal import Principal
from shared.storage import connection
from shared.storage.command_context import CommandContext
from shared.storage.rows import Item, Key, RawWrite

if TYPE_CHECKING:
    from shared.storage.store import Store

_READ = "READ#"


class Reading(NamedTuple):
    """One reading: when, in which role, of what, by which right, and on which evidence."""

    at: datetime
    role: str
    record: str
    fields: tuple[str, ...]
    purpose: str
    evidence: str | None


class ReadingsPage(NamedTuple):
    """A slice of the readings about a person, the latest first, and the key to go on from."""

    shown: Sequence[Reading]
    next_key: str | None


class AccessLog:
    """The readings of one service."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    @classmethod
    def connect(cls) -> Self:
        """Return the log over this container's tables."""
        return cls(connection.store())

    def note(
        self, subject: str, record: str, fields: Sequence[str], by: Principal, purpose: str
    ) -> None:
        """Write down that an actor is about to read what is not in the vault."""
        self._store.put(reading_entry(subject, record, fields, by, purpose))

    def page(self, subjects: Sequence[str], limit: int, before: str = "") -> ReadingsPage:
        """Return a slice of the readings about a person, by whichever of its records."""
        rows = [
            row
            for subject in subjects
            for row in self._store.latest("audit", subject, _READ, limit + 1, before)
        ]
        rows.sort(key=lambda row: str(row["sk"]["S"]), reverse=True)
        more = len(rows) > limit
        shown = [_reading(row) for row in rows[:limit]]
        return ReadingsPage(shown, str(rows[limit - 1]["sk"]["S"]) if more else None)


def reading_entry(
    subject: str,
    record: str,
    fields: Sequence[str],
    by: Principal | CommandContext,
    purpose: str,
) -> RawWrite:
    """Return the entry of one reading."""
    actor = by if isinstance(by, Principal) else by.actor
    facts = {
        "at": clock.iso(clock.now()),
        "actor": actor.id,
        "role": actor.role,
        "on_behalf_of": actor.on_behalf_of,
        "evidence": actor.evidence,
        "action": "read",
        "record": record,
        "fields": ",".join(sorted(fields)),
        "purpose": purpose,
        "correlation_id": by.correlation_id if isinstance(by, CommandContext) else None,
    }
    key = Key(subject, f"{_READ}{ids.new('aud')}")
    return RawWrite("audit", key, {k: v for k, v in facts.items() if v is not None}, "absent")


def _reading(row: Item) -> Reading:
    fields = row["fields"]["S"]
    return Reading(
        at=clock.parse(row["at"]["S"]),
        role=row["role"]["S"],
        record=row["record"]["S"],
        fields=tuple(fields.split(",")) if fields else (),
        purpose=row["purpose"]["S"],
        evidence=row["evidence"]["S"] if "evidence" in row else None,
    )
