"""The queue of a region: what a page costs with ten open cases and with a hundred thousand.

DynamoDB is a stand-in in this process whose indexes are sorted, as the real ones are: what is
measured is our part, and how often and for how many rows the table is asked. Work that was not
done is no figure: rows, their order and the number of reads are checked on the way.
"""

import contextlib
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.harness import Ratio, compare, cpu_of, say
from services.intake.cases.repository import Cases
from shared.storage import rows
from tests.intake.api_client import HQ, OPERATOR, IntakeClient, request
from tests.intake.cases import builders
from tests.support.memory_dynamodb import INDEX_KEYS, MemoryDynamoDB
from tests.support.reference import reference_data
from tests.support.world import World, at, world_at

FEW, MANY = 10, 100_000
ROUNDS, TIMES = 15, 20
AIM = 1.20
FAR = 300
FILTERS: tuple[dict[str, str], ...] = ({}, {"district_id": "D01"}, {"status": "received"})
Item = dict[str, Any]


class SortedTable(MemoryDynamoDB):
    """The stand-in with its indexes in order; `asked` has each read and its number of rows."""

    def __init__(self) -> None:
        super().__init__()
        self.order: dict[tuple[str, str], list[tuple[tuple[str, str, str], Item]]] = {}
        self.asked: list[tuple[str, int]] = []
        self.transactions: list[int] = []

    def lay_out(self, table: str, items: list[Item]) -> None:
        """Put rows, and each in the indexes that it names."""
        for item in items:
            self.rows(table)[item["pk"]["S"], item["sk"]["S"]] = item
            for index, (pk, sk) in INDEX_KEYS.items():
                if pk in item and sk in item:
                    key = (item[sk]["S"], item["pk"]["S"], item["sk"]["S"])
                    self.order.setdefault((index, item[pk]["S"]), []).append((key, item))
        for entries in self.order.values():
            entries.sort(key=lambda entry: entry[0])

    def query(self, *, IndexName: str | None = None, **asked: Any) -> Item:
        """Answer from the order of an index, or as the plain stand-in does."""
        partition = asked["ExpressionAttributeValues"][":p"]["S"]
        entries = self.order.get((IndexName or "", partition))
        if IndexName is None or entries is None:
            answer = super().query(IndexName=IndexName, **asked)
        else:
            answer = _slice(entries, IndexName, asked)
        self.asked.append((IndexName or "table", len(answer.get("Items", ()))))
        return answer

    def get_item(self, **asked: Any) -> Item:
        """Answer and remember it."""
        answer = super().get_item(**asked)
        self.asked.append((asked["Key"]["sk"]["S"], len(answer)))
        return answer

    def batch_get_item(self, *, RequestItems: Item) -> Item:
        """Answer and remember it."""
        answer = super().batch_get_item(RequestItems=RequestItems)
        self.asked.append(("batch", sum(map(len, answer["Responses"].values()))))
        return answer

    def transact_write_items(self, *, TransactItems: list[Item], **more: Any) -> Item:
        """Write and remember how many items."""
        self.transactions.append(len(TransactItems))
        return super().transact_write_items(TransactItems=TransactItems, **more)


def _slice(entries: list[tuple[tuple[str, str, str], Item]], index: str, asked: Item) -> Item:
    pk, sk = INDEX_KEYS[index]
    first, start = 0, asked.get("ExclusiveStartKey")
    if prefix := asked["ExpressionAttributeValues"].get(":s", {}).get("S"):
        first = bisect_left(entries, (prefix, "", ""), key=lambda entry: entry[0])
    if start:
        after = (start[sk]["S"], start["pk"]["S"], start["sk"]["S"])
        first = bisect_right(entries, after, key=lambda entry: entry[0])
    page = [item for _, item in entries[first : first + asked["Limit"]]]
    answer: Item = {"Items": page}
    if first + len(page) < len(entries):
        answer["LastEvaluatedKey"] = {name: page[-1][name] for name in ("pk", "sk", pk, sk)}
    return answer


def measure() -> Iterator[Ratio]:
    """Compare a page of each filter with that of ten cases, and one far behind with the first."""
    with _intake() as world:
        few, many = _region(world, FEW), _region(world, MANY)
        for filters in FILTERS:
            what = ", ".join(filters) or "region"
            yield _compared(
                f"queue by {what}, a page of {MANY} / of {FEW} open cases",
                _Page(world, many, filters),
                _Page(world, few, filters),
            )
        yield _compared(
            f"queue of {MANY}, page {FAR} / page 1",
            _Page(world, many, {}, page=FAR),
            _Page(world, many, {}),
        )
        _tell_registration(world, many)


def _compared(what: str, side: "_Page", baseline: "_Page") -> Ratio:
    _require(side.reads == baseline.reads, f"{what}: reads {side.reads}, {baseline.reads}")
    measures = [cpu_of(each.read, TIMES) for each in (side, baseline)]
    return compare(f"{what}, {side.reads}", *measures, aim=AIM, rounds=ROUNDS)


@contextlib.contextmanager
def _intake() -> Iterator[World]:
    with reference_data(), world_at(at("2026-09-14 09:40"), ("intake",)) as world:
        yield world


def _region(world: World, cases: int) -> SortedTable:
    """Return the table of a region with so many open cases, received one second after another."""
    table, repository = SortedTable(), Cases(world.stores["intake"])
    template = builders.received()

    def item(number: int) -> Item:
        case = template.model_copy(
            update={
                "case_id": f"cas_{number:026d}",
                "number": f"{number:08d}",
                "received_at": template.received_at + timedelta(seconds=number),
            }
        )
        return rows.row_item(repository.row(case), "cmt_laid_out")

    table.lay_out(repository.store.tables.data, [item(number) for number in range(cases)])
    return table


class _Page:
    """One page of ten rows, read through the API, with what its first reading asked the table."""

    def __init__(
        self, world: World, table: SortedTable, filters: dict[str, str], page: int = 1
    ) -> None:
        self.client, self.table = IntakeClient(world), table
        self.query = filters | {"limit": str(FEW)}
        seen = list[str]()
        for _ in range(page):
            table.asked.clear()
            items, cursor = self._read()
            seen += [row["number"] for row in items]
            before, self.query = self.query, self.query | {"cursor": cursor or ""}
        self.query = before
        self.reads = list(table.asked)
        expected = [f"{number:08d}" for number in range(page * FEW)]
        _require(seen == expected, f"rows of {self.query}")

    def read(self) -> None:
        """Read the page."""
        items, _ = self._read()
        if len(items) != FEW:
            raise RuntimeError("a page that is not whole")

    def _read(self) -> tuple[list[Item], str | None]:
        self.client.world.stores["intake"].client = self.table
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            answer = self.client.get(HQ, "/cases", **self.query)
        _require(answer.status == 200, answer.text)
        return answer.json["items"], answer.json["next_cursor"]


def _tell_registration(world: World, table: SortedTable) -> None:
    """Register two calls of a phone: the first asks nothing, the second finds out whose it is."""
    world.stores["intake"].client = table
    client = IntakeClient(world)
    for caller, written, reads in (("an unknown", 1, 0), ("a known", 2, 3)):
        table.asked.clear()
        table.transactions.clear()
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            answer = client.post(OPERATOR, "/requests", request())
        _require(answer.status == 201, answer.text)
        say(
            f"registration of {caller} caller: reads of {table.asked}, "
            f"transactions of {table.transactions} items, all but the last refused"
        )
        _require(len(table.asked) == reads, f"reads: {table.asked}")
        _require(len(table.transactions) == written, f"transactions: {table.transactions}")
        _require(max(table.transactions) <= 16, f"items: {table.transactions}")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise RuntimeError(what)
