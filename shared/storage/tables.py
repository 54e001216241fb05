"""Single calls to a service's tables: read a row, put one, count, find what is due or pending.

botocore has repeated what may be repeated before an error arrives here and becomes Unavailable;
only a row that a transaction holds at this moment is asked for again.
Nothing here knows aggregates, and nothing needs pydantic: the relay and the sweeper start fast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, budget, clock
from shared.errors import Unavailable
from shared.storage import rows
from shared.storage.rows import Item, Key, RawWrite

DISTURBED_ATTEMPTS = 6
BATCH_READS = 3


@dataclass(frozen=True, slots=True)
class Tables:
    """The four tables of a service; the till touches two of cards."""

    data: str
    outbox: str
    audit: str = ""
    keys: str = ""


class TableAccess:
    """A service's tables, one call at a time."""

    def __init__(self, client: Any, tables: Tables) -> None:
        self.client = client
        self.tables = tables

    def item(self, key: Key, table: rows.Table = "data") -> Item | None:
        """Return the latest raw row; for kernel modules."""
        found: Item | None = self._call(
            "get_item",
            TableName=getattr(self.tables, table),
            Key=rows.key_item(key),
            ConsistentRead=True,
        ).get("Item")
        return None if found is None or expired(found) else found

    def batch(self, wanted: Mapping[rows.Table, Sequence[Key]]) -> dict[Key, Item]:
        """Return the latest raw rows of those keys, read together; what is absent is left out."""
        request: Item = {
            getattr(self.tables, table): {
                "Keys": [rows.key_item(key) for key in keys],
                "ConsistentRead": True,
            }
            for table, keys in wanted.items()
        }
        found: dict[Key, Item] = {}
        for _ in budget.tries(BATCH_READS):
            answer = self._call("batch_get_item", RequestItems=request)
            for part in answer["Responses"].values():
                found |= {rows.key_of(row): row for row in part}
            request = answer.get("UnprocessedKeys") or {}
            if not request:
                return found
        raise Unavailable

    def query(self, table: rows.Table, partition: str, limit: int) -> list[Item]:
        """Raw rows of one partition of a table, in key order; for kernel modules."""
        return self._found(table, "pk = :p", {"p": partition}, Limit=limit, ConsistentRead=True)

    def count_rows(
        self, index: rows.Index, partition: str, since: str, until: str, most: int
    ) -> tuple[int, bool]:
        """Count the rows of a part of an index, and tell whether there are more than `most`."""
        condition, values = rows.part_of(index, partition, since, until, between=True)
        request = {"TableName": self.tables.data, "IndexName": index, "Select": "COUNT"}
        request |= {"KeyConditionExpression": condition} | rows.named(values)
        counted, more = 0, True
        while more and counted <= most:
            answer = self._call("query", **request, Limit=most + 1 - counted)
            counted += answer["Count"]
            more = "LastEvaluatedKey" in answer
            request["ExclusiveStartKey"] = answer.get("LastEvaluatedKey")
        return min(counted, most), counted > most

    def due(self, shard: str, before: str, limit: int) -> list[Item]:
        """Keys and due times of the rows of one deadline shard that are due."""
        condition, values = "due_shard = :p AND due_at <= :t", {"p": shard, "t": before}
        return self._found("data", condition, values, Limit=limit, IndexName="by_due")

    def pending(self, shard: str, before: str, limit: int) -> list[Item]:
        """Outbox rows of one shard that are not published yet."""
        condition, values = "pending = :p AND pending_at <= :t", {"p": shard, "t": before}
        return self._found("outbox", condition, values, Limit=limit, IndexName="by_pending")

    def _found(
        self, table: rows.Table, condition: str, values: Mapping[str, str], **more: Any
    ) -> list[Item]:
        request = {"TableName": getattr(self.tables, table), "KeyConditionExpression": condition}
        found: list[Item] = self._call("query", **request, **rows.named(values), **more)["Items"]
        return found

    def put(self, write: RawWrite) -> None:
        """Put or delete one row outside a commit, if its condition holds. For kernel modules."""
        self._refused(write_action(self.tables, write, "kernel"))

    def put_new(self, table: rows.Table, item: Item) -> Item | None:
        """Put a raw row unless it is there already; the one that is, or None."""
        refused = self._refused(rows.put(getattr(self.tables, table), item, rows.ABSENT))
        return None if refused is None else self.met(refused, table, item)

    def transact(self, actions: list[Item]) -> list[Item]:
        """Write all or nothing: what each action met when nothing was written, else nothing."""
        try:
            # Of a list botocore would look for account ids in the names of all its tables.
            self._call("transact_write_items", TransactItems=tuple(actions))
        except ClientError as error:
            reasons: list[Item] = error.response.get("CancellationReasons", [])
            if not reasons:
                raise
            return reasons
        return []

    def met(self, refused: Item, table: rows.Table, item: Item) -> Item:
        """Return the row that was in a put's way, read where the database does not return it."""
        handed: Item | None = refused.get("Item")
        if handed:
            return handed
        key = rows.key_of(item)
        return self.batch({table: [key]})[key]

    def update(
        self, table: rows.Table, key: Key, expression: str, condition: str, **values: str | int
    ) -> bool:
        """Update one row in place; False when its condition fails. For kernel modules."""
        name, condition_of = getattr(self.tables, table), {"ConditionExpression": condition}
        return self._refused(rows.update(name, key, expression, condition_of, **values)) is None

    def _refused(self, action: Item) -> Any:
        """Write one row; return the database's answer when its condition failed, or None."""
        ((verb, request),) = action.items()
        method = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[verb]
        try:
            self._call(method, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return error.response
        return None

    def count(self, name: str, limit: int, seconds: int) -> bool:
        """Count one use of `name` in the current window; False when the window is full.

        A repeated call after a lost answer may count twice: it errs on the side of refusing.
        """
        return self.update(
            "data",
            _counter(name, seconds),
            "ADD n :one SET expires_at = :expires",
            "attribute_not_exists(n) OR n < :limit",
            one=1,
            expires=rows.epoch(clock.wall() + timedelta(seconds=2 * seconds)),
            limit=limit,
        )

    def count_from_first(self, name: str, limit: int, seconds: int) -> int:
        """Count one use of `name` in a window that its first use begins, on no calendar's day.

        Returns 0, or for how many seconds the window stays full.
        """
        key, now = _from_first(name), rows.epoch(clock.wall())
        begins = "attribute_not_exists(n) OR expires_at <= :now"
        goes_on = "expires_at > :now AND n < :limit"
        # Who meets another that begins at once goes on with that window.
        fresh = {"one": 1, "expires": now + seconds, "now": now}
        if self.update("data", key, "SET n = :one, expires_at = :expires", begins, **fresh):
            return 0
        if self.update("data", key, "ADD n :one", goes_on, one=1, now=now, limit=limit):
            return 0
        found = self.item(key)
        return max(1, int(found["expires_at"]["N"]) - now) if found else 1

    def counted(self, name: str, seconds: int) -> int:
        """Return how often `name` was counted in the current window."""
        found = self.item(_counter(name, seconds))
        return int(found["n"]["N"]) if found else 0

    def counted_from_first(self, name: str) -> int:
        """Return how often `name` was counted in the window that its first use began."""
        found = self.item(_from_first(name))
        return int(found["n"]["N"]) if found else 0

    def _call(self, method: str, **request: Any) -> Any:
        """Call the table; raises Unavailable when it does not answer."""
        for _ in budget.tries(DISTURBED_ATTEMPTS):
            try:
                return getattr(self.client, method)(**request)
            except ClientError as error:
                if aws.may_pass(error):
                    raise Unavailable from None
                if error.response["Error"]["Code"] != "TransactionConflictException":
                    raise
            except BotoCoreError as error:
                raise Unavailable from error
        raise Unavailable


def _counter(name: str, seconds: int) -> Key:
    return Key(f"COUNTER#{name}#{int(clock.wall().timestamp()) // seconds}", "COUNTER")


def _from_first(name: str) -> Key:
    return Key(f"COUNTER#{name}#first", "COUNTER")


def write_action(tables: Tables, write: RawWrite, commit_id: str) -> Item:
    """One put, update or delete of a kernel module, as an action of a transaction."""
    table = getattr(tables, write.table)
    condition = rows.ABSENT if write.condition == "absent" else None
    values = {}
    if write.held_by is not None:
        condition, values = "held_by = :holder", {"holder": write.held_by}
    if write.attributes is None:
        return rows.delete(table, write.key, condition, **values)
    attributes = dict(write.attributes) | {"commit_id": commit_id}
    if write.merges:
        return rows.merge(table, write.key, attributes)
    return rows.put(table, rows.item(write.key, attributes), condition, **values)


def expired(found: Item) -> bool:
    expires = found.get("expires_at")
    return expires is not None and int(expires["N"]) < rows.epoch(clock.wall())
