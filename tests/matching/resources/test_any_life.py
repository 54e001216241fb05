"""Whatever is offered, promised, given and taken back, nothing is promised twice or lost."""

import pytest

from services.matching.gifts.domain import Gift
from services.matching.resources.domain import OfferedResource, Reservation
from shared import ids
from shared.events.intake import CaseClosed, CaseReopened
from tests.matching.any_life import Life, live
from tests.matching.api_client import (
    HQ,
    HQ_Y,
    MatchingClient,
    chat_of,
    family_of,
    of_case,
    own_token,
)
from tests.matching.gifts.test_api import GIFT, asked
from tests.matching.resources.test_api import CM, OTHER, PROVIDER
from tests.matching.steps import Said, gift_steps, offer_steps
from tests.matching.volunteers.test_api import VC, VC_Y
from tests.support.repeatable import HISTORIES

CASES = tuple(ids.from_bytes("cas", bytes([place] * 16)) for place in range(2))
PAPERS: tuple[dict[str, str], ...] = ({}, {"paper_ref": "P-1"}, {"paper_ref": "P-2"})
GIVERS = tuple(each for case in CASES for each in (own_token(case), chat_of(family_of(case)), HQ))
SOME = {"region": "ZR", "category": "food_aid", "quantity": 7, "unit": "kit", "sector": "ngo"}


class OffersLife(Life):
    """Two families, two organisations, and who keeps what they offer for others."""

    rare = frozenset(("withdraw_resource",))

    def step(self) -> None:
        """One deed by chance."""
        deeds = [self.it_is_offered, self.a_family_gives, self.intake_says]
        self.some(deeds + [self.an_offer_goes_on] * 6 + [self.a_gift_goes_on])()
        if self.chance.random() < 0.1:
            self.time_passes(1, 25, 200)

    def it_is_offered(self) -> None:
        who = self.some((PROVIDER, OTHER, VC, CM))
        self.tries(who, "/resources", SOME | {"provider_id": self.some((None, "PR-03"))})

    def a_family_gives(self) -> None:
        who = self.some(GIVERS)
        family = {"family_id": family_of(self.some(CASES))} if who is HQ else {}
        self.tries(who, "/gifts", GIFT | {"quantity": 6} | family | self.some(PAPERS))

    def intake_says(self) -> None:
        about = of_case(self.some(CASES))
        closed = CaseClosed(**about, reason="all_needs_met")
        reopened = CaseReopened(**about, reason="needs_returned", categories=())
        case = about["case_id"]
        asked(self.client, case)
        self.client.hear(self.some((closed, closed, closed, reopened)))
        if self.chance.random() < 0.05:
            self.client.erased(case)
        self.done.append(f"{case} is heard of")

    def an_offer_goes_on(self) -> None:
        if offers := self.rows("RESOURCE"):
            one = f"/resources/{self.some(offers)}"
            self.takes(one, self.said(one), (VC, VC, VC, CM, PROVIDER, OTHER, VC_Y))

    def said(self, one: str) -> Said:
        """What may be said of an offer, of its own parts or of another's."""
        parts = self.rows("RESERVATION")
        own = [each for each in parts if f"/resources/{parts[each]['resource_id']}" == one]
        part = self.some([*own * 3, *[*parts][-1:]] or [ids.new("rsv")])
        quantities = tuple({"quantity": each} for each in (1, 2, 5, 8, 0))
        return {
            **offer_steps(one, part),
            "reserve_resource": (f"{one}/reservations", quantities),
        }

    def a_gift_goes_on(self) -> None:
        if gifts := self.rows("GIFT"):
            one = f"/gifts/{self.some(gifts)}"
            self.takes(one, gift_steps(one), (*GIVERS, VC, HQ_Y))

    def check(self) -> None:
        """Compare offers with their parts, with the lists and with whose gifts they are."""
        offers = self.all_of(OfferedResource, "RESOURCE")
        parts = self.all_of(Reservation, "RESERVATION")
        for each in offers:
            own = [part for part in parts if part.resource_id == each.resource_id]
            kept = {
                status: sum(part.quantity for part in own if part.status == status)
                for status in ("reserved", "given")
            }
            assert kept == {"reserved": each.reserved, "given": each.given}, self.done
            assert each.left >= 0, self.done
        for query, wanted in (
            ({}, {each.resource_id for each in offers if each.left}),
            ({"over": "true"}, {each.resource_id for each in offers if not each.left}),
        ):
            assert self.listed(VC, "/resources", "resource_id", **query) == wanted, self.done
        self.check_gifts({each.resource_id: each for each in offers})
        self.comes_to_rest()

    def check_gifts(self, offers: dict[str, OfferedResource]) -> None:
        gifts = self.all_of(Gift, "GIFT")
        settled = [each["gift_id"] for each in self.client.told("GiftSettled")]
        withdrawn = self.client.told("GiftWithdrawn")
        dropped = [each["gift_id"] for each in withdrawn if not each["promised"]]
        for each in gifts:
            offer = offers[each.resource_id]
            assert offer.gift_id == each.gift_id
            assert each.status == "offered" or offer.status in ("withdrawn", "given"), self.done
            assert (each.gift_id in settled + dropped) is offer.settled, self.done
            assert settled.count(each.gift_id) <= 1, self.done
            said = str(self.client.get(VC, f"/resources/{offer.resource_id}"))
            assert each.gift_id not in said and each.family_id not in said
        for case in CASES:
            own = {each.gift_id for each in gifts if each.family_id == family_of(case)}
            seen = self.listed(own_token(case), "/gifts", "gift_id", region="ZR")
            assert seen == own, self.done

    def check_offers(self) -> None:
        """Try what is offered of one offer and of one gift."""
        for offer in [*self.rows("RESOURCE")][-1:]:
            one = f"/resources/{offer}"
            parts = self.client.get(VC, f"{one}/reservations")["items"]
            kept = [each for each in parts if each["status"] == "reserved"] or parts
            part = kept[0]["reservation_id"] if kept else ids.new("rsv")
            said = offer_steps(one, part)
            self.is_offered_what_succeeds(one, said, (VC, CM, VC_Y, PROVIDER, OTHER))
        for gift in [*self.rows("GIFT")][-1:]:
            one = f"/gifts/{gift}"
            said = gift_steps(one, "P-9")
            self.is_offered_what_succeeds(one, said, (*GIVERS, VC, HQ_Y))


@pytest.mark.parametrize("seed", HISTORIES)
def test_nothing_is_promised_twice_or_lost(client: MatchingClient, seed: int) -> None:
    live(OffersLife(client, seed))
