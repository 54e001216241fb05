"""One open match and the exclusions after a conflict hold for a family across its cases."""

from typing import Any

import pytest

from shared import ids
from shared.events.intake import (
    CareDetailsChanged,
    CareRequired,
    FamiliesMerged,
    FamilyMergeUndone,
)
from tests.matching.api_client import (
    HQ,
    HQ_2,
    MatchingClient,
    family_of,
    inn,
    needs,
    ogrn,
    rep,
)
from tests.support.world import at

MERGED = {"region": "ZR", "reason": "same_people"}


def waiting(client: MatchingClient, family: str, district: str = "D01") -> str:
    """One more case of a family needs a guardian."""
    case = ids.new("cas")
    client.hear(
        CareRequired(
            region="ZR",
            programme="service_member_care",
            case_id=case,
            family_id=family,
            district_id=district,
            needs=needs("household_help"),
            flagged_at=client.now(),
            size_band="one_or_two",
            number="10000008",
        )
    )
    return case


def propose(client: MatchingClient, case: str, guardian: str) -> Any:
    """Try to propose a guardian."""
    return client.post(HQ_2, "/matches", {"case_id": case, "guardian_id": guardian})


def test_a_family_has_one_open_match_whichever_case_it_asks_in(client: MatchingClient) -> None:
    guardian, other = client.ready(), client.ready()
    first = client.waiting()
    family = family_of(first)
    match = client.active(first, guardian)
    client.closed(first)
    assert client.get(HQ, f"/matches/{match}")["status"] == "ending"
    second = waiting(client, family)

    refused = propose(client, second, other)

    assert (refused.status, refused.code) == (409, "family_has_open_match")
    found = client.get(HQ, "/regions/ZR/suggestions")
    assert (found["suggestions"], found["without"]) == ([], [])
    assert client.get(HQ, f"/families/{second}/candidates")["open_match"] == match
    client.at("2026-09-10 09:00")
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    assert client.get(HQ, f"/families/{second}/candidates")["open_match"] is None
    assert propose(client, second, other).status == 201


def test_a_conflict_in_one_case_holds_in_the_next(client: MatchingClient) -> None:
    guardian, other = client.ready(), client.ready()
    first = client.waiting()
    match = client.active(first, guardian)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})
    second = waiting(client, family_of(first))

    listed = client.get(HQ, f"/families/{second}/candidates")
    assert [each["guardian_id"] for each in listed["candidates"]] == [other]
    suggested = client.get(HQ, "/regions/ZR/suggestions")["suggestions"]
    pairs = [(each["case_id"], each["guardian_id"], each["standby_id"]) for each in suggested]
    assert pairs == [(first, other, None)], "no suggestion that the proposal would refuse"
    client.closed(first)
    suggested = client.get(HQ, "/regions/ZR/suggestions")["suggestions"]
    assert [(each["case_id"], each["guardian_id"]) for each in suggested] == [(second, other)]
    refused = propose(client, second, guardian)

    assert (refused.status, refused.code) == (409, "candidate_excluded_by_conflict")
    details = {"region": "ZR", "case_id": second, "family_id": family_of(first)}
    client.hear(
        CareDetailsChanged(
            **details, district_id="D07", excluded_guardians=(guardian,), size_band="one_or_two"
        )
    )
    ranking = client.get(HQ, f"/families/{second}/candidates")
    rules = {each["guardian_id"]: each["rule"] for each in ranking["unsuitable"]}
    assert rules[guardian] == "excluded_by_conflict"
    places = {each["case_id"]: each["district_id"] for each in client.get(HQ, "/families")["items"]}
    assert places[second] == "D07"
    assert propose(client, second, other).status == 201


def test_an_organisation_that_comes_back_brings_its_conflicts_and_refusals(
    client: MatchingClient,
) -> None:
    numbers: dict[str, Any] = {"inn": inn(78), "ogrn": ogrn(78)}
    former, failed, refused = client.ready(**numbers), client.waiting(), client.waiting()
    match = client.active(failed, former)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})
    match = client.proposed(refused, former)
    client.do(rep(former), f"/matches/{match}/decline", {"reason": "too_far"})
    client.do(rep(former), f"/guardians/{former}/withdrawal", {"reason": "other"})

    back = client.ready(**numbers)

    for case, rule in ((failed, "excluded_by_conflict"), (refused, "refused_lately")):
        (shown,) = client.get(HQ, f"/families/{case}/unsuitable")["items"]
        assert (shown["guardian_id"], shown["rule"]) == (back, rule)
        assert propose(client, case, back).code == f"candidate_{rule}"
    assert shown["last_refusal"]["reason"] == "too_far"
    assert client.get(HQ, "/regions/ZR/suggestions")["suggestions"] == []


def test_two_records_that_were_merged_are_one_family_until_that_is_undone(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.storage.repository.PAGE_LIMIT", 1)
    guardian, other = client.ready(), client.ready()
    first, second = client.waiting(), client.waiting()
    pair = {"family_id": family_of(first), "merged_family_id": family_of(second)}
    match = client.proposed(first, guardian)

    client.hear(FamiliesMerged(**MERGED, **pair))

    refused = propose(client, second, other)
    assert (refused.status, refused.code) == (409, "family_has_open_match")
    assert client.get(HQ, "/regions/ZR/suggestions")["suggestions"] == []
    client.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})
    suggested = client.get(HQ, "/regions/ZR/suggestions")["suggestions"]
    assert [each["case_id"] for each in suggested] == [first], "merged, it is asked for once"
    match = client.active(second, other)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})
    assert propose(client, first, other).code == "candidate_excluded_by_conflict"

    client.at("2026-09-02 09:00")
    client.hear(FamilyMergeUndone(**MERGED, **pair))
    client.proposed(first, other)
    assert propose(client, second, other).code == "candidate_excluded_by_conflict"
    assert propose(client, second, guardian).status == 201


def test_a_separation_that_arrives_before_its_merge_wins(client: MatchingClient) -> None:
    guardian, other = client.ready(), client.ready()
    first, second = client.waiting(), client.waiting()
    pair = {"family_id": family_of(first), "merged_family_id": family_of(second)}
    client.at("2026-09-02 09:00")
    client.hear(FamilyMergeUndone(**MERGED, **pair))
    client.world.set_time(at("2026-09-01 12:00"))
    client.hear(FamiliesMerged(**MERGED, **pair))

    client.proposed(first, guardian)

    assert propose(client, second, other).status == 201
