"""Fixed discounts through the API: one figure, one at a time, from one midnight to another."""

from typing import Any

import pytest

from tests.cards.api_client import (
    CONTACT,
    LEADER,
    MANAGER,
    OTHER_MANAGER,
    CardsClient,
)
from tests.support.world import at

TEMPLATE = "partner_offer_ending_partner"


@pytest.mark.parametrize("percent", ["up to 15 %", "до 15 %", "7", 7.5, 0, 101, None, True])
def test_a_discount_is_one_whole_number(client: CardsClient, percent: Any) -> None:
    partner = client.partner()

    refused = client.offer(partner, percent)

    assert refused.status == 422
    (fault,) = refused.json["errors"]
    assert fault["pointer"] == "/discount_percent"
    if isinstance(percent, str):
        assert fault["code"] == "discount_not_fixed"
        assert "одна для всех" in fault["detail"]
    client.done(LEADER, f"/v1/partners/{partner}/decline", reason="variable_discount")


def test_seven_percent_holds_to_the_last_second_of_october_and_nine_after(
    client: CardsClient,
) -> None:
    partner, _ = client.active_partner()
    proposed = client.offer(partner, 9, "2026-11-01").json["number"]
    assert client.offer_at_till(partner, "2026-11-01 00:00") == 7
    client.done(LEADER, f"/v1/partners/{partner}/offers/{proposed}/publish")

    percents = [
        client.offer_at_till(partner, moment)
        for moment in (
            "2026-10-04 23:59",
            "2026-10-05 00:00",
            "2026-10-31 23:59",
            "2026-11-01 00:00",
        )
    ]

    assert percents == [None, 7, 7, 9]
    versions = client.get(LEADER, f"/v1/partners/{partner}/offers").json["items"]
    assert {each["version"]: each["discount_percent"] for each in versions} == {1: 7, 2: 9}
    assert client.events("PartnerOfferChanged")[0]["from_date"] == "2026-11-01"
    (listed,) = client.get(None, "/v1/public/partners", region="ZR", district_id="D01").json[
        "items"
    ]
    (shop,) = listed["outlets"]
    assert (shop["offer"]["discount_percent"], shop["next_offer"]["discount_percent"]) == (7, 9)


def test_an_offer_with_a_last_day_ends_with_that_day(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    number = client.offer(partner, 9, "2026-11-01", valid_to="2026-11-30").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")

    percents = [
        client.offer_at_till(partner, moment) for moment in ("2026-11-30 23:59", "2026-12-01 00:00")
    ]
    assert percents == [9, 7]


def test_till_list_and_manager_say_the_same_before_during_and_after_a_temporary_discount(
    client: CardsClient,
) -> None:
    partner, _ = client.active_partner()
    number = client.offer(partner, 15, "2026-11-01", valid_to="2026-11-30").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")

    for moment, percent in (
        ("2026-10-31 23:59", 7),
        ("2026-11-01 00:00", 15),
        ("2026-11-30 23:59", 15),
        ("2026-12-01 00:00", 7),
        ("2027-03-01 12:00", 7),
    ):
        client.world.set_time(at(moment))
        (listed,) = client.get(None, "/v1/public/partners", region="ZR").json["items"]
        shown = listed["outlets"][0]["offer"]["discount_percent"]
        (managed,) = client.get(MANAGER, f"/v1/partners/{partner}/outlets").json["items"]
        seen = managed["offer"]["discount_percent"]
        assert (client.offer_at_till(partner, moment), shown, seen) == (percent,) * 3


def test_leader_and_partner_learn_that_a_discount_ends_before_it_does(client: CardsClient) -> None:
    partner, _ = client.ready_partner(contact=CONTACT)
    (standing,) = client.get(MANAGER, f"/v1/partners/{partner}").json["offers"]
    client.done(MANAGER, f"/v1/partners/{partner}/offers/{standing['id']}/withdraw")
    client.offer(partner, 5, valid_to="2026-10-31")
    client.done(LEADER, f"/v1/partners/{partner}/publish")

    client.world.advance(at("2026-10-17 23:59"))
    assert client.events("PartnerOfferEnding") == []
    client.world.advance(at("2026-10-18 00:00"))
    client.world.advance(at("2026-11-05 00:00"))

    (told,) = client.events("PartnerOfferEnding")
    assert (told["last_day"], told["outlets"], told["reachable"]) == ("2026-10-31", 1, True)
    assert client.offer_at_till(partner, "2026-11-01 00:00") is None


@pytest.mark.parametrize("how", ["offer", "close", "notice"])
def test_an_end_that_was_announced_is_averted(client: CardsClient, how: str) -> None:
    partner, first = client.ready_partner()
    second = client.outlet(partner, "D02")
    client.key(partner, second)
    path = f"/v1/partners/{partner}"
    (standing,) = client.get(MANAGER, path).json["offers"]
    client.done(MANAGER, f"{path}/offers/{standing['id']}/withdraw")
    client.offer(partner, 5, valid_to="2026-10-31")
    client.done(LEADER, f"{path}/publish")
    client.world.advance(at("2026-10-18 00:00"))
    offer = client.offer(partner, 6, "2026-11-03", outlet_ids=[first]).json["number"]
    client.done(LEADER, f"{path}/offers/{offer}/publish")
    (ending,) = client.events("PartnerOfferEnding")
    assert (ending["followed"], client.events("PartnerOffersRenewed")) == (False, [])

    if how == "offer":
        offer = client.offer(partner, 7, "2026-11-05", outlet_ids=[second]).json["number"]
        client.done(LEADER, f"{path}/offers/{offer}/publish")
    elif how == "close":
        client.done(MANAGER, f"{path}/outlets/{second}/close")
    else:
        client.done(MANAGER, f"{path}/notice", last_day="2026-11-01")
        assert client.events("PartnerOffersRenewed") == [], "it stays longer than its discount"
        client.done(MANAGER, f"{path}/withdraw-notice")
        client.world.set_time(at("2026-10-17 12:00"))
        client.done(MANAGER, f"{path}/notice", last_day="2026-10-31")

    assert len(client.events("PartnerOffersRenewed")) == 1


def _of_no_discount(client: CardsClient) -> tuple[str, str]:
    """Return a partner that is not published yet, with an outlet, and without its only offer."""
    partner, first = client.ready_partner()
    path = f"/v1/partners/{partner}"
    (standing,) = client.get(MANAGER, path).json["offers"]
    client.done(MANAGER, f"{path}/offers/{standing['id']}/withdraw")
    return partner, first


def test_shops_without_any_discount_are_work_until_each_has_one_or_is_closed(
    client: CardsClient,
) -> None:
    partner, first = _of_no_discount(client)
    path = f"/v1/partners/{partner}"
    client.offer(partner, 5, outlet_ids=[first])
    before = client.outlet(partner)
    client.done(MANAGER, f"{path}/outlets/{before}/close")
    client.done(LEADER, f"{path}/publish")

    def told() -> tuple[int, int]:
        return len(client.events("PartnerOffersMissing")), len(
            client.events("PartnerOffersRenewed")
        )

    assert told() == (0, 0), "nobody works on it before it is published"
    added = [client.outlet(partner, "D02") for _ in range(2)]
    assert told() == (1, 0)
    offer = client.offer(partner, 6, "2026-10-20", outlet_ids=added).json["number"]
    assert told() == (1, 0)
    client.done(LEADER, f"{path}/offers/{offer}/publish")
    assert told() == (1, 1)
    client.done(MANAGER, f"{path}/offers/{offer}/withdraw")
    assert told() == (2, 1)
    for outlet, renewed in zip(added, (1, 2), strict=True):
        client.done(MANAGER, f"{path}/outlets/{outlet}/close")
        assert told() == (2, renewed)


def test_a_shop_without_any_discount_is_told_once_beside_an_end_that_is_followed(
    client: CardsClient,
) -> None:
    partner, first = _of_no_discount(client)
    path = f"/v1/partners/{partner}"
    client.offer(partner, 5, valid_to="2026-10-18", outlet_ids=[first])
    client.offer(partner, 6, "2026-10-25", outlet_ids=[first])
    client.done(LEADER, f"{path}/publish")
    client.world.advance(at("2026-10-06 12:00"))

    client.outlet(partner, "D02")
    client.world.advance(at("2026-10-06 12:01"))

    assert [each["followed"] for each in client.events("PartnerOfferEnding")] == [True]
    assert len(client.events("PartnerOffersMissing")) == 1


def test_an_end_is_announced_again_for_a_shop_that_is_added_after_the_last_one_closed(
    client: CardsClient,
) -> None:
    partner, outlet = client.ready_partner(until="2026-10-31")
    client.done(LEADER, f"/v1/partners/{partner}/publish")
    client.world.advance(at("2026-10-18 00:00"))
    client.done(MANAGER, f"/v1/partners/{partner}/outlets/{outlet}/close")
    assert len(client.events("PartnerOffersRenewed")) == 1

    client.outlet(partner)
    client.world.advance(at("2026-10-18 00:01"))

    assert [each["outlets"] for each in client.events("PartnerOfferEnding")] == [1, 1]


def test_the_contact_of_a_partner_is_reached_by_its_reference(client: CardsClient) -> None:
    partner, _ = client.active_partner(contact=CONTACT)

    asked = {"items": [{"reference": partner, "event_id": "evt_1", "template": TEMPLATE}]}
    (found,) = client.world.call("cards", "resolve_recipients", asked)["recipients"]

    assert found["address"] == "+79211234567"
    assert found["variables"] == {"first_name": "Мария", "partner": "Гастроном «Берёзка»"}


def test_a_new_version_of_an_active_partner_begins_tomorrow_at_the_earliest(
    client: CardsClient,
) -> None:
    partner, _ = client.active_partner()

    assert client.offer(partner, 9, "2026-10-05").code == "offer_not_in_future"
    number = client.offer(partner, 9, "2026-10-06").json["number"]
    client.world.set_time(at("2026-10-06 00:00"))
    late = client.post(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")
    assert (late.status, late.code) == (409, "offer_not_in_future")


def test_an_outlet_has_one_offer_at_any_moment(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    first = client.offer(partner, 9, "2026-11-01").json["number"]
    second = client.offer(partner, 11, "2026-10-20").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{first}/publish")

    overlapping = client.post(LEADER, f"/v1/partners/{partner}/offers/{second}/publish")

    assert (overlapping.status, overlapping.code) == (409, "offer_overlaps")
    assert "01.11.2026" in overlapping.json["detail"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{first}/withdraw")
    client.done(LEADER, f"/v1/partners/{partner}/offers/{second}/publish")


def test_a_published_version_is_never_edited_and_not_withdrawn_once_in_force(
    client: CardsClient,
) -> None:
    partner, _ = client.active_partner()
    (offer,) = client.get(MANAGER, f"/v1/partners/{partner}").json["offers"]
    path = f"/v1/partners/{partner}/offers/{offer['id']}"

    assert client.post(LEADER, f"{path}/publish").code == "offer_published"
    assert client.post(LEADER, f"{path}/withdraw").code == "offer_in_force"
    short = client.offer(partner, 9, "2026-10-07", valid_to="2026-10-08").json["number"]
    path = f"/v1/partners/{partner}/offers/{short}"
    client.done(LEADER, f"{path}/publish")
    client.world.set_time(at("2026-10-09 00:00"))
    assert client.post(LEADER, f"{path}/withdraw").code == "offer_over"
    client.offer(partner, 9, "2026-11-01")  # those that are over leave the book
    for step in ("withdraw", "publish"):
        assert client.post(LEADER, f"{path}/{step}").code == "offer_over"


def test_only_the_club_confirms_an_offer_and_hears_of_it(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    assert client.events("PartnerOfferProposed") == [], "the first are confirmed with the partner"
    client.done(MANAGER, f"/v1/partners/{partner}/pause")
    back = client.offer(partner, 8, "2026-11-01").json["number"]
    client.done(MANAGER, f"/v1/partners/{partner}/offers/{back}/withdraw")
    number = client.offer(partner, 9, "2026-11-01").json["number"]
    told = client.events("PartnerOfferProposed")
    assert [(each["offer_id"], each["confirm_by"]) for each in told] == [
        (back, "2026-10-31"), (number, "2026-10-31"),
    ]  # fmt: skip
    assert [each["offer_id"] for each in client.events("PartnerProposalWithdrawn")] == [back]
    assert client.events("PartnerOfferWithdrawn") == []

    assert client.post(MANAGER, f"/v1/partners/{partner}/offers/{number}/publish").status == 403
    assert (
        client.post(OTHER_MANAGER, f"/v1/partners/{partner}/offers/{number}/publish").status == 404
    )
    client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")  # though it rests

    late = [client.offer(partner, 9, "2026-10-07").json["number"] for _ in range(2)]
    client.world.advance(at("2026-10-07 00:05"))
    assert [each["offer_id"] for each in client.events("PartnerProposalWithdrawn")] == [back, *late]
    assert client.get(MANAGER, f"/v1/partners/{partner}/offers").json["items"][0]["status"] == (
        "withdrawn"
    )


def test_what_is_agreed_before_a_partner_is_public_is_no_news(client: CardsClient) -> None:
    partner, _ = client.ready_partner()
    one = f"/v1/partners/{partner}/offers"
    back = client.offer(partner, 9, "2026-11-01").json["number"]
    client.done(MANAGER, f"{one}/{back}/withdraw")
    client.done(LEADER, f"/v1/partners/{partner}/publish")

    statuses = [each["status"] for each in client.get(MANAGER, one).json["items"]]
    assert statuses == ["withdrawn", "published"]
    for kind in ("PartnerOfferProposed", "PartnerProposalWithdrawn", "PartnerOfferWithdrawn"):
        assert client.events(kind) == []
    for ends in ("2026-11-30", None):
        later = client.offer(partner, 9, "2026-11-01", valid_to=ends).json["number"]
        client.done(LEADER, f"{one}/{later}/publish")
        if ends:
            client.done(LEADER, f"{one}/{later}/withdraw")
    told = [(e["from_date"], e["to_date"]) for e in client.events("PartnerOfferChanged")]
    assert told == [("2026-11-01", "2026-11-30"), ("2026-11-01", None)]
    assert client.events("PartnerOffersMissing") == [], "another discount goes on"


def test_who_stays_after_all_renews_no_discount_that_another_follows(client: CardsClient) -> None:
    partner, _ = client.active_partner(until="2026-10-18")
    following = client.offer(partner, since="2026-11-10").json["number"]
    one = f"/v1/partners/{partner}"
    client.done(LEADER, f"{one}/offers/{following}/publish")
    client.done(MANAGER, f"{one}/notice", last_day="2026-10-31")
    client.world.advance(at("2026-10-06 10:00"))
    assert [each["followed"] for each in client.events("PartnerOfferEnding")] == [False]
    known = len(client.events("PartnerOffersRenewed"))

    client.done(MANAGER, f"{one}/withdraw-notice")

    assert len(client.events("PartnerOffersRenewed")) == known + 1
