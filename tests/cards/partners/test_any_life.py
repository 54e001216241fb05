"""Whatever is done to a partner, its tills, the public page and the work about it agree."""

import random
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.cards import till_read_model
from services.cards.offers.offering import ENDING_NOTICE
from services.cards.outlets.repository import Outlets
from services.cards.outlets.values import KEYS_NOTICE, RENEWED_WITHIN
from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerStatus
from services.cards.till_read_model import KeyTill
from shared import clock
from shared.storage import connection
from tests.cards.api_client import LEADER, MANAGER, CardsClient
from tests.support.api import Answer
from tests.support.repeatable import HISTORIES

DISTRICTS = ("D01", "D02")
SHOP = {"title": "У вокзала", "address": "Вокзальная, 2", "latitude": 53.3, "longitude": 50.2}
ENDS = {"PartnerKeysEnding": True, "PartnerKeysRenewed": False, "PartnerEnded": False}
GAPS = {
    "PartnerOfferEnding": True, "PartnerOffersMissing": True,
    "PartnerOffersRenewed": False, "PartnerEnded": False,
}  # fmt: skip


class Life:
    """A business with some shops, and what its manager and the club do."""

    def __init__(self, client: CardsClient, seed: int) -> None:
        self.client, self.chance = client, random.Random(seed)
        until = self.chance.choice((None, "2026-10-12", "2026-11-20"))
        self.partner, outlet = client.ready_partner(until=until)
        client.done(LEADER, f"/v1/partners/{self.partner}/publish")
        self.one, self.outlets = f"/v1/partners/{self.partner}", [outlet]
        self.done: list[str] = []

    def step(self) -> None:
        """One deed by chance; that it is refused is well, too."""
        deeds: dict[Callable[[], Answer], int] = {
            self.add: 2, self.move: 1, self.close: 1, self.key: 5, self.unkey: 2,
            self.offer: 4, self.confirm: 4, self.withdraw: 1, self.lead: 2,
        }  # fmt: skip
        (deed,) = self.chance.choices([*deeds], [*deeds.values()])
        answer = deed()
        said = answer.json.get("code") or answer.json.get("number")
        self.done.append(f"{clock.now():%m-%d} {deed.__name__} {answer.status} {said}")
        assert answer.status < 500, self.done
        if deed == self.add and answer.status == 201:
            self.outlets.append(str(answer.json["number"]))

    def add(self) -> Answer:
        return self._post("/outlets", **SHOP, district_id=self._any(DISTRICTS))

    def move(self) -> Answer:
        path = f"/v1/partners/{self.partner}/outlets/{self._any(self.outlets)}"
        version = self.chance.choice((1, 2, 3))
        shop = SHOP | {"title": self._any(("Берёзка", "Сосна")), "district_id": "D02"}
        return self.client.put(MANAGER, path, version, **shop)

    def close(self) -> Answer:
        return self._post(f"/outlets/{self._any(self.outlets)}/close")

    def key(self) -> Answer:
        sandbox = self.chance.random() < 0.2
        return self._post("/keys", outlet_id=self._any(self.outlets), sandbox=sandbox)

    def unkey(self) -> Answer:
        keys = [key["id"] for each in self._listed("outlets") for key in each["keys"]]
        return self._post(f"/keys/{self._any(keys)}/{self._any(('replace', 'revoke'))}")

    def offer(self) -> Answer:
        size = {"discount_percent": self.chance.randint(1, 30), "goods_scope": "Всё"}
        first = self._day(-1, 12)
        last = self._any((None, *(first + timedelta(days=n) for n in (-1, 0, 5, 30))))
        where = [each for each in self.outlets if self.chance.random() < 0.5]
        days = {"valid_from": first.isoformat(), "valid_to": last and last.isoformat()}
        return self._post("/offers", **size, **days, outlet_ids=self._any(([], where)))

    def confirm(self) -> Answer:
        return self._post(f"/offers/{self._version()}/publish", LEADER)

    def withdraw(self) -> Answer:
        return self._post(f"/offers/{self._version()}/withdraw")

    def lead(self) -> Answer:
        said = {
            "pause": {}, "resume": {}, "withdraw-notice": {}, "agreement": {"agreement_ref": "1"},
            "notice": {"last_day": self._day(13, 40).isoformat()},
        }  # fmt: skip
        said |= {"end": {"reason": "other"}} if self.chance.random() < 0.05 else {}
        step = self._any(said)
        return self._post(f"/{step}", LEADER, **said[step])

    def wait(self) -> None:
        """Let some days pass, and what they bring be done; first what is due at once."""
        self.client.world.advance(clock.now() + timedelta(minutes=1))
        for _ in range(self._any((1, 1, 1, 2, 10, 100))):
            self.client.world.advance(clock.now() + timedelta(days=self._any((1, 3))))
            self.client.world.settle()
        self.done.append(f"{clock.now():%Y-%m-%d}")

    def check(self) -> None:
        """Compare what tills, everybody and the people at work read of the partner."""
        now, offers = clock.now(), self._listed("offers")
        with self.client.world.service("cards"):
            partner = Partners(connection.store()).get(self.partner)
            self._check_register(partner, now)
        till = self.client.till_of(self.partner)
        page = self.client.get(None, f"/v1/public{self.one.removeprefix('/v1')}", limit=50)
        public = {each["id"]: each["offer"] for each in page.json.get("outlets", ())}
        moment = int(now.timestamp())
        for number, place in enumerate(partner.shops.places, 1):
            found = till.offer_at(number, moment)
            expected = None if place.closed else _in_force(offers, place.outlet_id, partner, now)
            assert (found and found.offer_id) == expected, self.done
            takes_cards = not place.closed and place.keyed_until > moment
            assert (place.outlet_id in public) is (till.status == "active" and takes_cards)
            if place.outlet_id in public:
                there = public[place.outlet_id]
                assert (there and there["offer_id"]) == expected, self.done

    def _check_register(self, partner: Partner, now: datetime) -> None:
        for place in partner.shops.places:
            outlet = Outlets(connection.store()).get(place.outlet_id)
            assert (place.district_id, place.closed) == (outlet.district_id, outlet.closed)
            if not place.closed and partner.status is not PartnerStatus.ENDED:
                kept = place.keyed_until if place.keyed_until > now.timestamp() else 0
                assert kept == outlet.keyed_until(now), self.done
            for key in outlet.keys:
                row = self.client.world.dynamodb.rows("cards-data")[
                    till_read_model.store_key(partner.id, key.id)
                ]
                at_the_till = till_read_model.read(KeyTill, row)
                assert at_the_till.lives(int(now.timestamp())) is key.lives(now), self.done
                if key.lives(now) and not outlet.closed:
                    assert at_the_till.outlet_title == outlet.title, self.done

    def check_work(self) -> None:
        """What is announced is so; what is so is announced."""
        self.client.world.settle()
        told = [e["type"].rpartition(".")[2] for e in self.client.world.events()]
        now = clock.now()
        with self.client.world.service("cards"):
            partner = Partners(connection.store()).get(self.partner)
        if not partner.in_touch:
            return
        ends = [place.keyed_until for place in partner.shops.open.values()]
        announced = [ENDS[each] for each in told if each in ENDS][-1:] == [True]
        leaves = partner.leaves_at.timestamp() if partner.leaves_at else float("inf")
        soon = [end for end in ends if end < leaves and end <= (now + KEYS_NOTICE).timestamp()]
        assert announced or not any(soon), (self.done, ends)
        late = [end for end in ends if end < leaves and end <= (now + RENEWED_WITHIN).timestamp()]
        assert not announced or late or not ends, (self.done, ends)
        gap = [GAPS[each] for each in told if each in GAPS][-1:] == [True]
        soon_over = now + ENDING_NOTICE
        running_out = [
            number
            for number in partner.shops.open
            if partner.offer_at(number, soon_over) is None
            and partner.offer_after(number, soon_over) is None
        ]
        stays = partner.leaves_at is None or partner.leaves_at > soon_over
        assert gap or not (stays and running_out), "\n".join(self.done)

    def _post(self, path: str, who: Any = MANAGER, **body: Any) -> Answer:
        return self.client.post(who, self.one + path, **body)

    def _listed(self, what: str) -> list[dict[str, Any]]:
        return self.client.all_of(LEADER, f"{self.one}/{what}")

    def _version(self) -> str:
        """A version of the discount, mostly one that waits for the club."""
        versions = self._listed("offers")
        waiting = [each for each in versions if each["status"] == "proposed"]
        chosen = waiting if waiting and self.chance.random() < 0.9 else versions
        return str(self._any(chosen)["id"])

    def _day(self, first: int, last: int) -> date:
        return clock.now().date() + timedelta(days=self.chance.randint(first, last))

    def _any(self, things: Iterable[Any]) -> Any:
        return self.chance.choice([*things])


def _in_force(
    offers: list[dict[str, Any]], outlet: str, partner: Partner, now: datetime
) -> str | None:
    """The published version that began last of those that hold there now, by the list of all."""
    if partner.leaves_at is not None and partner.leaves_at <= now:
        return None
    holding = [
        (datetime.fromisoformat(each["starts_at"]), each["id"])
        for each in offers
        if each["status"] == "published"
        and (not each["outlet_ids"] or outlet in each["outlet_ids"])
        and datetime.fromisoformat(each["starts_at"]) <= now
        and (each["ends_at"] is None or now < datetime.fromisoformat(each["ends_at"]))
    ]
    return max(holding)[1] if holding else None


@pytest.mark.parametrize("seed", HISTORIES)
def test_tills_the_page_and_the_work_agree_whatever_is_done(client: CardsClient, seed: int) -> None:
    life = Life(client, seed)
    for _ in range(60):
        life.step()
        life.check()
        if life.chance.random() < 0.15:
            life.wait()
            life.check()
            life.check_work()
