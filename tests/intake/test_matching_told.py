"""Facts of matching arrive through the queue: late, twice, in the wrong order."""

import random

import pytest

from shared.events.matching import CareAgreementSigned, IntroductionHeld, MatchDeclined
from tests.intake.api_client import (
    GUARDIAN,
    HQ,
    REP,
    Office,
    about,
    just_before_the_next_write,
)
from tests.support.world import at


@pytest.mark.requirement("S4-51")
def test_a_case_goes_through_care_to_its_end(office: Office) -> None:
    case = office.in_care()
    assert office.view(case)["status"] == "in_care"
    assert office.view(case)["case"]["match"]["guardian_id"] == GUARDIAN

    met = {"outcome": "all_needs_met", "needs_met": office.needs(case)}
    office.do(HQ, f"/requests/{case}/outcomes", met)
    office.hear(office.ended(case, "all_needs_met"))

    view = office.view(case)
    assert (view["status"], view["case"]["closed_reason"]) == ("closed", "all_needs_met")
    assert [event["reason"] for event in office.told("CaseClosed")] == ["all_needs_met"]


@pytest.mark.requirement("S4-51")
def test_an_exhausted_guardian_puts_the_family_in_line_again(office: Office) -> None:
    case = office.in_care()
    since = office.view(case)["case"]["care"]["at"]

    office.hear(office.ended(case, "guardian_resources_exhausted"))

    assert office.view(case)["status"] == "care_required"
    first, again = office.told("CareRequired")
    assert (first["again"], again["again"]) == (False, True)
    assert again["excluded_guardians"] == []
    assert again["flagged_at"] == since
    waiting = office.get(HQ, "/requests", status="care_required").json["items"]
    assert [row["id"] for row in waiting] == [case]


def test_after_a_conflict_the_search_leaves_that_guardian_out(office: Office) -> None:
    case = office.in_care()

    office.hear(office.ended(case, "conflict"))

    assert office.told("CareRequired")[1]["excluded_guardians"] == [GUARDIAN]


@pytest.mark.requirement("X-02")
@pytest.mark.parametrize("seed", range(12))
def test_every_order_of_arrival_ends_in_the_same_case(office: Office, seed: int) -> None:
    case = office.waiting()
    office.world.copies = 3
    office.world.shuffle = random.Random(seed)
    declined = MatchDeclined(
        **about(case, "mat_1"),
        by="guardian",
        reason="too_far",
        introduction_due_at=at("2026-09-17 11:00"),
    )
    facts = [
        (office.proposed(case, "mat_1"), "2026-09-14 11:00"),
        (declined, "2026-09-14 12:00"),
        (office.proposed(case, "mat_2"), "2026-09-14 13:00"),
        (
            IntroductionHeld(**about(case, "mat_2"), held_at=at("2026-09-15 13:00"), in_time=True),
            "2026-09-15 13:00",
        ),
        (CareAgreementSigned(**about(case, "mat_2")), "2026-09-16 13:00"),
        (office.started(case, "mat_2"), "2026-09-17 13:00"),
        (office.ended(case, "conflict", "mat_2"), "2026-09-20 13:00"),
    ]
    for fact, time in facts:
        office.queue(fact, at(time))

    office.world.settle()
    for minute in range(1, 8):
        office.world.advance(at(f"2026-09-21 09:0{minute}"))

    view = office.view(case)
    assert view["status"] == "care_required"
    assert view["case"]["match"] is None
    assert view["case"]["excluded_guardians"] == [GUARDIAN]
    assert len(office.told("CareRequired")) in (2, 3)
    assert not [row for row in office.world.rows("intake-data") if "PARKED" in row["pk"]["S"]]


@pytest.mark.requirement("X-02")
def test_a_fact_delivered_three_times_has_one_effect(office: Office) -> None:
    office.world.copies = 3

    case = office.in_care()

    history = office.get(HQ, f"/requests/{case}/history").json["items"]
    assert [entry["what"] for entry in history if entry["by"].startswith("system")] == [
        "match_proposed",
        "introduction_held",
        "care_agreement_signed",
        "care_started",
    ]


@pytest.mark.requirement("X-04")
def test_a_proposal_and_a_lifted_marker_at_once_leave_no_half_match(office: Office) -> None:
    case = office.waiting()

    with just_before_the_next_write(office, lambda: office.hear(office.proposed(case))):
        answer = office.post(
            HQ, f"/requests/{case}/care-requirement/lift", {"reason": "not_needed"}
        )

    assert answer.status == 409
    assert answer.json["next_steps"]
    assert office.view(case)["status"] == "matched"
    assert office.told("CareRequirementLifted") == []


def test_a_withdrawn_family_is_not_matched_any_more(office: Office) -> None:
    case = office.matched()

    wish = {"reason": "found_help", "evidence": "spoken_by_phone"}
    office.do(HQ, f"/requests/{case}/withdraw", wish)
    office.hear(office.started(case))

    assert office.view(case)["status"] == "closed"
    assert [event["reason"] for event in office.told("CaseClosed")] == ["withdrawn"]


@pytest.mark.requirement("S4-28")
def test_what_the_family_adds_in_care_is_told_with_its_match(office: Office) -> None:
    case = office.in_care()

    pets = {"add": [{"category": "animal_care"}], "evidence": "spoken_by_phone"}
    office.do(HQ, f"/requests/{case}/corrections", pets)

    told = office.told("NeedsChanged")[-1]
    assert told["categories"] == ["animal_care"]
    assert told["by_family"] is True
    assert told["match_id"] == "mat_1"
    entry = office.get(HQ, f"/requests/{case}/history").json["items"][-1]
    assert (entry["by"], entry["for_whom"]) == ("HQ-1", case)


def test_the_guardian_gets_the_contact_at_the_introduction_and_not_before(office: Office) -> None:
    case = office.matched()
    assert office.get(REP, f"/requests/{case}/contact").status == 404

    now = at("2026-09-16 15:00")
    office.hear(IntroductionHeld(**about(case, "mat_1"), held_at=now, in_time=True))

    released = office.get(REP, f"/requests/{case}/contact")
    assert released.status == 200
    assert released.json["contact"]["name"]
    assert released.json["text"] is None
    assert len(released.json["needs"]) == 1
    assert office.get(REP, f"/requests/{case}").status == 404

    office.hear(office.ended(case, "conflict"))
    assert office.get(REP, f"/requests/{case}/contact").status == 404
