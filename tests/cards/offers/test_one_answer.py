"""Whatever is offered, withdrawn and closed: all who look at an outlet see one discount.

And its end is announced before it comes, to the leader and the partner, wherever it leaves an
outlet without any.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cards.api_client import LEADER, MANAGER, CardsClient
from tests.support.world import world_at

ZONE = ZoneInfo("Europe/Samara")
START = datetime(2026, 10, 5, 6, tzinfo=UTC)
DAYS = 30
OUTLETS = 3
OFFERED = ("offer", "sum")

Step = tuple[int, str, int, int, frozenset[int]]
steps = st.lists(
    st.tuples(
        st.integers(0, DAYS),  # when
        st.sampled_from(["offer", "sum", "offer", "withdraw", "close", "add", "notice", "pause"]),
        st.integers(1, 20),  # how many days ahead
        st.integers(0, 12),  # how many days it lasts; 0 for no end
        st.frozensets(st.integers(0, OUTLETS - 1)),
    ),
    min_size=4,
    max_size=7,
)


def day(number: int) -> date:
    return date(2026, 10, 5) + timedelta(days=number)


def midnight(number: int) -> datetime:
    return datetime.combine(day(number), datetime.min.time(), ZONE).astimezone(UTC)


@dataclass
class Shop:
    """A partner with a few outlets, and what its manager does."""

    client: CardsClient
    lasts: int
    partner: str = ""
    outlets: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/v1/partners/{self.partner}"

    def open(self) -> None:
        """Publish it with a discount that lasts some days, or for good."""
        self.partner = self.client.partner()
        self.outlets = [self.client.outlet(self.partner, "D01") for _ in range(OUTLETS)]
        until = {"valid_to": day(self.lasts).isoformat()} if self.lasts else {}
        assert self.client.offer(self.partner, 1, "2026-10-05", **until).status == 201
        for outlet in self.outlets:
            assert self.client.key(self.partner, outlet).status == 201
        self.client.done(LEADER, f"{self.path}/agreement", agreement_ref="14/2026")
        self.client.done(LEADER, f"{self.path}/publish")

    def take(self, step: Step) -> None:
        """Do something, if it may be done."""
        at, what, ahead, lasts, where = step
        post: Callable[..., Any] = self.client.post
        chosen = min(ahead, len(self.outlets)) - 1
        if what in OFFERED:
            size = {"discount_percent": ahead} if what == "offer" else {"discount_kopecks": ahead}
            until = {"valid_to": day(at + ahead + lasts).isoformat()} if lasts else {}
            made = post(
                MANAGER, f"{self.path}/offers", goods_scope="Всё", **size, **until,
                valid_from=day(at + ahead).isoformat(), outlet_ids=[self.outlets[n] for n in where],
            )  # fmt: skip
            if made.status == 201:
                self.offers.append(made.json["number"])
                post(LEADER, f"{self.path}/offers/{self.offers[-1]}/publish")
        elif what == "withdraw" and self.offers:
            post(LEADER, f"{self.path}/offers/{self.offers[-1]}/withdraw")
        elif what == "close":
            post(MANAGER, f"{self.path}/outlets/{self.outlets[chosen]}/close")
        elif what == "add" and len(self.outlets) < OUTLETS + 2:
            made = self.client.add_outlet(self.partner, "D02")
            if made.status == 201:
                self.outlets.append(made.json["number"])
                assert self.client.key(self.partner, self.outlets[-1]).status == 201
        elif what == "notice":
            post(MANAGER, f"{self.path}/notice", last_day=day(at + 14 + lasts).isoformat())
        elif what == "pause" and post(MANAGER, f"{self.path}/pause").status != 200:
            post(MANAGER, f"{self.path}/resume")

    # what is seen -------------------------------------------------------------------------

    def by_manager(self) -> dict[str, Any]:
        items = self.client.all_of(MANAGER, f"{self.path}/outlets")
        return {item["id"]: offer_id(item["offer"]) for item in items}

    def on_the_list(self) -> dict[str, Any]:
        """What the public list shows; the partner's own page must show the same."""
        items = self.client.get(None, "/v1/public/partners", region="ZR").json["items"]
        listed = {o["id"]: offer_id(o["offer"]) for item in items for o in item["outlets"]}
        own = self.client.get(None, f"/v1/public/partners/{self.partner}")
        shown = own.json["outlets"] if own.status == 200 else []
        assert {outlet["id"]: offer_id(outlet["offer"]) for outlet in shown} == listed
        return listed

    def at_the_till(self, moment: datetime) -> dict[str, Any]:
        row, now = self.client.till_of(self.partner), int(moment.timestamp())
        if row.status != "active":
            return {}
        offers = [row.offer_at(n, now) for n in range(1, 1 + len(self.outlets))]
        return {
            outlet: offer and offer.offer_id
            for outlet, offer in zip(self.outlets, offers, strict=True)
        }


def offer_id(shown: Any) -> Any:
    return shown and shown["offer_id"]


def days_of(steps: list[Step], lasts: int) -> set[int]:
    """The days on which something is done, begins or ends."""
    begins = {at + ahead: length for at, what, ahead, length, _ in steps if what in OFFERED}
    ends = {first + length + 1 for first, length in begins.items()}
    leaves = {at + 15 + length for at, what, _, length, _ in steps if what == "notice"}
    done = {step[0] for step in steps}
    return {0, lasts + 1, *done, *begins, *ends, *leaves}


@pytest.mark.slow
@given(steps=steps, lasts=st.integers(0, 30))
@settings(max_examples=18, derandomize=True)
def test_manager_list_and_till_agree_and_no_end_comes_unannounced(
    steps: list[Step], lasts: int
) -> None:
    with world_at(START, ("cards",)) as world:
        shop = Shop(CardsClient(world), lasts)
        shop.open()
        seen: dict[str, Any] = {}
        days = days_of(steps, lasts)
        for number in sorted(days.union(range(0, max(days), 13))):  # in time for announcements
            moment = midnight(number) if number else START
            world.advance(moment)
            if number not in days:
                continue
            _announced_before(shop, seen, number)
            for step in steps:
                if step[0] == number:
                    shop.take(step)
                    world.advance(moment)
            _agree(shop, moment)
            seen = shop.at_the_till(moment)


def _agree(shop: Shop, moment: datetime) -> None:
    manager, listed, till = shop.by_manager(), shop.on_the_list(), shop.at_the_till(moment)
    for outlet in shop.outlets:
        assert manager[outlet] == till.get(outlet) == listed.get(outlet)


def _announced_before(shop: Shop, before: dict[str, Any], number: int) -> None:
    """Where an offer was and none is, its last day was announced before this midnight."""
    now = shop.at_the_till(midnight(number))
    left = [outlet for outlet, offer in before.items() if offer and now.get(outlet) is None]
    if now and left:  # else nothing ended, or the partner has left
        last_days = [each["last_day"] for each in shop.client.events("PartnerOfferEnding")]
        assert day(number - 1).isoformat() in last_days
