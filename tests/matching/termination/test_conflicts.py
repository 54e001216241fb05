"""A care that ended by a conflict: the pair is apart for good, or until headquarters lifts it."""

import pytest

from shared.events.intake import CareDetailsChanged
from tests.matching.api_client import HQ, WORDS, MatchingClient, of_case, pointer, rep


@pytest.mark.requirement("S4-53")
def test_after_a_conflict_the_pair_is_never_proposed_again(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)

    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})

    ranking = client.get(HQ, f"/families/{case}/candidates")
    rules = {each["guardian_id"]: each["rule"] for each in ranking["unsuitable"]}
    assert rules == {guardian: "excluded_by_conflict"}
    refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
    assert (refused.status, refused.code) == (409, "candidate_excluded_by_conflict")
    for view in (
        client.api(rep(guardian)).get(f"/matches/{match}"),
        client.as_family(case).get(f"/matches/{match}"),
    ):
        assert view.status == 200
        assert "note" not in view.text
        assert WORDS not in view.text
    assert client.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert WORDS not in str(client.world.dynamodb.tables)


def test_a_conflict_that_was_none_is_lifted_and_the_pair_may_be_proposed_again(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})
    lift, why = f"/matches/{match}/exclusion/lift", {"reason": "reconciled"}
    assert client.get(HQ, f"/matches/{match}")["next_steps"] == ["lift_exclusion"]
    assert client.post(rep(guardian), lift, why).status == 403
    assert client.post(HQ, lift, {}).status == 422

    client.do(HQ, lift, why)

    ended = client.get(HQ, f"/matches/{match}")
    assert (ended["status"], ended["ending"]["reason"]) == ("ended", "conflict")
    assert ended["next_steps"] == []
    twice = client.post(HQ, lift, why)
    assert (twice.status, twice.code) == (409, "no_exclusion")
    (told,) = client.told("ExclusionLifted")
    assert told["guardian_id"] == guardian
    # Intake's list of before is older than that.
    ranking = client.get(HQ, f"/families/{case}/candidates")
    assert ranking["unsuitable"] == []
    again = client.active(case, guardian)

    # A conflict that comes after it parts them anew.
    client.heard(again)
    client.do(HQ, f"/matches/{again}/ending", {"reason": "conflict"})
    refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
    assert refused.code == "candidate_excluded_by_conflict"


def test_after_a_conflict_by_mistake_the_figures_say_why_the_care_ended(
    client: MatchingClient,
) -> None:
    match = client.active(client.waiting(), client.ready())
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})
    lift, tired = f"/matches/{match}/exclusion/lift", "guardian_resources_exhausted"
    mistake = {"reason": "recorded_by_mistake"}
    unsaid = (mistake, mistake | {"ended_for": "conflict"})
    for body in (*unsaid, {"reason": "reconciled", "ended_for": tired}):
        assert pointer(client.post(HQ, lift, body)) == "/ended_for"
    open_still = client.post(HQ, lift, mistake | {"ended_for": "all_needs_met"})
    assert (open_still.status, open_still.code) == (409, "needs_still_open")
    assert [step["action"] for step in open_still.json["next_steps"]] == ["lift_exclusion"]

    client.do(HQ, lift, mistake | {"ended_for": tired})

    assert client.get(HQ, f"/matches/{match}")["ending"]["reason"] == tired
    reasons = client.get(HQ, "/regions/ZR/figures")["endings"]["by_reason"]
    assert (reasons["conflict"], reasons[tired]) == (0, 1)
    (told,) = client.told("ExclusionLifted")
    assert told["ended_for"] == tired


def test_an_end_without_a_conflict_has_nothing_to_lift(client: MatchingClient) -> None:
    match = client.active(client.waiting(), client.ready())
    why = {"reason": "reconciled"}
    lift = f"/matches/{match}/exclusion/lift"
    assert client.post(HQ, lift, why).code == "match_is_active"
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    assert client.post(HQ, lift, why).code == "no_exclusion"
    assert client.get(HQ, f"/matches/{match}")["next_steps"] == []


def test_each_conflict_of_a_family_parts_its_own_pair(client: MatchingClient) -> None:
    case, guardians = client.waiting(), [client.ready(), client.ready()]
    matches = []
    for guardian in guardians:
        matches.append(client.active(case, guardian))
        client.heard(matches[-1])
        client.do(HQ, f"/matches/{matches[-1]}/ending", {"reason": "conflict"})
    told = CareDetailsChanged(
        **of_case(case),
        district_id="D01",
        excluded_guardians=tuple(guardians),
        size_band="one_or_two",
    )
    client.hear(told)

    def apart() -> list[str]:
        unsuitable = client.get(HQ, f"/families/{case}/candidates")["unsuitable"]
        return [each["guardian_id"] for each in unsuitable]

    assert apart() == guardians
    for left, match in enumerate(matches, 1):
        client.do(HQ, f"/matches/{match}/exclusion/lift", {"reason": "reconciled"})
        assert apart() == guardians[left:]
