"""Money: what a million of each everyday deed costs on AWS, counted from what it asks for.

All services run in one process over tables, a bus and queues in memory. Counted are the units that
DynamoDB writes and reads, its indexes too, requests to the gateway and to functions, events, queue
requests, bytes of log and CPU time (calls of AWS take none here, so functions take longer there).
A deed without effect is no figure. Prices are AWS' public ones for us-east-1, without the free
tier, storage, alarms, and what the carriers of messages take.
"""

import contextlib
import io
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bench.harness import Ratio, say
from tests.cards.api_client import HOLDER, LEADER, CardsClient
from tests.intake.api_client import HQ, IntakeClient
from tests.journeys.journey_world import JourneyWorld, journey_world_at
from tests.support.api import Answer
from tests.support.dynamodb_expressions import Item
from tests.support.memory_dynamodb import INDEX_KEYS, _projected, _size
from tests.support.reference import reference_data
from tests.support.world import World

TIMES = 25
# Dollars for a million; a second of a processor is 1.769 GB-s.
PRICES = {
    "written": 0.625, "read": 0.125, "gateway": 3.50, "functions": 0.20, "events": 1.00,
    "queues": 0.40, "log": 0.0005, "cpu": 1.769 * 16.67,
}  # fmt: skip
# A message of a queue is sent, received and deleted.
QUEUE_REQUESTS = 3
WRITTEN, READ = 1024, 4096
LETTERS = "бвгджзклмн"
# What others take for the like, by their public pages of 2026.
PEERS = {
    "a code to sign in": "Twilio Verify takes $50 000",
    "a card blocked, its holder told": "Novu takes $1 200 above the plan's runs",
    "a card checked by its number": "Voucherify's smallest plan is $59 a month for 100",
}


@dataclass(frozen=True)
class Deed:
    """What somebody does; what it is done to is there before."""

    do: Callable[[Any], object]
    prepare: Callable[[], object] = lambda: None


class Meter:
    """Counts what a world asks AWS for, by the names of the prices."""

    def __init__(self, world: World) -> None:
        self.counts: defaultdict[str, float] = defaultdict(float)
        self._world, self._factor, self._inside = world, 1, 0
        table = self._world.dynamodb
        self._apply, self._transact = table._apply, table.transact_write_items
        self._run, self._batch = self._world.running, self._world._batch
        self._put_events = self._world.bus.put_events
        vars(table).update(_apply=self.applied, transact_write_items=self.transacted)
        for name in ("get_item", "batch_get_item", "query"):
            setattr(table, name, self._reading(getattr(table, name)))
        vars(self._world).update(running=self.running, _batch=self.batch)
        vars(self._world.bus).update(put_events=self.put_events)

    def spent_by(self, deed: Deed) -> dict[str, float]:
        """What one of a deed takes, with all that follows from it."""
        prepared = [deed.prepare() for _ in range(TIMES + 1)]
        deed.do(prepared.pop())  # warms up
        self._world.settle()
        before = self.counts.copy()
        for each in prepared:
            deed.do(each)
            self._world.settle()
        return {name: (self.counts[name] - before[name]) / TIMES for name in PRICES}

    def applied(self, verb: str, action: Item) -> None:
        """A row is written, with its images in indexes."""
        rows = self._world.dynamodb.rows(action["TableName"])
        named = action.get("Item") or action["Key"]
        key = named["pk"]["S"], named["sk"]["S"]
        before = rows.get(key, {})
        self._apply(verb, action)
        after = rows.get(key, {})
        self.counts["written"] += self._factor * _units(before, after)
        self.counts["written"] += sum(_units_of_indexes(before, after))

    def transacted(self, **call: Any) -> Any:
        """Rows are written in a transaction, which takes two units for one."""
        self._factor = 2
        try:
            return self._transact(**call)
        finally:
            self._factor = 1

    def _reading(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def counted(**call: Any) -> Any:
            answer = read(**call)
            if "RequestItems" in call:
                found = [row for rows in answer["Responses"].values() for row in rows]
                asked = sum(len(each["Keys"]) for each in call["RequestItems"].values())
                sizes = [_size(row) for row in found] + [0] * (asked - len(found))
                strict = any(each.get("ConsistentRead") for each in call["RequestItems"].values())
            else:
                sizes = [sum(map(_size, answer.get("Items", [answer.get("Item", {})])))]
                strict = call.get("ConsistentRead", False)
            units = sum(max(1, math.ceil(size / READ)) for size in sizes)
            self.counts["read"] += units if strict else units / 2
            return answer

        return counted

    @contextmanager
    def running(self, service: str, function: str, stack: str = "") -> Iterator[None]:
        """A function runs, perhaps because another asks it."""
        self.counts["functions"] += 1
        self.counts["gateway"] += function == "api"
        said, started = io.StringIO(), time.process_time()
        self._inside += 1
        try:
            with contextlib.redirect_stdout(said), self._run(service, function, stack):
                yield
        finally:
            self._inside -= 1
            self.counts["log"] += len(said.getvalue().encode())
            if not self._inside:
                self.counts["cpu"] += time.process_time() - started

    def put_events(self, *, Entries: list[Item]) -> Any:
        """Events are told."""
        self.counts["events"] += len(Entries)
        return self._put_events(Entries=Entries)

    def batch(self, name: str, function: str, bodies: list[str]) -> None:
        """A queue hands over messages."""
        self.counts["queues"] += QUEUE_REQUESTS * len(bodies)
        self._batch(name, function, bodies)


def _units(*images: Item) -> int:
    return max(1, math.ceil(max(map(_size, images)) / WRITTEN))


def _units_of_indexes(before: Item, after: Item) -> Iterator[int]:
    """What indexes write of a row: a changed image once; where its key has changed, both."""
    for index, keys in INDEX_KEYS.items():
        old, new = (
            _projected(row, index, *keys) if row.keys() >= {*keys} else {}
            for row in (before, after)
        )
        if old != new:
            moved = not old or not new or any(old[key] != new[key] for key in keys)
            yield sum(_units(each) for each in (old, new) if each) if moved else _units(old, new)


class Everyday:
    """The deeds, each of a family, card or phone that nobody has had yet."""

    def __init__(self, place: JourneyWorld) -> None:
        self._place, self._numbers = place, iter(range(10**6, 10**7))
        self._intake, self._cards = IntakeClient(place.world), CardsClient(place.world)
        partner, outlet = self._cards.active_partner()
        self._store = {"X-API-Key": self._cards.key(partner, outlet).json["store_key"]}

    def deeds(self) -> dict[str, Deed]:
        """Each deed by its name."""
        return {
            "a first call to the hotline, the family and headquarters told": Deed(self._call),
            "a page of twenty of headquarters' queue": Deed(self._page),
            "a card issued, activated, its holder welcomed": Deed(lambda _: self._card()),
            "a card blocked, its holder told": Deed(self._block, self._card),
            "a card checked by its number": Deed(self._check, self._card),
            "a code to sign in": Deed(self._code, self._card),
        }

    def _call(self, _: object) -> None:
        number = next(self._numbers)
        name = "".join(f"{LETTERS[int(digit)]}о" for digit in str(number))  # alike to no other
        contact = {"name": name.title(), "channel": "sms", "phone": f"+7916{number}"}
        self._intake.asked(contact=contact)

    def _page(self, _: object) -> None:
        found = self._intake.get(HQ, "/cases", limit=20)
        if len(_done(found).json["items"]) != 20:
            raise AssertionError("the page is not full")

    def _card(self) -> Item:
        card = self._cards.issue(f"FP-{next(self._numbers)}")
        phone = f"+7921{next(self._numbers)}"
        contact = {"name": "Мария", "channel": "sms", "phone": phone}
        holder = replace(HOLDER, id=f"FP-{phone}")
        activated: Item = _done(self._cards.activate(card, holder, contact=contact)).json
        return card | {"phone": phone} | activated

    def _block(self, card: Item) -> None:
        _done(self._cards.post(LEADER, f"/v1/cards/{card['id']}/block", reason="lost"))

    def _check(self, card: Item) -> None:
        headers = self._store | {"Idempotency-Key": f"check-{next(self._numbers)}"}
        answer = self._place.till.post("/v1/card-checks", {"number": card["number"]}, headers)
        if _done(answer).json["valid"] is not True:
            raise AssertionError(answer.text)

    def _code(self, card: Item) -> None:
        place = next(self._numbers)
        with self._cards.from_address(f"198.51.{place // 256 % 256}.{place % 256}"):
            _done(self._cards.ask_for_code(card["phone"]))


def _done(answer: Answer) -> Answer:
    if answer.status >= 300:
        raise AssertionError(answer.text)
    return answer


def measure() -> Iterator[Ratio]:
    """Print what a million of each deed costs, and of what; there is nothing to compare."""
    with (
        pytest.MonkeyPatch.context() as patch,
        reference_data(),
        journey_world_at(patch, "2026-10-05 10:00") as place,
    ):
        meter = Meter(place.world)
        for name, deed in Everyday(place).deeds().items():
            say(_line(name, meter.spent_by(deed)))
    yield from ()


def _line(name: str, spent: dict[str, float]) -> str:
    parts = {each: PRICES[each] * number for each, number in spent.items()}
    most = sorted(parts, key=lambda each: -parts[each])[:4]
    told = ", ".join(f"{each} {spent[each]:.4g} = {parts[each]:.2f}" for each in most)
    peer = f"; {PEERS[name]}" if name in PEERS else ""
    return f"{name}: ${sum(parts.values()):.2f} a million ({told}){peer}"
