"""Gifts through the API: never while the family is helped, never before a day has passed."""

from typing import Any

import pytest

from shared import ids
from shared.events.intake import CaseClosed, CaseReopened, FamiliesMerged, RequestReceived
from tests.matching.api_client import HQ, HQ_Y, MatchingClient, family_of, of_case, pointer
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


def asked(client: MatchingClient, case: str) -> None:
    """The family has a case."""
    client.hear(
        RequestReceived(
            **of_case(case),
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
    given = bot.post("/gifts", GIFT, key="yes").json["id"]
    client.world.settle()

    (offer,) = client.told("ResourceOffered")
    assert (offer["sector"], offer["quantity"], offer["unit"]) == ("citizens", 5000, "rouble")
    assert family_of(case) not in str(offer)
    (row,) = client.get(VC, "/resources")["items"]
    assert (row["sector"], row["provider_id"]) == ("citizens", None)
    assert [each["gift_id"] for each in bot.get("/gifts", query=IN_REGION).json["items"]] == [given]
    assert client.as_family(ids.new("cas")).get("/gifts", query=IN_REGION).json["items"] == []
    for who in (VC, CM):
        assert client.post(who, "/gifts", GIFT | {"family_id": family_of(case)}).status == 403
    # Nobody else takes it back.
    stranger = client.as_family(ids.new("cas"))
    assert stranger.post(f"/gifts/{given}/withdrawal", {}, key="x").status == 404
    assert bot.post(f"/gifts/{given}/withdrawal", {}, key="back").status == 200
    assert client.get(VC, f"/resources/{row['resource_id']}")["status"] == "withdrawn"


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


def test_a_headquarters_records_what_is_on_paper(client: MatchingClient) -> None:
    case = ids.new("cas")
    client.hear(CaseClosed(**of_case(case), reason="all_needs_met"))
    client.at("2026-09-03 10:00")
    written: dict[str, Any] = GIFT | {"family_id": family_of(case)}

    assert pointer(client.post(HQ, "/gifts", GIFT)) == "/family_id"
    assert pointer(client.post(HQ, "/gifts", written)) == "/paper_ref"
    paper = written | {"paper_ref": "L-7"}
    assert client.post(HQ_Y, "/gifts", paper).status == 404
    given = client.do(HQ, "/gifts", paper)["id"]
    neighbour = ids.new("cas")
    client.hear(CaseClosed(**of_case(neighbour), reason="all_needs_met"))
    client.at("2026-09-05 10:00")
    of_another = paper | {"family_id": family_of(neighbour)}
    assert pointer(client.post(HQ, "/gifts", of_another)) == "/paper_ref"
    client.do(HQ, f"/gifts/{given}/withdrawal", {"paper_ref": "L-8"})
    over = client.post(HQ, f"/gifts/{given}/withdrawal", {"paper_ref": "L-8"})
    assert (over.status, over.code) == (409, "gift_is_withdrawn")
