"""What a commit does, item by item, and what it means when an item's condition fails.

Every row carries the id of the commit that wrote it; a condition that fails returns the row it
met, so that a repeated transaction recognises its own work.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

from pydantic_core import to_json

from shared import clock, ids
from shared.errors import DomainError, VersionConflict
from shared.events.base import Event, to_cloud_event
from shared.storage import rows
from shared.storage.command_context import AlreadyProcessed, CommandContext, Receipt
from shared.storage.rows import ABSENT, Item, Key, RawWrite, Row, UniqueName
from shared.storage.tables import Tables, write_action

# As many events may a commit tell; a guardian's, of each of its cares, are the most.
SEQUENCES_PER_VERSION = 128

ABSENT_OR_EXPIRED = "attribute_not_exists(pk) OR expires_at < :now"

Facts = dict[str, str | int | bytes | None]


class NameTaken(DomainError):
    """A unique name is held by another owner."""

    def __init__(self, name: str, owner: str) -> None:
        super().__init__("already_taken")
        self.name = name
        self.owner = owner


class OutOfOrder(Exception):
    """A projection has already seen a later event of the same aggregate."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: the id that every row of it carries, and its one moment, in business time."""

    id: str
    at: datetime

    @classmethod
    def new(cls) -> Self:
        """Return a commit that happens now."""
        return cls(ids.new("cmt"), clock.now())


class TransactItem(NamedTuple):
    """One item of a transaction; a condition that fails means that another write was first."""

    action: Item
    refused: Callable[[Item], Exception] = lambda _: VersionConflict()


def once(
    tables: Tables, context: CommandContext, receipt: Receipt, commit: Commit
) -> Iterator[TransactItem]:
    """Return the mark that this cause has had its effect; a parked event is done with."""
    if context.once is not None:
        attributes: Facts = {
            "commit_id": commit.id,
            "receipt": receipt.model_dump_json(exclude_none=True),
            "expires_at": rows.epoch(context.once.expires_at),
        }
        mark = rows.item(context.once.key, attributes | dict(context.once.attributes))
        now = rows.epoch(clock.wall())
        yield TransactItem(
            rows.put(tables.data, mark, ABSENT_OR_EXPIRED, now=now), AlreadyProcessed
        )
    if context.parked is not None:
        yield TransactItem(rows.delete(tables.data, context.parked))


def change(tables: Tables, row: Row, commit: Commit) -> TransactItem:
    """Return the next version of an aggregate, which must still be at the version that was read."""
    condition, values = ABSENT, {}
    if row.version:
        condition, values = "version = :v", {"v": row.version}
        if row.sequence is not None:
            condition += " AND seen_sequence < :s"
            values["s"] = row.sequence
    return TransactItem(
        rows.put(tables.data, rows.row_item(row, commit.id), condition, **values),
        lambda old: OutOfOrder() if _is_stale(row, old) else VersionConflict(),
    )


def part(tables: Tables, row: Row, commit: Commit) -> TransactItem:
    """Return a row of an aggregate that changes in the same commit and is guarded there."""
    return TransactItem(rows.put(tables.data, rows.row_item(row, commit.id)))


def _is_stale(row: Row, old: Item) -> bool:
    seen = old.get("seen_sequence")
    return row.sequence is not None and seen is not None and int(seen["N"]) >= row.sequence


def claim(
    tables: Tables, name: UniqueName, commit: Commit, place: Key | None = None
) -> TransactItem:
    """Return a name that must be free, or be held by the owner that it is taken from.

    A rehearsal holds it in a `place` of its own.
    """
    attributes: Facts = {"held_by": name.owner, "commit_id": commit.id}
    if name.expires_at is not None:
        attributes["expires_at"] = rows.epoch(name.expires_at)
    held = rows.item(place or name.key, attributes)
    condition, values = ABSENT_OR_EXPIRED, dict[str, str | int](now=rows.epoch(commit.at))
    if name.taken_from is not None:
        condition += " OR held_by = :former"
        values["former"] = name.taken_from
    return TransactItem(
        rows.put(tables.data, held, condition, **values),
        lambda old: NameTaken(name.name, old.get("held_by", {}).get("S", "")),
    )


def release(tables: Tables, name: UniqueName) -> TransactItem:
    """Return a name given back by its owner."""
    condition = "attribute_not_exists(pk) OR held_by = :owner"
    return TransactItem(rows.delete(tables.data, name.key, condition, owner=name.owner))


def write(tables: Tables, extra: RawWrite, commit: Commit) -> TransactItem:
    """Return a row of a kernel module, such as the vault."""
    return TransactItem(write_action(tables, extra, commit.id))


def outbox(
    tables: Tables,
    context: CommandContext,
    changes: Sequence[Row],
    events: Sequence[Event],
    commit: Commit,
) -> Iterator[TransactItem]:
    """One row with all events of the command, pending until the relay has published them."""
    if not events:
        return
    if len(events) > SEQUENCES_PER_VERSION:
        raise RuntimeError(f"a commit of {len(events)} events is not bounded by construction")
    versions = {row.id: row.version + 1 for row in changes}
    entries = [
        {
            "type": event.detail_type(),
            "detail": to_cloud_event(
                event,
                event_id=f"evt_{commit.id.removeprefix('cmt_')}_{place}",
                time=commit.at,
                sequence=versions[event.subject] * SEQUENCES_PER_VERSION + place,
                correlation_id=context.correlation_id,
                causation_id=context.causation_id,
            ),
        }
        for place, event in enumerate(events)
    ]
    key = Key(f"OUTBOX#{commit.id}", "OUTBOX")
    attributes: Facts = {
        "entries": to_json(entries).decode(),
        "pending": rows.pending_shard(key.pk),
        "pending_at": clock.iso(clock.wall()),
        "commit_id": commit.id,
    }
    yield TransactItem(rows.put(tables.outbox, rows.item(key, attributes), ABSENT))


def audit(
    tables: Tables, context: CommandContext, row: Row, before: dict[str, Any], commit: Commit
) -> TransactItem:
    """Who changed which fields of an aggregate, when and why; never the values."""
    changed = _changed(before, row.text) if row.version else row.stored_fields
    key = Key(row.id, f"{row.key.sk}#{row.version + 1:012d}")
    actor = context.actor
    facts: Facts = {
        "at": clock.iso(commit.at),
        "actor": actor.id,
        "role": actor.role,
        "on_behalf_of": actor.on_behalf_of,
        "evidence": actor.evidence,
        "action": context.action,
        "reason": context.reason,
        "correlation_id": context.correlation_id,
        "causation_id": context.causation_id,
        "type": row.key.sk,
        "fields": ",".join(changed),
        "commit_id": commit.id,
    }
    return TransactItem(rows.put(tables.audit, rows.item(key, facts), ABSENT))


def _changed(before: dict[str, Any], text: str) -> list[str]:
    after = json.loads(text)
    return sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
