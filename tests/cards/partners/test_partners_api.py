"""Partners through the API: agreement, the public list, breaks, leaving."""

from typing import Any

import pytest

from services.cards.offers.domain import MAX_PROPOSED
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
from tests.support.world import at

LEAD = {
    "region": "ZR",
    "title": "Аптека «Ромашка»",
    "category": "pharmacy",
    "district_ids": ["D01"],
}


# from lead to partner


@pytest.mark.requirement("S0-14")
def test_an_authority_refers_a_business_and_the_club_sees_the_lead(client: CardsClient) -> None:
    answer = client.post(AUTHORITY, "/v1/partners", **LEAD)

    assert (answer.status, answer.json["status"]) == (201, "lead")
    (seen,) = client.get(LEADER, "/v1/partners", status="lead").json["items"]
    assert (seen["id"], seen["source"]) == (answer.json["id"], "authority")
    account_to_come = person("PM-9", "partner_manager", org=answer.json["id"])
    assert client.get(account_to_come, "/v1/partners").json["items"][0]["id"] == seen["id"]
    assert client.get(None, "/v1/public/partners", region="ZR").json["items"] == []
    (told,) = client.events("PartnerLeadAdded")
    assert told["source"] == "authority" and "Ромашка" not in str(told)
    club = person("CL-1", "community_leader", org="C-00")
    proposed = client.post(club, "/v1/partners", **LEAD).json["id"]
    of_the_club = person("PM-8", "partner_manager", org="C-00")
    assert client.get(of_the_club, f"/v1/partners/{proposed}").status == 404


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


@pytest.mark.parametrize("how", ["decline", "end", "notice"])
def test_whom_to_ask_is_erased_when_the_talks_or_the_partnership_are_over(
    client: CardsClient, how: str
) -> None:
    def kept() -> list[dict[str, Any]]:
        return [row for row in client.world.rows("cards-keys") if "wrapped" in row]

    declines = how == "decline"
    partner = (
        client.partner(contact=CONTACT) if declines else client.active_partner(contact=CONTACT)[0]
    )
    one = f"/v1/partners/{partner}"
    assert kept() and client.get(LEADER, one).json["has_contact"] is True
    said = {"last_day": "2026-10-31"} if how == "notice" else {"reason": "other"}
    client.done(LEADER, f"{one}/{how}", **said)
    client.world.advance(at("2026-11-01 00:00"))

    assert not kept() and client.get(LEADER, one).json["has_contact"] is False
    assert client.get(LEADER, f"{one}/contact").status == 404
    told = client.events("PartnerDeclined" if declines else "PartnerEnded")
    assert [each["reason"] for each in told] == [said.get("reason", "partner_left")]


def test_an_office_refers_businesses_of_its_own_district(client: CardsClient) -> None:
    assert client.post(OFFICE, "/v1/partners", **(LEAD | {"district_ids": ["D02"]})).status == 201
    mistyped = client.post(OFFICE, "/v1/partners", **LEAD)
    assert (mistyped.code, mistyped.json["errors"][0]["pointer"]) == (
        "district_not_yours", "/district_ids",
    )  # fmt: skip
    assert client.post(LEADER_Y, "/v1/partners", **LEAD).status == 404
    assert client.post(HOLDER, "/v1/partners", **LEAD).status == 403


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


def test_a_managers_list_answers_what_was_asked_or_says_that_it_cannot(client: CardsClient) -> None:
    working, _ = client.active_partner()
    lead = client.post(MANAGER, "/v1/partners", **LEAD).json["id"]

    def found(**query: str) -> list[str]:
        return [each["id"] for each in client.get(MANAGER, "/v1/partners", **query).json["items"]]

    assert sorted(found()) == sorted([working, lead])
    assert (found(status="active"), found(status="lead")) == ([working], [lead])
    refused = client.get(MANAGER, "/v1/partners", region="ZR")
    assert (refused.status, refused.code) == (422, "own_list_has_no_region")


# the public list


def test_anybody_finds_active_partners_by_district_and_category(client: CardsClient) -> None:
    grocery, _ = client.active_partner()
    building, _ = client.active_partner(
        title="Стройдвор", category="building", district_ids=["D03", "D04", "D05"]
    )
    client.partner(title="Ещё не готов", district_ids=["D03"])

    def found(**query: str) -> list[str]:
        items = client.get(None, "/v1/public/partners", region="ZR", **query).json["items"]
        return [item["id"] for item in items]

    assert sorted(found()) == sorted([grocery, building])
    assert found(district_id="D03") == [building]
    assert found(district_id="D04") == []
    assert found(category="grocery") == [grocery]
    assert found(district_id="D12") == []
    assert client.get(None, "/v1/public/partners", region="QQ").status == 422
    assert client.get(None, "/v1/public/partners", region="ZR", district_id="D99").status == 422
    own = f"/v1/public/partners/{grocery}"
    assert client.get(None, own).json["outlets"][0]["hours"]
    assert client.get(None, own, after="9").status == 200, "a page that is no more"


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


def test_an_ended_partner_is_gone_from_the_list_and_its_tills_are_refused(
    client: CardsClient,
) -> None:
    partner, _ = client.active_partner()
    client.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")

    assert client.till_of(partner).status == "ended"
    assert client.get(None, "/v1/public/partners", region="ZR").json["items"] == []
    (told,) = client.events("PartnerEnded")
    assert (told["reason"], told["announced"]) == ("partner_left", False)
    assert client.post(LEADER, f"/v1/partners/{partner}/resume").code == "partner_ended"


def test_an_ended_partner_is_refused_as_one_whatever_its_shops_keys_and_discounts_are(
    client: CardsClient,
) -> None:
    """Nobody is sent to revoke a key, or to add the shop once more, which is refused too."""
    partner, shop = client.active_partner()
    later = client.offer(partner, since="2026-12-01").json["number"]
    second = client.key(partner, shop).json["key_id"]
    closed = client.outlet(partner)
    client.done(MANAGER, f"/v1/partners/{partner}/outlets/{closed}/close")
    client.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")
    place = {"latitude": 53.2, "longitude": 50.1}
    facts = {"title": "Центр", "district_id": "D01", "address": "улица Мира, 1", **place}

    refused = [
        client.key(partner, shop),
        client.post(MANAGER, f"/v1/partners/{partner}/keys/{second}/replace"),
        client.key(partner, closed),
        client.post(MANAGER, f"/v1/partners/{partner}/outlets/{closed}/close"),
        client.put(MANAGER, f"/v1/partners/{partner}/outlets/{closed}", 2, **facts),
        client.offer(partner, since="2026-12-02"),
        client.post(MANAGER, f"/v1/partners/{partner}/offers/{later}/withdraw"),
        client.post(LEADER, f"/v1/partners/{partner}/offers/{later}/publish"),
    ]

    assert [answer.code for answer in refused] == ["partner_ended"] * len(refused)


def test_a_partner_that_gave_notice_leaves_at_its_last_midnight(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    early = client.post(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-18")
    assert (early.status, early.code) == (422, "notice_too_short")
    assert "19.10.2026" in early.json["detail"]
    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31")

    assert client.offer_at_till(partner, "2026-10-31 23:59") == 7
    assert client.offer_at_till(partner, "2026-11-01 00:00") is None
    (listed,) = client.get(None, "/v1/public/partners", region="ZR").json["items"]
    assert listed["last_day"] == "2026-10-31"
    client.world.advance(at("2026-10-31 23:59"))
    assert client.till_of(partner).status == "active"
    client.world.advance(at("2026-11-01 00:00"))
    assert client.till_of(partner).status == "ended"
    assert len(client.events("PartnerWithdrawalNoticed")) == 1
    assert [told["announced"] for told in client.events("PartnerEnded")] == [True]


def test_a_partner_that_gave_notice_may_stay_after_all(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    client.active_card()
    path = f"/v1/partners/{partner}/withdraw-notice"
    assert client.post(MANAGER, path).code == "no_notice"
    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-10-31")
    assert len(client.events("PartnerNewsDue")) == 1

    client.done(MANAGER, path)

    (listed,) = client.get(None, "/v1/public/partners", region="ZR").json["items"]
    assert listed["last_day"] is None
    client.world.advance(at("2026-11-01 00:00"))
    assert client.offer_at_till(partner, "2026-11-01 00:00") == 7
    told = client.events("PartnerNewsDue")
    assert [(news["news"], news["day"]) for news in told] == [
        ("leaving", "2026-10-31"), ("staying", "2026-10-31"),
    ]  # fmt: skip
    assert client.events("PartnerNoticeWithdrawn")[0]["last_day"] == "2026-10-31"
    client.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")
    assert client.post(LEADER, path).code == "partner_ended", "it does not stay"


# territory


def test_foreign_eyes_see_what_is_public_and_may_not_touch_it(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    other = client.partner(title="Ещё не готов")

    assert client.post(LEADER_Y, f"/v1/partners/{partner}/end", reason="other").status == 403
    assert client.post(LEADER_Y, f"/v1/partners/{other}/decline", reason="other").status == 404
    assert client.post(MANAGER, f"/v1/partners/{other}/decline", reason="other").status == 403
    assert client.post(MANAGER, f"/v1/partners/{other}/take").status == 403
    assert client.get(OTHER_MANAGER, f"/v1/partners/{partner}").status == 403
    assert client.post(LEADER_D05, f"/v1/partners/{partner}/end", reason="other").status == 403
    assert client.get(MANAGER, "/v1/partners").json["items"][0]["id"] in (partner, other)
    assert client.get(OTHER_MANAGER, "/v1/partners").json["items"] == []
    assert client.get(person("FP-1", "foster_parent"), "/v1/partners").status == 403


def test_the_public_list_may_be_kept_for_minutes_and_nothing_else_may(client: CardsClient) -> None:
    public = client.get(None, "/v1/public/partners?region=ZR")
    own = client.get(LEADER_Y, "/v1/partners")

    assert public.headers["Cache-Control"] == "public, max-age=30"
    assert own.headers["Cache-Control"] == "no-store"


def test_the_most_proposals_that_may_wait_are_published_in_one_bounded_commit(
    client: CardsClient,
) -> None:
    partner = client.partner()
    outlets = [client.outlet(partner) for _ in range(MAX_PROPOSED)]
    for percent, outlet in enumerate(outlets, 1):
        assert client.offer(partner, percent, outlet_ids=[outlet]).status == 201
        assert client.key(partner, outlet).status == 201
    full = client.offer(partner, 50, "2026-11-01")
    client.done(LEADER, f"/v1/partners/{partner}/agreement", agreement_ref="14/2026")

    client.done(LEADER, f"/v1/partners/{partner}/publish")

    assert (full.status, full.code) == (409, "too_many_proposals")
    moments = [client.offer_at_till(partner, "2026-10-06 12:00", n) for n in range(1, 11)]
    assert moments == list(range(1, MAX_PROPOSED + 1))
