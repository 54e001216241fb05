"""What others do about a partner is news to the person at the business; what it does, is none."""

from typing import Any

import pytest

from shared.principal import Principal
from tests.cards.api_client import CONTACT, LEADER, MANAGER, CardsClient
from tests.support.world import at

DEEDS = {
    "PartnerPaused": ("pause", {}),
    "PartnerWithdrawalNoticed": ("notice", {"last_day": "2026-11-30"}),
    "PartnerNoticeWithdrawn": ("withdraw-notice", {}),
    "PartnerActivated": ("resume", {}),
}


@pytest.mark.parametrize(("who", "own"), [(MANAGER, True), (LEADER, False)])
@pytest.mark.parametrize("kind", DEEDS)
def test_who_acted_and_whether_the_business_can_be_reached(
    client: CardsClient, kind: str, who: Principal, own: bool
) -> None:
    partner, _ = client.active_partner(contact=CONTACT)
    path = f"/v1/partners/{partner}"
    if kind == "PartnerNoticeWithdrawn":
        client.done(who, f"{path}/notice", last_day="2026-11-30")
    if kind == "PartnerActivated":
        client.done(who, f"{path}/pause")

    step, body = DEEDS[kind]
    client.done(who, f"{path}/{step}", **body)

    said = client.events(kind)[-1]
    assert (said["own"], said["reachable"]) == (own, True)


def test_the_first_publication_is_news_and_nobody_is_written_to_without_a_contact(
    client: CardsClient,
) -> None:
    client.active_partner(contact=CONTACT)
    client.active_partner()

    told = client.events("PartnerActivated")
    assert [(each["own"], each["reachable"]) for each in told] == [(False, True), (False, False)]


def test_the_business_hears_what_becomes_of_a_discount_unless_it_takes_it_back(
    client: CardsClient,
) -> None:
    partner, _ = client.active_partner(contact=CONTACT)
    path = f"/v1/partners/{partner}/offers"

    def offered(day: str) -> str:
        return str(client.offer(partner, 9, day).json["number"])

    for who in (MANAGER, LEADER):
        client.done(who, f"{path}/{offered('2026-11-01')}/withdraw")
        confirmed = offered("2026-12-01")
        client.done(LEADER, f"{path}/{confirmed}/publish")
        client.done(who, f"{path}/{confirmed}/withdraw")
    offered("2026-10-07")
    client.world.advance(at("2026-10-07 00:05"))

    def said(kind: str, *names: str) -> list[tuple[Any, ...]]:
        return [tuple(each[name] for name in names) for each in client.events(kind)]

    taken_back = said("PartnerProposalWithdrawn", "own", "lapsed")
    assert taken_back == [(True, False), (False, False), (False, True)]
    assert said("PartnerOfferChanged", "own") == [(False,), (False,)]
    assert said("PartnerOfferWithdrawn", "own") == [(True,), (False,)]
