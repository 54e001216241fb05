"""Rows read together, a row put once, and writes that are all or nothing: what each call met."""

from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from shared import budget, clock
from shared.errors import Unavailable
from shared.storage.rows import ABSENT, DUE_SHARDS, Item, Key, RawWrite, epoch, item, put
from shared.storage.store import Store
from shared.storage.tables import BATCH_READS, TableAccess, Tables
from tests.simulation.fault_injection import client_error
from tests.support.memory_dynamodb import MemoryDynamoDB

TABLES = Tables("d", "o")
ONE, TWO = Key("A", "1"), Key("B", "2")


class Hurried(MemoryDynamoDB):
    """Answers one key of a batch at a time, and not even that for a while."""

    def __init__(self, idle: int = 0) -> None:
        super().__init__()
        self.idle = idle

    def batch_get_item(self, *, RequestItems: Item) -> Item:
        if self.idle:
            self.idle -= 1
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        (table, asked), *others = RequestItems.items()
        first, *rest = asked["Keys"]
        answer = super().batch_get_item(RequestItems={table: asked | {"Keys": [first]}})
        left = {table: asked | {"Keys": rest}} if rest else {}
        return answer | {"UnprocessedKeys": left | dict(others)}


class Telling(MemoryDynamoDB):
    """Hands over what stood in a put's way, as DynamoDB does."""

    def put_item(self, *, TableName: str, Item: Item, **rest: Any) -> Item:
        try:
            return super().put_item(TableName=TableName, Item=Item, **rest)
        except ClientError as error:
            error.response["Item"] = self.rows(TableName)[Item["pk"]["S"], Item["sk"]["S"]]
            raise

    def batch_get_item(self, *, RequestItems: Item) -> Item:
        raise AssertionError("it was handed over")


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pauses that were made, of no length."""
    made: list[int] = []
    monkeypatch.setattr(budget, "give_way", made.append)
    return made


def filled(client: MemoryDynamoDB) -> TableAccess:
    """Tables that hold a row each."""
    client.put_item(TableName="d", Item=item(ONE, {"n": 1}))
    client.put_item(TableName="o", Item=item(TWO, {"n": 2}))
    return TableAccess(client, TABLES)


@pytest.mark.parametrize("client", [MemoryDynamoDB(), Hurried()], ids=["at once", "by and by"])
def test_rows_of_several_tables_are_read_together(client: MemoryDynamoDB) -> None:
    found = filled(client).batch({"data": [ONE, TWO], "outbox": [TWO]})

    assert {key: row["n"]["N"] for key, row in found.items()} == {ONE: "1", TWO: "2"}


def test_what_stays_unread_is_asked_for_after_pauses_and_then_unavailable(
    pauses: list[int],
) -> None:
    with pytest.raises(Unavailable):
        filled(Hurried(idle=BATCH_READS)).batch({"data": [ONE]})
    assert pauses == [*range(1, BATCH_READS)]


def test_a_row_is_read_as_it_was_last_written() -> None:
    client = Mock(wraps=MemoryDynamoDB())
    store = Store(client, TABLES)

    store.item(ONE)
    store.batch({"data": [ONE], "outbox": [TWO]})
    store.query("data", "A", limit=1)
    store.page("own", "A", limit=1)
    store.latest("audit", "A", "R", limit=1)

    (one, batch, *partitions) = (call.kwargs for call in client.mock_calls)
    asked = [one, *batch["RequestItems"].values(), *partitions]
    assert [each.get("ConsistentRead") for each in asked] == [True] * 6


@pytest.mark.parametrize("client", [MemoryDynamoDB(), Telling()], ids=["read", "told"])
def test_a_row_is_put_once_and_what_is_there_is_handed_over(client: MemoryDynamoDB) -> None:
    tables = filled(client)

    assert tables.put_new("data", item(TWO, {"n": 3})) is None
    assert tables.put_new("data", item(TWO, {"n": 4})) == item(TWO, {"n": 3})


def test_a_write_that_merges_leaves_what_else_is_in_the_row() -> None:
    tables = filled(MemoryDynamoDB())

    tables.put(RawWrite("data", ONE, {"m": 2}, merges=True))

    row = tables.item(ONE) or {}
    assert (row["n"], row["m"]) == ({"N": "1"}, {"N": "2"})


def test_a_write_whose_condition_fails_changes_nothing() -> None:
    tables = filled(MemoryDynamoDB())

    tables.put(RawWrite("data", ONE, {"n": 2}, condition="absent"))
    for attributes in ({"n": 3}, None):
        tables.put(RawWrite("data", ONE, attributes, held_by="me"))
    assert (tables.item(ONE) or {})["n"] == {"N": "1"}

    tables.put(RawWrite("data", ONE, {"n": 4, "held_by": "me"}))
    tables.put(RawWrite("data", ONE, {"n": 5, "held_by": "you"}, held_by="me"))
    assert (tables.item(ONE) or {})["n"] == {"N": "5"}


def test_writes_are_all_or_nothing_and_each_says_what_it_met() -> None:
    tables = filled(MemoryDynamoDB())
    third = Key("C", "3")
    new, old = (put("d", item(key, {"n": 5}), ABSENT) for key in (third, ONE))

    reasons = tables.transact([new, old])
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert tables.met(reasons[1], "data", item(ONE, {}))["n"] == {"N": "1"}
    assert tables.item(third) is None
    assert tables.transact([new]) == []
    assert tables.item(third) is not None


class Interrupted(MemoryDynamoDB):
    """Lets another count first, before one of the calls of a count."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.calls, self.call = 0, call

    def update_item(self, **request: Any) -> Item:
        self.calls += 1
        if self.calls == self.call:
            TableAccess(self, TABLES).count_from_first("calls", 2, 60)
        return super().update_item(**request)


@pytest.mark.parametrize("call", [1, 2])
def test_two_who_begin_a_window_at_once_are_both_counted(call: int) -> None:
    tables = TableAccess(Interrupted(call), TABLES)

    assert tables.count_from_first("calls", 2, 60) == 0
    assert 50 < tables.count_from_first("calls", 1, 60) <= 60


def test_a_window_that_a_first_use_begins_takes_as_many_as_its_limit() -> None:
    tables = TableAccess(MemoryDynamoDB(), TABLES)

    assert [tables.count_from_first("calls", 3, 60) > 0 for _ in range(4)] == [False] * 3 + [True]


class Sparse(MemoryDynamoDB):
    """Answers with a row at a time, and first with none, as DynamoDB may."""

    def query(self, **request: Any) -> Item:
        if "ExclusiveStartKey" not in request:
            begin = {"pk": "", "sk": "", "state_pk": "OPEN", "state_sk": "1"}
            last = {name: {"S": value} for name, value in begin.items()}
            return {"Items": [], "Count": 0, "LastEvaluatedKey": last}
        return super().query(**request | {"Limit": 1})


@pytest.mark.parametrize("client", [MemoryDynamoDB(), Sparse()], ids=["at once", "by and by"])
@pytest.mark.parametrize(
    ("until", "most", "counted"),
    [("3", 3, (3, False)), ("3", 2, (2, True)), ("9", 9, (4, False)), ("1", 9, (1, False))],
)
def test_rows_of_a_part_of_a_list_are_counted_up_to_a_limit(
    client: MemoryDynamoDB, until: str, most: int, counted: tuple[int, bool]
) -> None:
    for number in "1234":
        listed = {"state_pk": "OPEN", "state_sk": number}
        client.put_item(TableName="d", Item=item(Key(number, "CASE"), listed))

    assert TableAccess(client, TABLES).count_rows("by_state", "OPEN", "1", until, most) == counted


class Refusing(MemoryDynamoDB):
    """Refuses writes for these reasons, one after the other, and then takes them."""

    def __init__(self, *codes: str) -> None:
        super().__init__()
        self.codes = list(codes)

    def put_item(self, **request: Any) -> Item:
        if self.codes:
            raise client_error(self.codes.pop(0), 400)
        return super().put_item(**request)


def test_a_row_that_a_transaction_holds_is_asked_for_again(pauses: list[int]) -> None:
    tables = TableAccess(Refusing(*["TransactionConflictException"] * 2), TABLES)

    tables.put(RawWrite("data", ONE, {"n": 1}))

    assert tables.item(ONE) is not None
    assert pauses == [1, 2]


def test_a_write_that_is_not_allowed_is_taken_for_no_failed_condition(pauses: list[int]) -> None:
    tables = TableAccess(Refusing("AccessDeniedException"), TABLES)

    with pytest.raises(ClientError, match="AccessDenied"):
        tables.put(RawWrite("data", ONE, {"n": 1}, "absent"))
    assert pauses == []


@pytest.mark.parametrize(("seconds", "there"), [(-60, False), (60, True)])
def test_a_row_whose_time_is_over_is_absent_though_it_is_still_in_the_table(
    seconds: int, there: bool
) -> None:
    ends = epoch(clock.wall()) + seconds
    tables = filled(MemoryDynamoDB())
    tables.put(RawWrite("data", ONE, {"n": 1, "expires_at": ends}))

    assert (tables.item(ONE) is not None) is there


def test_of_what_is_due_so_many_come_as_are_asked_for_the_longest_due_first() -> None:
    client = MemoryDynamoDB()
    for moment in "2143":
        client.put_item(
            TableName="d",
            Item=item(Key(moment, "C"), {"due_shard": DUE_SHARDS[0], "due_at": moment}),
        )

    found = TableAccess(client, TABLES).due(DUE_SHARDS[0], "3", 2)

    assert [row["due_at"]["S"] for row in found] == ["1", "2"]
