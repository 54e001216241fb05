"""The snapshot behind a proposal: what was judged is kept, and judged again gives the same."""

import json
from typing import Any

import pytest

from services.matching.decisions import domain
from services.matching.ranking.values import Rule, Unsuitable
from tests.matching.api_client import HQ, HQ_Y, MatchingClient, pointer, rep


def test_a_proposal_keeps_what_was_judged_and_replays_to_the_same(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = client.ready(), client.ready(district_ids=["D03"])
    case = client.waiting("D01", "household_help", "animal_care")
    listed = client.get(HQ, f"/families/{case}/candidates")
    assert (listed["first"], listed["standby"]) == (first, second)
    override = {"reason": "best_available", "uncovered": ["animal_care"]}
    body = {"case_id": case, "guardian_id": first, "standby_id": second, "override": override}

    match = client.do(HQ, "/matches", body)["id"]

    decision = client.get(HQ, f"/matches/{match}/decision")
    (named, _) = listed["candidates"]
    words = {name: named[name] for name in ("title", "reasons")}
    assert decision["judged"] | words == named, "names and sentences are not kept"
    assert decision["facts"]["guardian_languages"] == ["ru"]
    assert decision["facts"]["needs"] == {"animal_care": 1, "household_help": 1}
    assert (decision["standby_id"], decision["override_reason"]) == (second, "best_available")
    assert decision["judged"]["uncovered"] == ["animal_care"]
    assert (decision["same"], decision["intact"]) == (True, True)
    assert decision["judged_today"] == decision["judged"]
    assert client.get(HQ, f"/guardians/{second}")["free_capacity"] == 2, "a standby holds no place"
    for who in (HQ_Y, rep(first)):
        assert client.api(who).get(f"/matches/{match}/decision").status in (403, 404)

    client.do(HQ, f"/guardians/{first}/pause", {"reason": "holidays", "keep_families": True})
    again = client.get(HQ, f"/matches/{match}/decision")
    assert again == decision, "what happened since changes nothing that was judged"
    monkeypatch.setattr(domain, "judge", lambda facts: client_refuses(facts))
    changed = client.get(HQ, f"/matches/{match}/decision")
    assert (changed["same"], changed["judged_today"]["rule"]) == (False, "paused")
    row = client.world.dynamodb.rows("matching-data")[f"DECISION#{match}", "DECISION"]
    document = json.loads(row["doc"]["S"])
    document["facts"]["load"] = 7
    row["doc"]["S"] = json.dumps(document)
    assert client.get(HQ, f"/matches/{match}/decision")["intact"] is False


def client_refuses(facts: Any) -> Any:
    """Judge by the rules of another day."""
    return Unsuitable(guardian_id=facts.guardian_id, rule=Rule.PAUSED)


def test_a_standby_suits_the_family_and_is_somebody_else(client: MatchingClient) -> None:
    first, elsewhere = client.ready(), client.ready("YY", district_ids=[])
    unable = client.ready(capabilities=[{"category": "food_aid"}])
    body = {"case_id": client.waiting(), "guardian_id": first}

    refused = client.post(HQ, "/matches", body | {"standby_id": unable})
    assert (refused.status, refused.code) == (409, "candidate_no_needed_category")
    assert client.post(HQ, "/matches", body | {"standby_id": elsewhere}).status == 404
    assert pointer(client.post(HQ, "/matches", body | {"standby_id": first})) == "/standby_id"
    match = client.do(HQ, "/matches", body)["id"]
    assert client.get(HQ, f"/matches/{match}/decision")["standby_id"] is None
