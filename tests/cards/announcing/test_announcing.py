"""Holders hear of a partner's new discount and of its last day, if they agreed to letters."""

from typing import Any

import pytest

from tests.cards.api_client import CONTACT, HOLDER, LEADER, MANAGER, Desk, person
from tests.support.world import at


def holders(desk: Desk, number: int, **more: Any) -> list[dict[str, Any]]:
    """Active cards in D01."""
    cards = []
    for place in range(number):
        card = desk.issue(f"FP-{place}", district_id="D01")
        who = person(f"FP-{place}", "foster_parent")
        assert desk.activate(card, who, **({"district_id": "D01"} | more)).status == 200
        cards.append(card)
    return cards


def new_discount(desk: Desk, partner: str, percent: int = 9) -> str:
    offer = str(desk.offer(partner, percent, "2026-11-01").json["number"])
    desk.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/publish")
    return offer


def asked(desk: Desk, reference: str) -> dict[str, Any]:
    item = {"reference": reference, "event_id": "evt_1", "template": "partner_news_due_holder"}
    (answer,) = desk.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    return dict(answer)


@pytest.mark.requirement("S0-39")
def test_holders_of_the_partners_districts_hear_of_a_new_discount_once(desk: Desk) -> None:
    partner, _ = desk.active_partner()
    cards = holders(desk, 40)
    elsewhere = desk.issue("FP-far", district_id="D05")
    far = person("FP-far", "foster_parent")
    desk.activate(elsewhere, far, district_id="D05")
    desk.world.copies = 2

    new_discount(desk, partner)

    told = desk.events("PartnerNewsDue")
    assert {(news["news"], news["day"]) for news in told} == {("discount", "2026-11-01")}
    assert sorted(news["reference"].partition(".")[2] for news in told) == sorted(
        card["id"] for card in cards
    )
    answer = asked(desk, told[0]["reference"])
    assert answer["address"] == "+79211234567"
    assert answer["variables"] == {
        "first_name": "Мария",
        "partner": "Гастроном «Берёзка»",
        "discount": "9",
    }
    assert "Мария" not in str(told) and "Берёзка" not in str(told)


@pytest.mark.requirement("S0-40")
def test_holders_hear_of_a_partners_last_day(desk: Desk) -> None:
    partner, _ = desk.active_partner()
    holders(desk, 1)

    desk.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31")

    (told,) = desk.events("PartnerNewsDue")
    assert (told["news"], told["day"]) == ("leaving", "2026-10-31")


def test_nobody_is_told_without_consent_or_an_active_card(desk: Desk) -> None:
    partner, _ = desk.active_partner()
    holders(desk, 2, consent_community=False)
    desk.issue("FP-issued", district_id="D01")
    lost = desk.active_card("FP-lost")
    desk.done(HOLDER, f"/v1/cards/{lost['id']}/block", reason="lost")

    new_discount(desk, partner)

    assert desk.events("PartnerNewsDue") == []


def test_a_consent_taken_back_is_heeded_at_the_moment_of_sending(desk: Desk) -> None:
    partner, _ = desk.active_partner()
    card = desk.active_card()
    new_discount(desk, partner)
    (told,) = desk.events("PartnerNewsDue")
    desk.done(HOLDER, f"/v1/cards/{card['id']}/withdraw-consent")

    assert asked(desk, told["reference"])["refused"] == "no_consent"
    assert "refused" in asked(desk, "ann_01K6T8QZ4V3N9W5X7Y2ABCDEFG.crd_1")


def test_news_that_are_no_longer_true_are_told_to_nobody(desk: Desk) -> None:
    partner, _ = desk.active_partner()
    desk.active_card()
    offer = new_discount(desk, partner)
    desk.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/withdraw")
    new_discount(desk, partner, 11)
    desk.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")
    desk.world.settle()

    assert desk.events("PartnerNewsDue") == []


def test_a_step_that_was_lost_is_taken_again(desk: Desk) -> None:
    partner, _ = desk.active_partner()
    holders(desk, 20)
    real, left = desk.world.queue.send_message_batch, iter(range(2))

    def losing(**request: Any) -> Any:
        return real(**request) if next(left, None) is None else {"Successful": [], "Failed": []}

    desk.world.queue.__dict__["send_message_batch"] = losing
    new_discount(desk, partner)
    desk.world.settle()
    desk.world.advance(at("2026-10-05 10:05"))

    references = [news["reference"] for news in desk.events("PartnerNewsDue")]
    assert len(references) == len(set(references)) == 20
    assert CONTACT["name"] not in str(references)
