"""Gifts through the API: never while the family is helped, never before a day has passed."""

from datetime import timedelta
from typing import Any

import pytest

from shared import ids
from shared.events.intake import CaseClosed, CaseReopened, FamiliesMerged, RequestReceived
from tests.matching.api_client import (
    HQ,
    HQ_Y,
    MatchingClient,
    family_of,
    of_case,
    own_token,
    pointer,
)
from tests.matching.resources.test_api import CM
from tests.matching.volunteers.test_api import VC

IN_REGION = {"region": "ZR"}
GIFT = {
    "kind": "money",
    "category": "material_aid",
    "quantity": 5000,
    "unit": "rouble",
    "on": "2026-12-01",
    "opted_in": True,
}


def asked(client: MatchingClient, case: str, **changes: Any) -> None:
    """The family has a case."""
    client.hear(
        RequestReceived(
            **of_case(case) | changes,
            request_id=ids.new("req"),
            channel="hotline",
            initiated_by="self",
            purpose="help",
            confidentiality="open",
            number="10000008",
            acknowledged=True,
        )
    )


def refusal(client: MatchingClient, case: str) -> str:
    answer = client.as_family(case).post("/gifts", GIFT, key=f"gift-{case}-{client.moment()}")
    assert answer.status == 409, answer.text
    return answer.code


@pytest.mark.requirement("S3-11")
def test_a_family_gives_a_day_after_its_case_and_of_its_own_accord(
    client: MatchingClient,
) -> None:
    case = ids.new("cas")
    asked(client, case, case_id=None)  # a question
    asked(client, case, family_id=None)
    assert refusal(client, case) == "family_has_no_closed_case"
    asked(client, case)
    assert refusal(client, case) == "case_still_open"
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    asked(client, case)  # late, and known already
    assert refusal(client, case) == "case_closed_today"
    client.at("2026-09-02 10:00")

    bot = client.as_family(case)
    unasked = {name: value for name, value in GIFT.items() if name != "opted_in"}
    for body in (unasked, GIFT | {"opted_in": False}):
        assert pointer(bot.post("/gifts", body, key=f"no-{len(body)}")) == "/opted_in"
    refused = bot.post("/gifts", GIFT | {"opted_in": False}, key="no").json["errors"][0]
    assert (refused["code"], "согласия" in refused["detail"]) == ("yes_needed", True)
    given = bot.post("/gifts", GIFT, key="yes").json["id"]
    client.world.settle()

    (offer,) = client.told("ResourceOffered")
    assert (offer["sector"], offer["quantity"], offer["unit"]) == ("citizens", 5000, "rouble")
    assert family_of(case) not in str(offer)
    (row,) = client.get(VC, "/resources")["items"]
    assert (row["sector"], row["provider_id"]) == ("citizens", None)
    assert row["available_on"] == GIFT["on"]
    assert [each["gift_id"] for each in bot.get("/gifts", query=IN_REGION).json["items"]] == [given]
    assert client.as_family(ids.new("cas")).get("/gifts", query=IN_REGION).json["items"] == []
    for who in (VC, CM):
        assert client.post(who, "/gifts", GIFT | {"family_id": family_of(case)}).status == 403
    # Nobody else takes it back.
    stranger = client.as_family(ids.new("cas"))
    assert stranger.post(f"/gifts/{given}/withdrawal", {}, key="x").status == 404
    assert bot.post(f"/gifts/{given}/withdrawal", {}, key="back").status == 200
    assert client.get(VC, f"/resources/{row['resource_id']}")["status"] == "withdrawn"
    client.world.settle()
    assert [each["promised"] for each in client.told("GiftWithdrawn")] == [False]


@pytest.mark.parametrize("promised", [1, GIFT["quantity"]])
def test_a_family_with_its_own_token_takes_back_what_was_promised_and_not_needed(
    client: MatchingClient, promised: int
) -> None:
    case = ids.new("cas")
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.at("2026-09-03 10:00")
    family = own_token(case)

    for day in ("2025-08-01", "2099-01-01"):
        wrong = client.post(family, "/gifts", GIFT | {"on": day})
        assert (pointer(wrong), wrong.json["errors"][0]["code"]) == ("/on", "gift_day_out_of_reach")
    foreign = client.post(family, "/gifts", GIFT | {"family_id": family_of(ids.new("cas"))})
    assert pointer(foreign) == "/family_id"
    gift = client.do(family, "/gifts", GIFT | {"family_id": family_of(case)})["id"]
    assert pointer(client.api(family).get("/gifts")) == "/region"
    (shown,) = client.get(family, "/gifts", region="ZR")["items"]
    assert (shown["gift_id"], shown["next_steps"]) == (gift, ["withdraw_gift"])
    offer = f"/resources/{shown['resource_id']}"
    early = client.do(VC, f"{offer}/reservations", {"quantity": 1})["id"]
    client.do(VC, f"{offer}/reservations/{early}/release")
    part = client.do(VC, f"{offer}/reservations", {"quantity": promised})["id"]
    client.do(family, f"/gifts/{gift}/withdrawal", {})
    assert client.get(family, "/gifts", region="ZR")["items"][0]["next_steps"] == []
    assert [each["promised"] for each in client.told("GiftWithdrawn")] == [True]
    assert client.told("GiftSettled") == [], "the other family waits for it"

    client.do(VC, f"{offer}/reservations/{part}/release")
    freed = client.get(VC, offer)
    assert (freed["status"], freed["left"], freed["quantity"]) == ("withdrawn", 0, 0)
    assert [each["gift_id"] for each in client.told("GiftSettled")] == [gift]


def test_every_case_of_the_family_counts(client: MatchingClient) -> None:
    case, second = ids.new("cas"), ids.new("cas")
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.hear(CaseReopened(**of_case(case), reason="family_asked"))
    client.at("2026-09-05 10:00")
    assert refusal(client, case) == "case_still_open"
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.at("2026-09-07 10:00")
    asked(client, second)
    merged = {"family_id": family_of(case), "merged_family_id": family_of(second)}
    client.hear(
        FamiliesMerged(region="ZR", merge_id=ids.new("mrg"), reason="same_person", **merged)
    )
    assert refusal(client, case) == "case_still_open"
    client.hear(CaseClosed(**of_case(second), reason="all_needs_met"))
    assert refusal(client, case) == "case_closed_today"
    client.at("2026-09-09 10:00")
    by_record = {each: client.as_family(each) for each in (case, second)}
    for each, family in by_record.items():
        assert family.post("/gifts", GIFT, key=f"gift-{each}").status == 201
    for family in by_record.values():
        first = family.get("/gifts", query=IN_REGION | {"limit": "1"}).json
        more = IN_REGION | {"limit": "1", "cursor": first["next_cursor"]}
        rest = family.get("/gifts", query=more).json
        assert len({each["gift_id"] for each in (*first["items"], *rest["items"])}) == 2
        for gift in first["items"]:
            assert gift["next_steps"] == ["withdraw_gift"]
        of_whole = first["items"][0]["gift_id"]
        wrong = family.get("/gifts", query=IN_REGION | {"cursor": "7.x"})
        assert (wrong.status, pointer(wrong)) == (422, "/cursor")
    path = f"/gifts/{of_whole}/withdrawal"
    assert by_record[second].post(path, {}, key="not-ours").status == 200


def test_a_headquarters_records_what_is_on_paper(client: MatchingClient) -> None:
    case = ids.new("cas")
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.at("2026-09-03 10:00")
    written: dict[str, Any] = GIFT | {"family_id": family_of(case)}

    assert pointer(client.post(HQ, "/gifts", GIFT)) == "/family_id"
    assert pointer(client.post(HQ, "/gifts", written)) == "/paper_ref"
    unheard_of = written | {"family_id": ids.new("fam"), "paper_ref": "L-6"}
    assert client.post(HQ, "/gifts", unheard_of).status == 404
    paper = written | {"paper_ref": "L-7"}
    its_own = client.as_family(case).post("/gifts", paper, key="own")
    assert (its_own.status, pointer(its_own)) == (422, "/paper_ref"), "whose paper is it?"
    assert client.post(HQ_Y, "/gifts", paper).status == 404
    made = client.post(HQ, "/gifts", paper)
    given = made.json["id"]
    shown = client.get(HQ, made.headers["Location"])
    assert (shown["gift_id"], shown["next_steps"]) == (given, ["withdraw_gift"])
    neighbour = ids.new("cas")
    client.hear(CaseClosed(**of_case(neighbour), reason="all_needs_met"))
    client.at("2026-09-05 10:00")
    of_another = paper | {"family_id": family_of(neighbour)}
    assert pointer(client.post(HQ, "/gifts", of_another)) == "/paper_ref"
    assert pointer(client.post(HQ, f"/gifts/{given}/withdrawal", {})) == "/paper_ref"
    client.do(HQ, f"/gifts/{given}/withdrawal", {"paper_ref": "L-8"})
    over = client.post(HQ, f"/gifts/{given}/withdrawal", {"paper_ref": "L-8"})
    assert (over.status, over.code) == (409, "gift_is_withdrawn")


def test_a_headquarters_finds_the_gifts_of_the_family_that_it_calls(client: MatchingClient) -> None:
    first, second = ids.new("cas"), ids.new("cas")
    for case in (first, second):
        client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.at("2026-09-03 10:00")
    for case in (first, second):
        assert client.as_family(case).post("/gifts", GIFT, key=case).status == 201
    kept, part = family_of(first), family_of(second)
    client.hear(
        FamiliesMerged(region="ZR", family_id=kept, merged_family_id=part, reason="same_people")
    )

    found = client.get(HQ, "/gifts", family_id=part)["items"]
    named = {"region": "ZR", "family_id": kept}
    one = client.get(HQ, "/gifts", **named, limit=1)
    rest = client.get(HQ, "/gifts", **named, limit=1, cursor=one["next_cursor"])

    assert [*one["items"], *rest["items"]] == found
    assert len({each["gift_id"] for each in found}) == 2
    (gift,) = one["items"]
    client.do(HQ, f"/gifts/{gift['gift_id']}/withdrawal", {"paper_ref": "L-9"})
    assert client.get(HQ_Y, "/gifts", family_id=kept)["items"] == []
    assert client.api(HQ_Y).get(f"/gifts/{gift['gift_id']}").status == 404
    assert pointer(client.api(HQ).get("/gifts")) == "/family_id"
    assert client.as_family(first).get("/gifts", query=named).status == 422
    for query in (named, {"region": "ZR"}):
        assert client.api(VC).get("/gifts", query=query).status == 403


def test_a_gift_that_no_index_shows_yet_is_offered_no_more_ten_minutes_later(
    client: MatchingClient,
) -> None:
    case = ids.new("cas")
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.at("2026-09-03 10:00")
    with client.world.dynamodb.lagging_indexes():
        client.do(own_token(case), "/gifts", GIFT)
        client.erased(case)
    client.world.advance(client.now() + timedelta(minutes=12))

    assert client.get(VC, "/resources")["items"] == []


def test_the_gifts_of_a_family_that_is_forgotten_are_offered_no_more(
    client: MatchingClient,
) -> None:
    case, other = ids.new("cas"), ids.new("cas")
    for each in (case, other):
        client.hear(CaseClosed(**of_case(each), reason="all_needs_met"))
    client.at("2026-09-03 10:00")
    # More than two steps take back: the second look ten minutes later must not be needed.
    given = [
        client.do(own_token(case), "/gifts", GIFT | {"quantity": 100 + place})["id"]
        for place in range(7)
    ]
    for who, named in ((own_token(case), {}), (HQ, {"family_id": family_of(case)})):
        shown = client.get(who, "/gifts", region="ZR", **named)["items"]
        assert [each["gift_id"] for each in shown] == given[::-1], "newest first"
    client.do(own_token(other), "/gifts", GIFT)

    client.erased(case)
    client.world.advance(client.now() + timedelta(hours=1))

    offered = client.get(VC, "/resources")["items"]
    assert [(each["status"], each["quantity"]) for each in offered] == [("offered", 5000)]
    told = client.told("GiftWithdrawn")
    assert [each["family_id"] for each in told] == [family_of(case)] * 7
    paper = GIFT | {"family_id": family_of(case), "paper_ref": "L-9"}
    assert client.post(HQ, "/gifts", paper).code == "subject_erased", "nobody could be called"


def test_a_promised_part_of_a_gift_is_asked_after_a_week_after_its_day(
    client: MatchingClient,
) -> None:
    case = ids.new("cas")
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.at("2026-09-03 10:00")
    client.do(own_token(case), "/gifts", GIFT)
    (offer,) = client.get(VC, "/resources")["items"]
    client.do(VC, f"/resources/{offer['resource_id']}/reservations", {"quantity": 100})

    client.at("2026-12-08 12:00")
    assert client.told("ReservationUnsettled") == []
    client.at("2026-12-09 12:00")
    assert len(client.told("ReservationUnsettled")) == 1
