"""Holders hear of a partner's new discount and of its last day, if they agreed to letters."""

import json
from typing import Any

import pytest

from tests.cards.api_client import CONTACT, HOLDER, LEADER, MANAGER, CardsClient, person
from tests.support.world import at


def holders(client: CardsClient, number: int, **more: Any) -> list[dict[str, Any]]:
    """Active cards in D01."""
    cards = []
    for place in range(number):
        card = client.issue(f"FP-{place}", district_id="D01")
        who = person(f"FP-{place}", "foster_parent")
        assert client.activate(card, who, **({"district_id": "D01"} | more)).status == 200
        cards.append(card)
    return cards


def new_discount(client: CardsClient, partner: str, percent: int = 9, **more: Any) -> str:
    offer = str(client.offer(partner, percent, "2026-11-01", **more).json["number"])
    client.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/publish")
    return offer


def heard(client: CardsClient) -> list[dict[str, Any]]:
    """What holders are told of partners that they know."""
    return [each for each in client.events("PartnerNewsDue") if each["news"] != "joined"]


def at_work(client: CardsClient) -> list[str]:
    """The announcements that are not over, by what they are about."""
    rows = client.world.dynamodb.rows("cards-data").values()
    docs = [json.loads(row["doc"]["S"]) for row in rows if row["pk"]["S"].startswith("ANNOUNC")]
    return [each["news"] for each in docs if each["status"] != "told"]


def asked(client: CardsClient, reference: str) -> dict[str, Any]:
    item = {"reference": reference, "event_id": "evt_1", "template": "partner_news_due_holder"}
    (answer,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    return dict(answer)


def test_holders_of_the_partners_districts_hear_of_a_new_discount_once(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    cards = holders(client, 18, contact=CONTACT)
    elsewhere = client.issue("FP-90", district_id="D05")
    far = person("FP-90", "foster_parent")
    client.activate(elsewhere, far, district_id="D05")
    client.world.copies = 2

    new_discount(client, partner)

    told = heard(client)
    of_each = {(news["news"], news["day"], news["district_id"]) for news in told}
    assert of_each == {("discount", "2026-11-01", "D01")}
    assert sorted(news["reference"].partition(".")[2] for news in told) == sorted(
        card["id"] for card in cards
    )
    answer = asked(client, told[0]["reference"])
    assert answer["address"] == "+79211234567"
    assert answer["variables"] == {
        "first_name": "Мария",
        "partner": "Гастроном «Берёзка»",
        "discount": "9 %",
    }
    assert "Мария" not in str(told) and "Берёзка" not in str(told)
    assert {news["holder_id"] for news in told} == {f"FP-{number}" for number in range(18)}


def test_holders_hear_of_a_new_partner_and_from_when_it_gives_a_discount(
    client: CardsClient,
) -> None:
    holders(client, 1)
    client.active_card("FP-90")  # in D02, where the partner has no shop
    first, _ = client.active_partner()
    client.offer(first, 9, "2026-11-20")  # proposed before anybody has heard of the partner
    later = client.partner()
    client.key(later, client.outlet(later))
    client.offer(later, 9, "2026-11-01")
    client.done(LEADER, f"/v1/partners/{later}/agreement", agreement_ref="14/2026")
    client.done(LEADER, f"/v1/partners/{later}/publish")

    told = client.events("PartnerNewsDue")
    assert [(news["news"], news["day"], news["district_id"]) for news in told] == [
        ("joined", "2026-10-05", "D01"), ("joined", "2026-11-01", "D01"),
    ]  # fmt: skip
    assert asked(client, told[0]["reference"])["variables"]["partner"] == "Гастроном «Берёзка»"

    client.done(MANAGER, f"/v1/partners/{first}/pause")
    assert asked(client, told[0]["reference"])["refused"] == "news_outdated"
    client.done(MANAGER, f"/v1/partners/{first}/resume")
    assert len(client.events("PartnerNewsDue")) == 2, "a break is no news"


def test_a_discount_of_some_shops_is_news_in_their_districts_alone(client: CardsClient) -> None:
    partner, shop = client.active_partner()
    closed = client.outlet(partner, "D02")
    (near,) = holders(client, 1)
    client.active_card("FP-90")  # in D02, where the partner is too

    new_discount(client, partner, outlet_ids=[shop])
    (news,) = heard(client)
    some = asked(client, news["reference"])["variables"]["discount"]
    new_discount(client, partner, 11, outlet_ids=[closed])
    client.done(MANAGER, f"/v1/partners/{partner}/outlets/{closed}/close")

    told = heard(client)
    assert [news["reference"].partition(".")[2] for news in told] == [near["id"]]
    assert at_work(client) == [], "news for no district are none"
    all_left = asked(client, news["reference"])["variables"]["discount"]
    assert (some, all_left) == ("9 % в некоторых магазинах", "9 %")


def test_news_that_wait_too_long_or_are_overtaken_are_no_news(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    holders(client, 1)
    new_discount(client, partner, valid_to="2026-11-01")
    (news,) = heard(client)
    told = asked(client, news["reference"])["variables"]["discount"]
    assert told == "9 % до 01.11.2026 включительно"

    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31")
    assert asked(client, news["reference"])["refused"] == "news_outdated", "it leaves before"
    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-11-01")
    assert "refused" not in asked(client, news["reference"])
    client.done(MANAGER, f"/v1/partners/{partner}/withdraw-notice")
    client.world.set_time(at("2026-11-02 00:00"))
    assert asked(client, news["reference"])["refused"] == "news_outdated", "the day is over"


def test_who_heard_of_a_discount_hears_that_it_will_not_be(client: CardsClient) -> None:
    partner, shop = client.active_partner()
    holders(client, 1)
    client.active_card("FP-90")
    offer = new_discount(client, partner, outlet_ids=[shop])
    assert len(heard(client)) == 1

    client.done(MANAGER, f"/v1/partners/{partner}/offers/{offer}/withdraw")
    never = client.offer(partner, 9, "2026-11-01").json["number"]
    client.done(MANAGER, f"/v1/partners/{partner}/offers/{never}/withdraw")

    told = heard(client)
    assert [(news["news"], news["day"]) for news in told] == [
        ("discount", "2026-11-01"), ("withdrawn", "2026-11-01"),
    ]  # fmt: skip
    assert asked(client, told[0]["reference"])["refused"] == "news_outdated"
    assert asked(client, told[1]["reference"])["variables"]["partner"] == "Гастроном «Берёзка»"


def test_holders_hear_of_a_partners_last_day(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    holders(client, 1)

    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31")

    client.done(
        MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31", reason="other"
    )  # which corrects the reason alone
    (told,) = heard(client)
    assert (told["news"], told["day"]) == ("leaving", "2026-10-31")


def test_news_that_a_partner_stays_are_outdated_by_another_notice(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    holders(client, 1)
    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31")
    client.done(MANAGER, f"/v1/partners/{partner}/withdraw-notice")
    staying = heard(client)[-1]
    assert (staying["news"], "refused" in asked(client, staying["reference"])) == ("staying", False)

    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-11-30")

    assert asked(client, staying["reference"])["refused"] == "news_outdated"


def test_nobody_is_told_without_consent_or_an_active_card(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    holders(client, 2, consent_community=False)
    client.issue("FP-91", district_id="D01")
    lost = client.active_card("FP-92")
    client.done(HOLDER, f"/v1/cards/{lost['id']}/block", reason="lost")

    new_discount(client, partner)

    assert heard(client) == []


def test_a_consent_taken_back_is_heeded_at_the_moment_of_sending(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    card = client.active_card()
    new_discount(client, partner)
    (told,) = heard(client)
    client.done(HOLDER, f"/v1/cards/{card['id']}/withdraw-consent")

    assert asked(client, told["reference"])["refused"] == "no_consent"
    assert "refused" in asked(client, "ann_01K6T8QZ4V3N9W5X7Y2ABCDEFG.crd_1")


def test_news_that_are_no_longer_true_are_told_to_nobody(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    client.active_card()
    offer = new_discount(client, partner)
    client.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/withdraw")
    new_discount(client, partner, 11)
    client.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")
    client.world.settle()

    told = heard(client)
    assert {(news["news"], news["day"]) for news in told} == {("left", "2026-10-05")}
    assert at_work(client) == []
    assert asked(client, told[0]["reference"])["variables"]["partner"] == "Гастроном «Берёзка»"


def test_who_was_told_the_last_day_hears_no_more_unless_it_ends_before(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    early, _ = client.active_partner(title="Аптека")
    client.active_card()
    for each in (partner, early):
        client.done(MANAGER, f"/v1/partners/{each}/notice", last_day="2026-10-31")
    client.world.advance(at("2026-10-20 10:00"))
    client.done(MANAGER, f"/v1/partners/{early}/end", reason="partner_left")
    client.world.advance(at("2026-11-01 10:00"))

    told = heard(client)
    assert [news["news"] for news in told] == ["leaving", "leaving", "left"]
    refused = [asked(client, news["reference"]).get("refused") for news in told]
    assert refused == ["news_outdated", "news_outdated", None]
    assert told[-1]["day"] == "2026-10-20"


def test_a_step_that_was_lost_is_taken_again(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    holders(client, 17)
    client.world.settle()
    real, left = client.world.queue.send_message_batch, iter(range(2))

    def losing(**request: Any) -> Any:
        return real(**request) if next(left, None) is None else {"Successful": [], "Failed": []}

    client.world.queue.__dict__["send_message_batch"] = losing
    new_discount(client, partner)
    client.world.settle()
    client.world.advance(at("2026-10-05 10:05"))

    references = [news["reference"] for news in heard(client)]
    assert len(references) == len(set(references)) == 17
    assert CONTACT["name"] not in str(references)


@pytest.mark.parametrize(("day", "told"), [("2026-11-01", 1), ("2026-11-02", 0)])
def test_news_of_a_discount_to_come_is_no_news_after_its_first_day(
    client: CardsClient, day: str, told: int
) -> None:
    partner, _ = client.active_partner()
    holders(client, 1)
    new_discount(client, partner)
    client.world.set_time(at(f"{day} 10:00"))  # before any of it was handled
    assert len(heard(client)) == told


def test_of_two_last_days_holders_hear_the_one_that_holds(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    holders(client, 1)
    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31")
    client.done(MANAGER, f"/v1/partners/{partner}/withdraw-notice")
    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-11-30")
    told = [(news["news"], news["day"]) for news in heard(client)]
    assert told == [("leaving", "2026-11-30")]


def test_a_sum_off_each_purchase_is_told_with_the_least_purchase(client: CardsClient) -> None:
    holders(client, 1)
    partner, _ = client.active_partner()
    size = {"discount_kopecks": 20_000, "minimum_purchase_kopecks": 100_000}
    number = client.offer(partner, None, "2026-11-01", **size).json["number"]

    client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")

    (told,) = heard(client)
    assert asked(client, told["reference"])["variables"]["discount"] == (
        "200 ₽ при покупке от 1\u00a0000 ₽"
    )
