"""The one way to write: every command is a single `TransactWriteItems`.

Guarantees
- the aggregates, their audit rows, their events and the row that makes the command unique are
  stored together or not at all;
- an outcome that got lost (timeout, 5xx) is resolved by repeating the same transaction: every row
  carries the id of the commit that wrote it, and a condition that fails returns the row it met;
- a conflict of versions is reported as VersionConflict, for the caller to read again and repeat;
- nothing here grows: a commit has at most MAX_ITEMS items.
"""

import json
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared import clock, ids, rows
from shared.cause import AlreadyDone, Cause, Key, Once, Receipt
from shared.errors import DomainError, PreconditionFailed, Unavailable, VersionConflict
from shared.events.base import Event, to_cloud_event
from shared.rows import Index, Item, Row, Stored, Unique, Write

MAX_ITEMS = 16
ATTEMPTS = 6
SEQUENCES_PER_VERSION = 16
AUDIT_YEARS = 5

ABSENT = "attribute_not_exists(pk)"
ABSENT_OR_EXPIRED = "attribute_not_exists(pk) OR expires_at < :now"


class Taken(DomainError):
    """A unique name is held by somebody else."""

    def __init__(self, name: str, owner: str) -> None:
        super().__init__("already_taken")
        self.name = name
        self.owner = owner


class Stale(Exception):
    """A projection has already seen a later event of the same aggregate."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The four tables of a service."""

    data: str
    outbox: str
    audit: str
    keys: str


@dataclass(frozen=True, slots=True)
class RawPage:
    """A slice of a partition and the key to go on from, not yet sealed into a cursor."""

    rows: list[Stored]
    next_key: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class _Step:
    """One item of a transaction and what its failed condition means."""

    action: Item
    refused: Callable[[Item], Exception]


class Store:
    """A service's tables. `nudge` is told the keys of rows that are due at once."""

    def __init__(
        self,
        client: Any,
        tables: Tables,
        nudge: Callable[[list[Key]], None] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.tables = tables
        self.nudge = nudge
        self._pause = pause
        self._read: OrderedDict[tuple[Key, int], dict[str, Any]] = OrderedDict()

    # reading ------------------------------------------------------------------------------

    def get(self, key: Key) -> Stored | None:
        """The latest version of a row; None when absent or expired."""
        found = self.item(key)
        return None if found is None or "doc" not in found else self._stored(found)

    def item(self, key: Key, table: rows.Table = "data") -> Item | None:
        """The latest raw row; for kernel modules."""
        found: Item | None = self._call(
            "get_item",
            TableName=getattr(self.tables, table),
            Key=rows.key_item(key),
            ConsistentRead=True,
        ).get("Item")
        if found is None or _expired(found):
            return None
        return found

    def page(
        self,
        index: Index,
        partition: str,
        *,
        limit: int,
        start: dict[str, str] | None = None,
        newest_first: bool = False,
        prefix: str = "",
    ) -> RawPage:
        """A slice of one partition of an index, in the order of its sort key."""
        name = index.removeprefix("by_")
        condition, values = f"{name}_pk = :p", {":p": {"S": partition}}
        if prefix:
            condition += f" AND begins_with({name}_sk, :s)"
            values[":s"] = {"S": prefix}
        request: Item = {
            "TableName": self.tables.data,
            "IndexName": index,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "Limit": limit,
            "ScanIndexForward": not newest_first,
        }
        if start:
            request["ExclusiveStartKey"] = {k: {"S": v} for k, v in start.items()}
        answer = self._call("query", **request)
        last = answer.get("LastEvaluatedKey")
        return RawPage(
            rows=[self._stored(found) for found in answer["Items"] if not _expired(found)],
            next_key={k: v["S"] for k, v in last.items()} if last else None,
        )

    def query(self, table: rows.Table, partition: str, limit: int) -> list[Item]:
        """Raw rows of one partition of a table, in key order; for kernel modules."""
        answer = self._call(
            "query",
            TableName=getattr(self.tables, table),
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": partition}},
            ConsistentRead=True,
            Limit=limit,
        )
        found: list[Item] = answer["Items"]
        return found

    def due(self, shard: str, before: str, limit: int) -> list[Item]:
        """Keys and due times of the rows of one deadline shard that are due."""
        return self._index("data", "by_due", "due_shard", shard, "due_at", before, limit)

    def pending(self, shard: str, before: str, limit: int) -> list[Item]:
        """Outbox rows of one shard that are not published yet."""
        return self._index("outbox", "by_pending", "pending", shard, "pending_at", before, limit)

    def _index(
        self, table: rows.Table, index: str, pk: str, shard: str, sk: str, before: str, limit: int
    ) -> list[Item]:
        answer = self._call(
            "query",
            TableName=getattr(self.tables, table),
            IndexName=index,
            KeyConditionExpression=f"{pk} = :p AND {sk} <= :t",
            ExpressionAttributeValues={":p": {"S": shard}, ":t": {"S": before}},
            Limit=limit,
        )
        found: list[Item] = answer["Items"]
        return found

    def _stored(self, found: Item) -> Stored:
        key = Key(found["pk"]["S"], found["sk"]["S"])
        stored = Stored(key, json.loads(found["doc"]["S"]), int(found["version"]["N"]))
        self._read[key, stored.version] = stored.doc
        while len(self._read) > 256:
            self._read.popitem(last=False)
        return stored

    # writing ------------------------------------------------------------------------------

    def commit(
        self,
        cause: Cause,
        *changes: Row,
        events: Sequence[Event] = (),
        unique: Sequence[Unique] = (),
        release: Sequence[Unique] = (),
        writes: Sequence[Write] = (),
        gone: Sequence[Row] = (),
        number: str | None = None,
        existing: bool = False,
        receipt: Receipt | None = None,
    ) -> Receipt:
        """Store everything a command causes, once; the receipt speaks of the first change.

        A command that finds its work done changes nothing and gives the `receipt` itself.

        `unique` names are claimed and `release`d, `gone` rows deleted, `writes` put as they are.
        Raises VersionConflict, PreconditionFailed, Taken, AlreadyDone or Unavailable, and then
        nothing was stored by this call.
        """
        if cause.receipt is not None:
            raise RuntimeError("a cause is spent by one commit")
        if cause.if_match is not None and changes and changes[0].version != cause.if_match:
            raise PreconditionFailed
        receipt = receipt or _receipt(changes, number, existing)
        commit_id = ids.new("cmt")
        steps = [
            *self._once(cause, commit_id, receipt),
            *(self._change(row, commit_id) for row in changes),
            *(self._gone(row) for row in gone),
            *(self._claim(name, commit_id) for name in unique),
            *(self._release(name) for name in release),
            *(self._write(write, commit_id) for write in writes),
            *self._events(cause, changes, events, commit_id),
            *self._audits(cause, (*changes, *gone), commit_id),
        ]
        if len(steps) > MAX_ITEMS:
            raise RuntimeError(f"a commit of {len(steps)} items is not bounded by construction")
        if steps:
            self._transact(steps, commit_id)
        cause.receipt = receipt
        self._nudge(changes)
        return receipt

    def _once(self, cause: Cause, commit_id: str, receipt: Receipt) -> Iterator[_Step]:
        if cause.once is not None:
            yield _Step(
                rows.put(
                    self.tables.data,
                    _once_item(cause.once, commit_id, receipt),
                    ABSENT_OR_EXPIRED,
                    {":now": {"N": str(rows.epoch(clock.wall()))}},
                ),
                AlreadyDone,
            )
        if cause.parked is not None:
            yield _Step(rows.delete(self.tables.data, cause.parked), lambda _: VersionConflict())

    def _change(self, row: Row, commit_id: str) -> _Step:
        condition, values = ABSENT, None
        if row.version:
            condition, values = "version = :v", {":v": {"N": str(row.version)}}
            if row.sequence is not None:
                condition += " AND seen_sequence < :s"
                values[":s"] = {"N": str(row.sequence)}
        return _Step(
            rows.put(self.tables.data, rows.row_item(row, commit_id), condition, values),
            lambda old: Stale() if _is_stale(row, old) else VersionConflict(),
        )

    def _gone(self, row: Row) -> _Step:
        values = {":v": {"N": str(row.version)}}
        return _Step(
            rows.delete(self.tables.data, row.key, "version = :v", values),
            lambda _: VersionConflict(),
        )

    def _claim(self, name: Unique, commit_id: str) -> _Step:
        attributes: dict[str, str | int | bytes | None] = {
            "held_by": name.owner,
            "commit_id": commit_id,
        }
        if name.expires_at is not None:
            attributes["expires_at"] = rows.epoch(name.expires_at)
        return _Step(
            rows.put(
                self.tables.data,
                rows.item(name.key, attributes),
                ABSENT_OR_EXPIRED,
                {":now": {"N": str(rows.epoch(clock.now()))}},
            ),
            lambda old: Taken(name.name, old.get("held_by", {}).get("S", "")),
        )

    def _release(self, name: Unique) -> _Step:
        return _Step(
            rows.delete(
                self.tables.data,
                name.key,
                "attribute_not_exists(pk) OR held_by = :o",
                {":o": {"S": name.owner}},
            ),
            lambda _: VersionConflict(),
        )

    def _write(self, write: Write, commit_id: str) -> _Step:
        table = getattr(self.tables, write.table)
        condition = {"absent": ABSENT, "present": "attribute_exists(pk)", "any": None}[
            write.condition
        ]
        if write.attributes is None:
            return _Step(rows.delete(table, write.key, condition), lambda _: VersionConflict())
        attributes = dict(write.attributes) | {"commit_id": commit_id}
        return _Step(
            rows.put(table, rows.item(write.key, attributes), condition),
            lambda _: VersionConflict(),
        )

    def _events(
        self, cause: Cause, changes: Sequence[Row], events: Sequence[Event], commit_id: str
    ) -> Iterator[_Step]:
        if not events:
            return
        versions = {row.id: row.version + 1 for row in changes}
        entries = [
            {
                "type": event.detail_type(),
                "detail": to_cloud_event(
                    event,
                    event_id=f"evt_{commit_id.removeprefix('cmt_')}_{place}",
                    time=clock.now(),
                    sequence=versions[event.subject] * SEQUENCES_PER_VERSION + place,
                    correlation_id=cause.correlation_id,
                    causation_id=cause.causation_id,
                ),
            }
            for place, event in enumerate(events)
        ]
        key = Key(f"OUTBOX#{commit_id}", "OUTBOX")
        attributes = {
            "entries": json.dumps(entries, separators=(",", ":")),
            "pending": rows.pending_shard(key.pk),
            "pending_at": clock.iso(clock.wall()),
            "commit_id": commit_id,
        }
        yield _Step(
            rows.put(self.tables.outbox, rows.item(key, attributes), ABSENT),
            lambda _: VersionConflict(),
        )

    def _audits(self, cause: Cause, changes: Sequence[Row], commit_id: str) -> Iterator[_Step]:
        for row in changes:
            entry = self._audit_item(cause, row, commit_id)
            yield _Step(rows.put(self.tables.audit, entry, ABSENT), lambda _: VersionConflict())

    def _audit_item(self, cause: Cause, row: Row, commit_id: str) -> Item:
        key = Key(row.id, f"{row.key.sk}#{row.version + 1:012d}")
        return rows.item(key, self._audit_facts(cause, row) | {"commit_id": commit_id})

    def _audit_facts(self, cause: Cause, row: Row) -> dict[str, str | int | bytes | None]:
        before = self._read.get((row.key, row.version), {})
        after = json.loads(row.doc.model_dump_json(exclude={"version"}, exclude_none=True))
        changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
        return audit_facts(cause) | {"type": row.key.sk, "fields": ",".join(changed)}

    def _transact(self, steps: list[_Step], commit_id: str) -> None:
        request = {"TransactItems": [step.action for step in steps]}
        for attempt in range(ATTEMPTS):
            try:
                self.client.transact_write_items(**request)
                return
            except ClientError as error:
                reasons = error.response.get("CancellationReasons")
                if reasons:
                    if _written_by(reasons, commit_id):
                        return
                    refused = _refusal(steps, reasons)
                    if refused is not None:
                        raise refused from None
                elif not _transient(error):
                    raise
            except BotoCoreError:
                pass  # whether it was stored is unknown: the same transaction will tell
            self._pause(_backoff(attempt))
        raise Unavailable

    def _nudge(self, changes: Sequence[Row]) -> None:
        now = clock.now()
        due = [row.key for row in changes if row.due_at is not None and row.due_at <= now]
        if due and self.nudge is not None:
            self.nudge(due)

    # small single-row updates of the kernel -------------------------------------------------

    def put(self, write: Write) -> bool:
        """Put one row outside a commit; False when its condition fails. For kernel modules."""
        return self._one(self._write(write, "kernel").action)

    def update(self, table: rows.Table, key: Key, **expression: Any) -> bool:
        """Update one row in place; False when its condition fails. For kernel modules."""
        return self._one(
            {
                "Update": {
                    "TableName": getattr(self.tables, table),
                    "Key": rows.key_item(key),
                    **expression,
                }
            }
        )

    def _one(self, action: Item) -> bool:
        ((verb, request),) = action.items()
        method = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[verb]
        request.pop("ReturnValuesOnConditionCheckFailure", None)
        try:
            self._call(method, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def count(self, name: str, limit: int, seconds: int) -> bool:
        """Count one use of `name` in the current window; False when the window is full.

        A repeated call after a lost answer may count twice: it errs on the side of refusing.
        """
        window = int(clock.wall().timestamp()) // seconds
        expires = rows.epoch(clock.wall() + timedelta(seconds=2 * seconds))
        return self.update(
            "data",
            Key(f"COUNTER#{name}#{window}", "COUNTER"),
            UpdateExpression="ADD n :one SET expires_at = :e",
            ConditionExpression="attribute_not_exists(n) OR n < :limit",
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":e": {"N": str(expires)},
                ":limit": {"N": str(limit)},
            },
        )

    def _call(self, method: str, **request: Any) -> Any:
        """Call the table; what may be repeated is repeated, then reported as Unavailable."""
        for attempt in range(ATTEMPTS):
            try:
                return getattr(self.client, method)(**request)
            except ClientError as error:
                if not _transient(error):
                    raise
            except BotoCoreError:
                pass
            self._pause(_backoff(attempt))
        raise Unavailable


def audit_facts(cause: Cause) -> dict[str, str | int | bytes | None]:
    """Who did it, in which role, for whom, when and why; never what the values are."""
    actor = cause.actor
    return {
        "at": clock.iso(clock.now()),
        "actor": actor.id,
        "role": actor.role,
        "on_behalf_of": actor.on_behalf_of,
        "evidence": actor.evidence,
        "action": cause.action,
        "reason": cause.reason,
        "correlation_id": cause.correlation_id,
        "causation_id": cause.causation_id,
    }


def _receipt(changes: Sequence[Row], number: str | None, existing: bool) -> Receipt:
    if not changes:
        return Receipt(id="", version=0)
    first = changes[0]
    status = getattr(first.doc, "status", None)
    return Receipt(
        id=first.id,
        version=first.version + 1,
        status=None if status is None else str(status),
        number=number or getattr(first.doc, "number", None),
        existing=existing,
    )


def _once_item(once: Once, commit_id: str, receipt: Receipt) -> Item:
    attributes: dict[str, str | int | bytes | None] = {
        "commit_id": commit_id,
        "receipt": receipt.model_dump_json(exclude_none=True),
        "expires_at": rows.epoch(once.expires_at),
    }
    return rows.item(once.key, attributes | dict(once.attributes))


def _is_stale(row: Row, old: Item) -> bool:
    seen = old.get("seen_sequence")
    return row.sequence is not None and seen is not None and int(seen["N"]) >= row.sequence


def _expired(found: Item) -> bool:
    expires = found.get("expires_at")
    return expires is not None and int(expires["N"]) < rows.epoch(clock.wall())


def _written_by(reasons: list[Item], commit_id: str) -> bool:
    return any(
        reason.get("Item", {}).get("commit_id", {}).get("S") == commit_id for reason in reasons
    )


def _refusal(steps: list[_Step], reasons: list[Item]) -> Exception | None:
    """What the first failed condition means; None when the transaction was merely disturbed."""
    for step, reason in zip(steps, reasons, strict=False):
        if reason.get("Code") == "ConditionalCheckFailed":
            return step.refused(reason.get("Item", {}))
    if any(reason.get("Code") == "ValidationError" for reason in reasons):
        return RuntimeError("the transaction is malformed")
    return None


_TRANSIENT = {
    "InternalServerError",
    "InternalFailure",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
}


def _transient(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response["Error"]["Code"] in _TRANSIENT or status >= 500


def _backoff(attempt: int) -> float:
    """Seconds to wait: full jitter, doubling, never over half a second."""
    return random.uniform(0, min(0.5, 0.02 * 2**attempt))
