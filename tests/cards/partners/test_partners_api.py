"""Partners through the API: agreement, fixed offers, outlets, store keys, leaving."""

from typing import Any

import pytest

from services.cards import till_read_model
from tests.cards.api_client import (
    AUTHORITY,
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    MANAGER,
    OFFICE,
    OTHER_MANAGER,
    CardsClient,
    person,
)
from tests.support.api import Answer
from tests.support.world import at

LEAD = {
    "region": "ZR",
    "title": "Аптека «Ромашка»",
    "category": "pharmacy",
    "district_ids": ["D01"],
}


def seconds(text: str) -> int:
    return int(at(text).timestamp())


# from lead to partner


@pytest.mark.requirement("S0-14")
def test_an_authority_refers_a_business_and_the_club_sees_the_lead(client: CardsClient) -> None:
    answer = client.post(AUTHORITY, "/v1/partners", **LEAD)

    assert (answer.status, answer.json["status"]) == (201, "lead")
    (seen,) = client.get(LEADER, "/v1/partners", status="lead").json["items"]
    assert (seen["id"], seen["source"]) == (answer.json["id"], "authority")
    assert client.get(None, "/v1/public/partners", region="ZR").json["items"] == []
    (told,) = client.events("PartnerLeadAdded")
    assert told["source"] == "authority" and "Ромашка" not in str(told)


@pytest.mark.requirement("S0-14")
def test_only_the_club_learns_whom_to_ask_at_a_business(client: CardsClient) -> None:
    partner = client.post(AUTHORITY, "/v1/partners", **LEAD, contact=CONTACT).json["id"]
    path = f"/v1/partners/{partner}/contact"

    assert client.get(LEADER, path).json["phone"] == "+79211234567"
    assert client.get(AUTHORITY, path).status == 403
    assert client.get(LEADER_Y, path).status == 404
    assert "79211234567" not in str(client.world.rows("cards-data"))
    assert client.events("PartnerLeadAdded") and "Мария" not in str(client.world.bus.log)
    without = client.post(AUTHORITY, "/v1/partners", **LEAD).json["id"]
    assert client.get(LEADER, f"/v1/partners/{without}/contact").status == 404
    client.done(LEADER, f"/v1/partners/{partner}/decline", reason="other")
    assert client.get(LEADER, path).status == 404


@pytest.mark.requirement("S0-14")
def test_an_office_refers_businesses_of_its_own_district(client: CardsClient) -> None:
    assert client.post(OFFICE, "/v1/partners", **(LEAD | {"district_ids": ["D02"]})).status == 201
    assert client.post(OFFICE, "/v1/partners", **LEAD).status == 403
    assert client.post(LEADER_Y, "/v1/partners", **LEAD).status == 404
    assert client.post(HOLDER, "/v1/partners", **LEAD).status == 403


@pytest.mark.requirement("S0-40")
def test_without_an_agreement_nothing_is_published(client: CardsClient) -> None:
    partner = client.partner()
    outlet = client.outlet(partner)
    client.offer(partner)
    client.key(partner, outlet)

    refused = client.post(LEADER, f"/v1/partners/{partner}/publish")
    assert (refused.status, refused.code) == (409, "agreement_missing")
    client.done(AUTHORITY, f"/v1/partners/{partner}/agreement", agreement_ref="14/2026")
    assert client.post(AUTHORITY, f"/v1/partners/{partner}/publish").status == 403
    assert client.done(LEADER, f"/v1/partners/{partner}/publish")["status"] == "active"
    assert client.events("PartnerActivated")[0]["district_ids"] == ["D01", "D02"]


@pytest.mark.parametrize(
    ("missing", "code"),
    [("outlet", "outlet_missing"), ("key", "key_missing"), ("offer", "offer_missing")],
)
def test_a_partner_is_published_only_when_complete(
    client: CardsClient, missing: str, code: str
) -> None:
    partner = client.partner()
    client.done(LEADER, f"/v1/partners/{partner}/agreement", agreement_ref="14/2026")
    if missing != "outlet":
        outlet = client.outlet(partner)
        if missing != "key":
            client.key(partner, outlet)
        if missing != "offer":
            client.offer(partner)

    refused = client.post(LEADER, f"/v1/partners/{partner}/publish")

    assert (refused.status, refused.code) == (409, code)
    assert refused.json["next_steps"]


@pytest.mark.requirement("S0-39")
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


# offers


@pytest.mark.requirement("S0-39")
def test_seven_percent_holds_to_the_last_second_of_october_and_nine_after(
    client: CardsClient,
) -> None:
    partner, outlet = client.active_partner()
    proposed = client.offer(partner, 9, "2026-11-01").json["number"]
    assert client.till_of(partner).offer_at(outlet, seconds("2026-11-01 00:00")).percent == 7  # type: ignore[union-attr]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{proposed}/publish")

    till = client.till_of(partner)
    percents = [
        offer.percent if (offer := till.offer_at(outlet, seconds(moment))) else None
        for moment in (
            "2026-10-04 23:59",
            "2026-10-05 00:00",
            "2026-10-31 23:59",
            "2026-11-01 00:00",
        )
    ]

    assert percents == [None, 7, 7, 9]
    assert client.events("PartnerOfferChanged")[0]["from_date"] == "2026-11-01"
    (listed,) = client.get(None, "/v1/public/partners", region="ZR", district="D02").json["items"]
    (shop,) = listed["outlets"]
    assert (shop["offer"]["discount_percent"], shop["next_offer"]["discount_percent"]) == (7, 9)


def test_an_offer_with_a_last_day_ends_with_that_day(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    number = client.offer(partner, 9, "2026-11-01", valid_to="2026-11-30").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")

    till = client.till_of(partner)
    assert till.offer_at(outlet, seconds("2026-11-30 23:59")) is not None
    assert till.offer_at(outlet, seconds("2026-12-01 00:00")) is None


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


def test_only_the_club_confirms_an_offer(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    number = client.offer(partner, 9, "2026-11-01").json["number"]

    assert client.post(MANAGER, f"/v1/partners/{partner}/offers/{number}/publish").status == 403
    assert (
        client.post(OTHER_MANAGER, f"/v1/partners/{partner}/offers/{number}/publish").status == 403
    )


# the public list


@pytest.mark.requirement("S0-38")
def test_anybody_finds_active_partners_by_district_and_category(client: CardsClient) -> None:
    grocery, _ = client.active_partner()
    building, _ = client.active_partner(
        title="Стройдвор", category="building", district_ids=["D03", "D04", "D05"]
    )
    client.partner(title="Ещё не готов", district_ids=["D03"])

    def found(**query: str) -> list[str]:
        items = client.get(None, "/v1/public/partners", region="ZR", **query).json["items"]
        return [item["id"] for item in items]

    assert found() == [grocery, building]
    assert found(district="D03") == [building]
    assert found(category="grocery") == [grocery]
    assert found(district="D12") == []
    assert client.get(None, "/v1/public/partners", region="QQ").status == 422
    assert client.get(None, "/v1/public/partners", region="ZR", district="D99").status == 422
    assert client.get(None, f"/v1/public/partners/{grocery}").json["outlets"][0]["hours"]


# store keys


def test_a_store_key_is_shown_once_and_opens_its_outlet(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    shown = client.key(partner, outlet).json

    row = client.key_at_the_till(shown["store_key"])
    parts = till_read_model.parse_store_key(shown["store_key"])
    assert parts is not None
    assert row.fits(parts.secret) and row.outlet_id == outlet
    assert row.lives(seconds("2026-10-05 10:00"))
    assert not row.lives(seconds("2027-10-05 10:01"))
    seen = client.get(MANAGER, f"/v1/partners/{partner}")
    assert parts.secret not in seen.text
    assert parts.secret not in str(client.world.rows("cards-data"))


def test_the_same_call_repeated_tells_the_same_key(client: CardsClient) -> None:
    partner, outlet = client.ready_partner()
    first = client.key(partner, outlet, key="same")
    again = client.key(partner, outlet, key="same")

    assert first.json == again.json


def test_two_keys_live_during_rotation_and_no_third(client: CardsClient) -> None:
    partner, outlet = client.ready_partner()
    second = client.key(partner, outlet).json
    third = client.key(partner, outlet)
    assert (third.status, third.code) == (409, "two_keys_live")
    assert client.key(partner, outlet, sandbox=True).status == 201

    client.done(MANAGER, f"/v1/partners/{partner}/keys/{second['key_id']}/revoke")

    assert client.key_at_the_till(second["store_key"]).status == "revoked"
    assert client.key(partner, outlet).status == 201


@pytest.mark.requirement("X-04")
def test_of_two_third_keys_at_once_none_slips_through(client: CardsClient) -> None:
    partner, outlet = client.ready_partner()
    others: list[Answer] = []
    client.just_before_the_next_commit(lambda: others.append(client.key(partner, outlet)))

    mine = client.key(partner, outlet)

    assert sorted([mine.status, others[0].status]) == [201, 409]


# breaks and ends


def test_a_paused_partner_is_not_listed_and_its_tills_know(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    client.done(MANAGER, f"/v1/partners/{partner}/pause")
    assert client.till_of(partner).status == "paused"
    assert client.get(None, "/v1/public/partners", region="ZR").json["items"] == []
    assert client.get(None, f"/v1/public/partners/{partner}").status == 404

    client.done(MANAGER, f"/v1/partners/{partner}/resume")

    assert client.till_of(partner).status == "active"
    assert [told["again"] for told in client.events("PartnerActivated")] == [False, True]


@pytest.mark.requirement("S0-40")
def test_an_ended_partner_is_gone_from_the_list_and_its_tills_are_refused(
    client: CardsClient,
) -> None:
    partner, _ = client.active_partner()
    client.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")

    assert client.till_of(partner).status == "ended"
    assert client.get(None, "/v1/public/partners", region="ZR").json["items"] == []
    assert client.events("PartnerEnded")[0]["reason"] == "partner_left"
    assert client.post(LEADER, f"/v1/partners/{partner}/resume").code == "partner_ended"


def test_a_partner_that_gave_notice_leaves_at_its_last_midnight(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    early = client.post(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-18")
    assert (early.status, early.code) == (422, "notice_too_short")
    assert "19.10.2026" in early.json["detail"]
    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31")

    till = client.till_of(partner)
    assert till.offer_at(outlet, seconds("2026-10-31 23:59")) is not None
    assert till.offer_at(outlet, seconds("2026-11-01 00:00")) is None
    (listed,) = client.get(None, "/v1/public/partners", region="ZR").json["items"]
    assert listed["last_day"] == "2026-10-31"
    client.world.advance(at("2026-10-31 23:59"))
    assert client.till_of(partner).status == "active"
    client.world.advance(at("2026-11-01 00:00"))
    assert client.till_of(partner).status == "ended"
    assert len(client.events("PartnerWithdrawalNoticed")) == 1
    assert len(client.events("PartnerEnded")) == 1


# territory


def test_foreign_eyes_see_what_is_public_and_may_not_touch_it(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    other = client.partner(title="Ещё не готов")

    assert client.post(LEADER_Y, f"/v1/partners/{partner}/end", reason="other").status == 403
    assert client.post(LEADER_Y, f"/v1/partners/{other}/decline", reason="other").status == 404
    assert client.get(OTHER_MANAGER, f"/v1/partners/{partner}").status == 403
    assert client.post(LEADER_D05, f"/v1/partners/{partner}/end", reason="other").status == 403
    assert client.get(MANAGER, "/v1/partners").json["items"][0]["id"] in (partner, other)
    assert client.get(OTHER_MANAGER, "/v1/partners").json["items"] == []
    assert client.get(person("FP-1", "foster_parent"), "/v1/partners").status == 403


def test_the_public_list_may_be_kept_for_minutes_and_nothing_else_may(client: CardsClient) -> None:
    public = client.get(None, "/v1/public/partners?region=ZR")
    own = client.get(LEADER_Y, "/v1/partners")

    assert public.headers["Cache-Control"] == "public, max-age=300"
    assert own.headers["Cache-Control"] == "no-store"
