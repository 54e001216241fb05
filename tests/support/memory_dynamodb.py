"""DynamoDB in memory: the operations and expressions our code emits, and nothing else.

It stands in for the low-level botocore client, speaks its wire format and raises its exceptions,
so that the simulation and the use-case tests run the real store. Its licence to be trusted is
tests/simulation/test_conformance.py, which runs random scripts against it and against moto, and
what goes beyond DynamoDB's limits.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any

from botocore.exceptions import ClientError

from tests.support.dynamodb_expressions import Item, condition, deep_copy, unmatched, update

INDEX_KEYS = {
    "by_region": ("region_pk", "region_sk"),
    "by_owner": ("owner_pk", "owner_sk"),
    "by_ref": ("ref_pk", "ref_sk"),
    "by_state": ("state_pk", "state_sk"),
    "by_district": ("district_pk", "district_sk"),
    "by_programme": ("programme_pk", "programme_sk"),
    "by_due": ("due_shard", "due_at"),
    "by_pending": ("pending", "pending_at"),
}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
ITEM_BYTES, PAGE_BYTES, BATCH_KEYS, TRANSACTION_ITEMS = 400 * 1024, 1024 * 1024, 100, 100
# What is due or not published is asked for again each minute.
ASKED_AGAIN = {"by_due", "by_pending"}
KEYS_ONLY = {"by_due", "by_state", "by_district", "by_programme"}
_PLAIN = {"S", "N", "B", "BOOL", "NULL"}


class _Rows(dict[tuple[str, str], Item]):
    """The rows of a table by key, and by what partitions the table and its indexes when asked."""

    def __init__(
        self, rows: Mapping[tuple[str, str], Item] | None = None, copied_from: object = None
    ) -> None:
        super().__init__(rows or {})
        self.copied_from = copied_from
        self._partitions: dict[str, dict[str, dict[tuple[str, str], Item]]] = {}

    def partition(self, attribute: str, value: Item) -> list[Item]:
        """The rows whose partition by this attribute is that one."""
        if attribute not in self._partitions:
            self._partitions[attribute] = {}
            for key, row in self.items():
                self._put(attribute, key, row)
        return list(self._partitions[attribute].get(value["S"], {}).values())

    def __setitem__(self, key: tuple[str, str], row: Item) -> None:
        self._take_out(key)
        super().__setitem__(key, row)
        for attribute in self._partitions:
            self._put(attribute, key, row)

    def __delitem__(self, key: tuple[str, str]) -> None:
        self._take_out(key)
        super().__delitem__(key)

    def pop(self, key: tuple[str, str], default: Any = None) -> Any:
        """Take a row out."""
        self._take_out(key)
        return super().pop(key, default)

    def _take_out(self, key: tuple[str, str]) -> None:
        self.copied_from = None
        row = self.get(key, {})
        for attribute in self._partitions.keys() & row.keys():
            del self._partitions[attribute][row[attribute]["S"]][key]

    def _put(self, attribute: str, key: tuple[str, str], row: Item) -> None:
        if attribute in row:
            self._partitions[attribute].setdefault(row[attribute]["S"], {})[key] = row


class MemoryDynamoDB:
    """A low-level client over dictionaries; one thread, strictly serial."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[tuple[str, str], Item]] = {}
        self.streamed: list[tuple[str, Item]] = []
        self._shown: dict[str, _Rows] | None = None

    def rows(self, table: str) -> _Rows:
        """The rows of a table by primary key."""
        found = self.tables.get(table, {})
        if not isinstance(found, _Rows):
            found = self.tables[table] = _Rows(found)
        return found

    def snapshot(self) -> dict[str, dict[tuple[str, str], Item]]:
        """All rows as they are; rows are replaced and never changed, so a snapshot shares them."""
        return {name: dict(rows) for name, rows in self.tables.items()}

    def restore(self, snapshot: dict[str, dict[tuple[str, str], Item]]) -> None:
        """Put the rows of a snapshot back, which can be done again."""
        now = self.tables
        self.tables = {
            name: table
            if isinstance(table := now.get(name), _Rows) and table.copied_from is rows
            else _Rows(rows, copied_from=rows)
            for name, rows in snapshot.items()
        }

    @contextmanager
    def lagging_indexes(self) -> Iterator[None]:
        """Let lists show the rows as they are now: an index follows its table some time later."""
        self._shown = {name: _Rows(rows) for name, rows in self.tables.items()}
        try:
            yield
        finally:
            self._shown = None

    # reads

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool = False) -> Item:
        found = self.rows(TableName).get(_key(Key))
        return {} if found is None else {"Item": _copy(found)}

    def batch_get_item(self, *, RequestItems: Item) -> Item:
        keys = [
            (table, _key(key)) for table, asked in RequestItems.items() for key in asked["Keys"]
        ]
        if not keys or len(keys) > BATCH_KEYS or len(set(keys)) < len(keys):
            raise _error("ValidationException", "no keys, too many of them, or one twice")
        return {
            "Responses": {
                table: [
                    _copy(self.rows(table)[_key(key)])
                    for key in reversed(request["Keys"])  # the real one promises no order
                    if _key(key) in self.rows(table)
                ]
                for table, request in RequestItems.items()
            },
            "UnprocessedKeys": {},
        }

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        ExpressionAttributeValues: Item,
        IndexName: str | None = None,
        Limit: int | None = None,
        ScanIndexForward: bool = True,
        ExclusiveStartKey: Item | None = None,
        ConsistentRead: bool = False,
        ExpressionAttributeNames: Item | None = None,
        Select: str | None = None,
    ) -> Item:
        if IndexName and ConsistentRead:
            raise _error("ValidationException", "an index is not read consistently")
        if Limit is not None and Limit < 1:
            raise _error("ValidationException", "a page of nothing")
        pk, sk = INDEX_KEYS[IndexName] if IndexName else ("pk", "sk")
        _must_use(KeyConditionExpression, {"ExpressionAttributeValues": ExpressionAttributeValues})
        inside, values = condition(KeyConditionExpression), ExpressionAttributeValues
        column, equals, named = KeyConditionExpression.split()[:3]
        assert (column, equals) == (pk, "="), KeyConditionExpression
        partition = values[named]

        def order(row: Item) -> tuple[str, str, str]:
            return (row[sk]["S"], row["pk"]["S"], row["sk"]["S"])

        found = sorted(
            (
                row
                for row in self._queried(TableName, IndexName).partition(pk, partition)
                if sk in row and inside(row, values, {})
            ),
            key=order,
            reverse=not ScanIndexForward,
        )
        if ExclusiveStartKey:
            if not (
                ExclusiveStartKey.get(pk) == partition and inside(ExclusiveStartKey, values, {})
            ):
                raise _error("ValidationException", "the start is outside of what is asked for")
            start = order(ExclusiveStartKey)
            found = [
                r for r in found if (order(r) > start if ScanIndexForward else order(r) < start)
            ]
        page = _page(found[:Limit])
        more = len(page) < len(found) or len(page) == Limit
        answer: Item = {"Items": [_copy(_projected(r, IndexName, pk, sk)) for r in page]}
        if Select == "COUNT":
            answer = {"Count": len(page)}
        if more and page:
            answer["LastEvaluatedKey"] = {
                n: page[-1][n] for n in dict.fromkeys(("pk", "sk", pk, sk))
            }
        return answer

    def _queried(self, table: str, index: str | None) -> _Rows:
        if self._shown is None or index is None or index in ASKED_AGAIN:
            return self.rows(table)
        return self._shown.get(table, _Rows())

    # writes

    def put_item(self, *, TableName: str, Item: Item, **rest: Any) -> Item:
        return self._single({"Put": {"TableName": TableName, "Item": Item, **rest}})

    def update_item(self, *, TableName: str, Key: Item, **rest: Any) -> Item:
        return self._single({"Update": {"TableName": TableName, "Key": Key, **rest}})

    def delete_item(self, *, TableName: str, Key: Item, **rest: Any) -> Item:
        return self._single({"Delete": {"TableName": TableName, "Key": Key, **rest}})

    def transact_write_items(self, *, TransactItems: list[Item], **_: Any) -> Item:
        if not 0 < len(TransactItems) <= TRANSACTION_ITEMS:
            raise _error("ValidationException", "no operation, or too many of them")
        actions = [next(iter(step.items())) for step in TransactItems]
        keys = [(a["TableName"], _action_key(a)) for _, a in actions]
        if len(set(keys)) != len(keys):
            raise _error("ValidationException", "two operations on one item")
        for step in TransactItems:
            _must_be_sound(*step.values())
        reasons = [self._reason(action) for _, action in actions]
        if any(reason["Code"] != "None" for reason in reasons):
            codes = ", ".join(reason["Code"] for reason in reasons)
            raise _error(
                "TransactionCanceledException",
                f"Transaction cancelled [{codes}]",
                CancellationReasons=reasons,
            )
        for verb, action in actions:
            self._apply(verb, action)
        return {}

    def _single(self, step: Item) -> Item:
        ((verb, action),) = step.items()
        _must_be_sound(action)
        if not self._holds(action):
            raise _error("ConditionalCheckFailedException", "The conditional request failed")
        self._apply(verb, action)
        return {}

    def _reason(self, action: Item) -> Item:
        if self._holds(action):
            return {"Code": "None"}
        reason: Item = {
            "Code": "ConditionalCheckFailed",
            "Message": "The conditional request failed",
        }
        old = self.rows(action["TableName"]).get(_action_key(action))
        if old is not None and action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
            reason["Item"] = _copy(old)
        return reason

    def _holds(self, action: Item) -> bool:
        text = action.get("ConditionExpression")
        if text is None:
            return True
        values = action.get("ExpressionAttributeValues", {})
        names = action.get("ExpressionAttributeNames", {})
        old = self.rows(action["TableName"]).get(_action_key(action), {})
        return condition(text)(old, values, names)

    def _apply(self, verb: str, action: Item) -> None:
        table, key = self.rows(action["TableName"]), _action_key(action)
        if verb == "Put":
            new, row = key not in table, _copy(action["Item"])
            table[key] = row
            if new:
                self.streamed.append((action["TableName"], row))
        elif verb == "Delete":
            table.pop(key, None)
        elif verb == "Update":
            row = _copy(table.get(key, dict(action["Key"])))
            update(
                row,
                action["UpdateExpression"],
                action.get("ExpressionAttributeValues", {}),
                action.get("ExpressionAttributeNames", {}),
            )
            _must_fit(row)
            table[key] = row


class ConsistentDynamoDB(MemoryDynamoDB):
    """Takes no read of a table's rows that may be a moment late on AWS."""

    def query(self, **request: Any) -> Item:
        assert "IndexName" in request or request.get("ConsistentRead"), request["TableName"]
        return super().query(**request)

    def batch_get_item(self, *, RequestItems: Item) -> Item:
        assert all(asked.get("ConsistentRead") for asked in RequestItems.values())
        return super().batch_get_item(RequestItems=RequestItems)


def _page(found: list[Item]) -> list[Item]:
    """The rows that one answer carries: it ends with the row that fills a megabyte."""
    total = 0
    for place, row in enumerate(found, 1):
        total += _size(row)
        if total >= PAGE_BYTES:
            return found[:place]
    return found


def _must_be_sound(action: Item) -> None:
    if "Item" in action:
        _must_fit(action["Item"])
    texts = (action.get(f"{kind}Expression", "") for kind in ("Condition", "Update"))
    _must_use(" ".join(texts), action)


def _must_use(text: str, request: Item) -> None:
    given = [request.get(f"ExpressionAttribute{kind}") or () for kind in ("Values", "Names")]
    wrong = unmatched(text, tuple(chain(*given)))
    if wrong:
        raise _error("ValidationException", f"unused or undefined in expressions: {wrong}")


def _must_fit(row: Item) -> None:
    if _size(row) > ITEM_BYTES:
        raise _error("ValidationException", "Item size has exceeded the maximum allowed size")
    for name in {name for keys in INDEX_KEYS.values() for name in keys} & row.keys():
        if not row[name].get("S"):
            raise _error("ValidationException", f"a key of an index must be a text: {name}")


def _size(row: Item) -> int:
    """About the bytes of a row; lists and maps are counted by what Python writes of them."""
    total = 0
    for name, value in row.items():
        for content in value.values():
            plain = content if isinstance(content, (str, bytes)) else str(content)
            # A text of ASCII alone has as many bytes as letters, which is known without encoding.
            total += len(name) + len(plain if plain.isascii() else _bytes(plain))
    return total


def _bytes(plain: str | bytes) -> bytes:
    return plain.encode() if isinstance(plain, str) else plain


def _projected(row: Item, index: str | None, pk: str, sk: str) -> Item:
    return {n: row[n] for n in ("pk", "sk", pk, sk)} if index in KEYS_ONLY else row


def _copy(row: Item) -> Item:
    """Copy a row as deep as it can be changed; nearly all values are plain ones."""
    return {
        name: value.copy() if value.keys() <= _PLAIN else deep_copy(value)
        for name, value in row.items()
    }


def _key(key: Item) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


def _action_key(action: Item) -> tuple[str, str]:
    return _key(action["Item"] if "Item" in action else action["Key"])


def _error(code: str, message: str, **more: Any) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        **more,
    }
    return ClientError(response, "TransactWriteItems")
