"""Whatever is done to the cards of some people, their files, phones and tills agree on them."""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from services.cards import till_read_model
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.holders.repository import Holders
from services.cards.till_read_model import CardTill
from shared import clock
from shared.storage import connection
from tests.cards.api_client import CONTACT, LEADER, CardsClient
from tests.cards.offices import OFFICES, PHONE_2, PHONE_3, decide, held, issue
from tests.support.api import Answer

FILES, PHONES, DISTRICTS = ("1", "2"), (PHONE_2, PHONE_3), ("D02", "D05")
SAID: dict[str, tuple[dict[str, Any], ...]] = {
    "block": tuple({"reason": each} for each in ("lost", "stolen", "lost_with_phone")),
    "unblock": ({},),
    "replace": ({"reason": "damaged"}, {"reason": "stolen"}),
    "revoke": ({"reason": "moved_away"},),
    "renew-code": ({},),
    "move": tuple({"district_id": each} for each in DISTRICTS),
    "withdraw-consent": ({},),
    "dismiss-placement-end": ({},),
    "change-contact": tuple(
        {"contact": CONTACT | {"phone": phone}, "evidence": "in_person", "stolen": stolen}
        for phone in PHONES
        for stolen in (True, False)
    ),
    "erase": ({},),
}


class Life:
    """Two files at two offices, two phones, and what people do to the cards."""

    def __init__(self, client: CardsClient, seed: int) -> None:
        self.client, self.chance = client, random.Random(seed)
        self.cards: dict[str, dict[str, Any]] = {}
        self.done: list[str] = []

    def step(self) -> None:
        """One deed by chance; that it is refused is well, too."""
        may = [self.issue, self.activate, self.decide, self.end, self.change, self.change]
        deed = self.chance.choice(may if self.cards else may[:1])
        answer = deed()
        self.done.append(f"{deed.__name__} {answer.status} {answer.json.get('code', '')}")
        assert answer.status < 500, self.done
        if answer.status == 201:
            self.cards[answer.json["id"]] = dict(answer.json)

    def issue(self) -> Answer:
        phone = self.chance.choice((None, *PHONES))
        return issue(self.client, self._any(FILES), self._any(DISTRICTS), phone)

    def activate(self) -> Answer:
        contact, card = CONTACT | {"phone": self._any(PHONES)}, self.cards[self._any(self.cards)]
        known = card | {"activation_code": card["activation_code"] or "00000000"}
        return self.client.activate(known, LEADER, evidence="in_person", contact=contact)

    def decide(self) -> Answer:
        waiting = [each["id"] for each in held(self.client)] or [*self.cards]
        decision = self._any(("same_person", "different_person"))
        return decide(self.client, self._any(waiting), decision)

    def end(self) -> Answer:
        district = self._any(DISTRICTS)
        return self.client.post(
            OFFICES[district], "/v1/placement-ends", region="ZR", district_id=district,
            holder_ref=self._any(FILES), ended_on=clock.now().date().isoformat(),
        )  # fmt: skip

    def change(self) -> Answer:
        what = self._any(SAID)
        self.done.append(what)
        path = f"/v1/cards/{self._any(self.cards)}/{what}"
        return self.client.post(LEADER, path, **self.chance.choice(SAID[what]))

    def _any(self, things: Iterable[str]) -> str:
        return self.chance.choice([*things])

    def check(self) -> None:
        """Compare the rows that say something about the same card or phone."""
        with self.client.world.service("cards"):
            cards, holders = Cards(connection.store()), Holders(connection.store())
            for card in map(cards.get, self.cards):
                self._check_card(card, cards)
                holder = holders.find(card.holder_id)
                if holder is not None and holder.contact is not None:
                    assert holders.owner(holder.contact) == holder.id, self.done

    def _check_card(self, card: Card, cards: Cards) -> None:
        row = self.client.world.dynamodb.rows("cards-data")[till_read_model.card_key(card.handle)]
        at_the_till = till_read_model.read(CardTill, row)
        assert (at_the_till.status, at_the_till.generation) == (card.status, card.generation)
        mark = cards.file_mark(card.region, card.holder_ref)
        assert mark is not None
        has_it = mark.state == "living" and mark.card_id == card.id
        assert has_it is not card.ended, (self.done, card.id, mark)


@pytest.mark.parametrize("seed", range(12))
def test_files_phones_and_tills_agree_whatever_is_done(client: CardsClient, seed: int) -> None:
    life = Life(client, seed)
    for _ in range(90):
        life.step()
        life.check()
        if life.chance.random() < 0.1:
            client.world.advance(clock.now() + timedelta(days=life.chance.choice((1, 15, 31))))
            client.world.settle()
