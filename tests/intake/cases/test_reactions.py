"""Facts of matching arrive through the queue: late, twice, in the wrong order."""

import random

import pytest

from shared.events.base import Event
from shared.events.matching import (
    CareAgreementSigned,
    IntroductionHeld,
    MatchCancelled,
    MatchDeclined,
)
from shared.events.matching_progress import ExclusionLifted
from tests.intake.api_client import (
    GUARDIAN,
    HQ,
    REP,
    IntakeClient,
    just_before_the_next_write,
)
from tests.support.world import at


def test_a_case_goes_through_care_to_its_end(client: IntakeClient) -> None:
    case = client.in_care()
    assert client.view(case)["status"] == "in_care"
    assert client.view(case)["match"]["guardian_id"] == GUARDIAN

    met = {"outcome": "all_needs_met", "needs_met": client.needs(case)}
    client.do(HQ, f"/cases/{case}/outcomes", met)
    client.hear(client.ended(case, "all_needs_met"))

    view = client.view(case)
    assert (view["status"], view["closed_reason"]) == ("closed", "all_needs_met")
    assert [event["reason"] for event in client.published("CaseClosed")] == ["all_needs_met"]


def test_an_exhausted_guardian_puts_the_family_in_line_again(client: IntakeClient) -> None:
    case = client.in_care()
    since = client.view(case)["care"]["at"]

    client.hear(client.ended(case, "guardian_resources_exhausted"))

    assert client.view(case)["status"] == "care_required"
    first, again = client.published("CareRequired")
    assert (first["again"], again["again"]) == (False, True)
    assert again["excluded_guardians"] == []
    assert again["flagged_at"] == since
    waiting = client.get(HQ, "/cases", status="care_required").json["items"]
    assert [row["id"] for row in waiting] == [case]


def test_after_a_conflict_the_search_leaves_that_guardian_out(client: IntakeClient) -> None:
    case = client.in_care()

    client.hear(client.ended(case, "conflict"))

    assert client.published("CareRequired")[1]["excluded_guardians"] == [GUARDIAN]


@pytest.mark.parametrize("closed", [False, True])
def test_a_guardian_is_searched_again_whichever_is_heard_first(
    client: IntakeClient, closed: bool
) -> None:
    case = client.in_care()
    if closed:
        client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    client.hear(ExclusionLifted(**client.of_match(case, "mat_1")))
    client.hear(client.ended(case, "conflict"))

    assert client.view(case)["family"]["excluded_guardians"] == []
    client.hear(ExclusionLifted(**client.of_match(case, "mat_1")))  # said twice it is one line
    lines = client.get(HQ, f"/cases/{case}/history").json["items"]
    lifted = [each["ref"] for each in lines if each["what"] == "exclusion_lifted"]
    assert (lifted, lines[-1]["what"]) == (["mat_1"], "exclusion_lifted")


def test_the_timeline_shows_the_end_of_a_care_that_ran_on_beside_a_closed_case(
    client: IntakeClient,
) -> None:
    case = client.in_care()
    path = f"{client.of_family(case)}/timeline"
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    client.hear(client.ended(case, "all_needs_met"))

    last = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
    assert (last["what"], last["reason"], last["ref"]) == ("care_ended", "all_needs_met", "mat_1")
    assert client.get(HQ, path).json["items"][-1]["kind"] == "care_ended"
    assert client.view(case)["closed_reason"] == "withdrawn"


@pytest.mark.parametrize("what", ["match_cancelled", "match_declined"])
def test_the_history_says_what_has_happened_and_when_however_late_it_is_heard(
    client: IntakeClient, what: str
) -> None:
    case = client.waiting()
    of_match = client.of_match(case, "mat_1")
    due = at("2026-09-17 11:00")
    event = MatchDeclined if what == "match_declined" else MatchCancelled
    over = event(**of_match, by="regional_hq", reason="lapsed", introduction_due_at=due)
    client.wait(2)

    client.hear(client.proposed(case), time=at("2026-09-14 11:00"))
    client.hear(over, time=at("2026-09-15 12:00"))

    history = client.get(HQ, f"/cases/{case}/history").json["items"][-3:]
    assert [(each["what"], each["at"]) for each in history] == [
        ("match_proposed", "2026-09-14T07:00:00Z"),
        (what, "2026-09-15T08:00:00Z"),
        ("care_required", "2026-09-15T08:00:00Z"),
    ]


@pytest.mark.requirement("X-02")
@pytest.mark.parametrize("seed", range(12))
def test_every_order_of_arrival_ends_in_the_same_case(client: IntakeClient, seed: int) -> None:
    case = client.waiting()
    client.world.copies = 3
    client.world.shuffle = random.Random(seed)
    declined = MatchDeclined(
        **client.of_match(case, "mat_1"),
        by="guardian",
        reason="too_far",
        introduction_due_at=at("2026-09-17 11:00"),
    )
    facts: list[tuple[Event, str]] = [
        (client.proposed(case, "mat_1"), "2026-09-14 11:00"),
        (declined, "2026-09-14 12:00"),
        (client.proposed(case, "mat_2"), "2026-09-14 13:00"),
        (
            IntroductionHeld(
                **client.of_match(case, "mat_2"), held_at=at("2026-09-15 13:00"), in_time=True
            ),
            "2026-09-15 13:00",
        ),
        (CareAgreementSigned(**client.of_match(case, "mat_2")), "2026-09-16 13:00"),
        (client.started(case, "mat_2"), "2026-09-17 13:00"),
        (client.ended(case, "conflict", "mat_2"), "2026-09-20 13:00"),
    ]
    for fact, time in facts:
        client.queue(fact, at(time))

    client.world.settle()
    for minute in range(1, 8):
        client.world.advance(at(f"2026-09-21 09:0{minute}"))

    view = client.view(case)
    assert view["status"] == "care_required"
    assert view["match"] is None
    assert view["family"]["excluded_guardians"] == [GUARDIAN]
    assert len(client.published("CareRequired")) in (2, 3)
    assert not [row for row in client.world.rows("intake-data") if "PARKED" in row["pk"]["S"]]


@pytest.mark.requirement("X-02")
def test_a_fact_delivered_three_times_has_one_effect(client: IntakeClient) -> None:
    client.world.copies = 3

    case = client.in_care()

    history = client.get(HQ, f"/cases/{case}/history").json["items"]
    assert [entry["what"] for entry in history if entry["by"].startswith("system")] == [
        "match_proposed",
        "introduction_held",
        "care_agreement_signed",
        "care_started",
    ]


@pytest.mark.requirement("X-04")
def test_a_proposal_and_a_lifted_marker_at_once_leave_no_half_match(client: IntakeClient) -> None:
    case = client.waiting()

    with just_before_the_next_write(client, lambda: client.hear(client.proposed(case))):
        answer = client.post(HQ, f"/cases/{case}/care-requirement/lift", {"reason": "not_needed"})

    assert answer.status == 409
    assert answer.json["next_steps"]
    assert client.view(case)["status"] == "matched"
    assert client.published("CareRequirementLifted") == []


def test_a_withdrawn_family_is_not_matched_any_more(client: IntakeClient) -> None:
    case = client.matched()

    wish = {"reason": "found_help", "evidence": "spoken_by_phone"}
    client.do(HQ, f"/cases/{case}/withdraw", wish)
    client.hear(client.started(case))

    assert client.view(case)["status"] == "closed"
    assert [event["reason"] for event in client.published("CaseClosed")] == ["withdrawn"]


def test_what_the_family_adds_in_care_is_told_with_its_match(client: IntakeClient) -> None:
    case = client.in_care()

    pets = {"add": [{"category": "animal_care"}], "evidence": "spoken_by_phone"}
    client.do(HQ, f"/cases/{case}/corrections", pets)

    event = client.published("NeedsChanged")[-1]
    assert event["categories"] == ["animal_care"]
    assert event["by_family"] is True
    assert event["match_id"] == "mat_1"
    entry = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
    assert (entry["by"], entry["for_whom"]) == ("HQ-1", client.family(case))


def test_the_guardian_gets_the_contact_at_the_introduction_and_not_before(
    client: IntakeClient,
) -> None:
    case = client.matched()
    assert client.get(REP, f"/cases/{case}/contact").status == 404

    now = at("2026-09-16 15:00")
    client.hear(IntroductionHeld(**client.of_match(case, "mat_1"), held_at=now, in_time=True))

    released = client.get(REP, f"/cases/{case}/contact")
    assert released.status == 200
    assert released.json["contact"]["name"]
    assert released.json["requests"] == []
    assert len(released.json["needs"]) == 1
    assert client.get(REP, f"/cases/{case}").status == 404

    client.hear(CareAgreementSigned(**client.of_match(case, "mat_1")), client.started(case))
    met = {"outcome": "partial_stability", "needs_met": [released.json["needs"][0]["need_id"]]}
    client.do(HQ, f"/cases/{case}/outcomes", met | {"note": "Видели сами"})
    later = client.get(REP, f"/cases/{case}/contact").json
    assert (later["needs"], later["notes"], later["requests"]) == ([], [], [])
    assert client.get(HQ, f"/cases/{case}/contact").json["notes"] == ["Видели сами"]
    (exported,) = client.get(HQ, f"{client.of_family(case)}/export").json["cases"]
    assert exported["notes"] == ["Видели сами"]

    client.hear(client.ended(case, "conflict"))
    assert client.get(REP, f"/cases/{case}/contact").status == 404


def test_an_agreement_whose_introduction_was_lost_releases_the_contact_too(
    client: IntakeClient,
) -> None:
    case = client.matched()
    of_match = client.view(case)["match"]
    assert (of_match["introduced"], of_match["agreed"]) == (False, False)

    client.hear(CareAgreementSigned(**client.of_match(case, "mat_1")))

    of_match = client.view(case)["match"]
    assert (of_match["introduced"], of_match["agreed"]) == (True, True)
    assert client.get(REP, f"/cases/{case}/contact").status == 200
    wish = {"purpose": "contact", "given": False, "evidence": "written"}
    client.do(HQ, f"{client.of_family(case)}/consents", wish)
    assert client.get(REP, f"/cases/{case}/contact").status == 404
