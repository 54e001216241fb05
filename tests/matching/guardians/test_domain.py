"""A guardian's way: every step from every state, legal or refused with the legal ones."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.matching.evidence.values import Consent, Meeting, Side
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import GuardianStatus, Invitee, Terms
from services.matching.organisations.values import LegalForm, TeamKind
from shared.errors import IllegalStep, Invalid
from tests.matching import builders
from tests.matching.builders import START, TODAY, ZONE, leads_to, offers

TRAINING = builders.trained()
PASSED = Meeting(held_on=date(2026, 9, 2), by="HQ-1")
FAILED = Meeting(held_on=date(2026, 9, 2), by="HQ-1", result="failed")


def sign(guardian: Guardian, side: Side, by: str = "", text: str = "1") -> Guardian:
    """The consent of one side to a text."""
    consent = Consent(by=by or side.value, at=START)
    return guardian.sign_participation_agreement(side, consent, text, text * 64)


STEPS: dict[str, Callable[[Guardian], Guardian]] = {
    "take_into_vetting": lambda g: g.take_into_vetting(START),
    "rename": lambda g: g.rename("АО «Мастер»", None, builders.check("registry")),
    "record_check": lambda g: g.record_check(builders.check("registry")),
    "open_clarification": lambda g: g.open_clarification(Invitee.HEAD, START),
    "close_clarification": lambda g: g.close_clarification(START.date(), "clear", START),
    "approve": lambda g: g.approve("FH-2", TODAY, START),
    "reject": lambda g: g.reject("no_capacity", START),
    "assign": lambda g: g.assign("ZR", (), "FH-1", START),
    "record_training": lambda g: g.record_training(TRAINING, START),
    "hold_interview": lambda g: g.hold_interview(PASSED, None, START),
    "hold_briefing": lambda g: g.hold_briefing(PASSED, START),
    "sign_participation_agreement": lambda g: sign(g, Side.HEADQUARTERS),
    "change_possibilities": lambda g: g.change_possibilities(offers("food_aid"), (), 2, Terms()),
    "correct_application": lambda g: g.correct(None, TeamKind.WORK_COLLECTIVE, 5, None),
    "pause": lambda g: g.pause("holidays", False, START),
    "resume": lambda g: g.resume(TODAY, START),
    "withdraw": lambda g: g.withdraw("moved", START),
}


def standing(status: GuardianStatus) -> Guardian:
    """A guardian in that state for whom every legal step is possible."""
    before: dict[str, Any] = {"checks": builders.checks(), "participation_agreement": None}
    if status is GuardianStatus.CLARIFICATION:
        talking = builders.guardian(status=GuardianStatus.IN_VETTING, **before)
        return talking.open_clarification(Invitee.HEAD, START)
    if status in (GuardianStatus.APPLIED, GuardianStatus.IN_VETTING, GuardianStatus.APPROVED):
        return builders.guardian(status=status, **before)
    if status is GuardianStatus.ASSIGNED:
        return builders.guardian(status=status, region="ZR", **before)
    return builders.checked(status=status, **before)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", GuardianStatus)
def test_a_step_is_possible_exactly_where_the_machine_says(
    status: GuardianStatus, step: str
) -> None:
    guardian = standing(status)

    if step in Guardian.STEPS[status]:
        assert STEPS[step](guardian).status in leads_to(Guardian.STEPS[status][step], status)
    else:
        with pytest.raises(IllegalStep) as refused:
            STEPS[step](guardian)
        assert refused.value.code == f"guardian_is_{status}"
        assert refused.value.next_steps == tuple(Guardian.STEPS[status])


def test_every_step_the_machine_names_is_tried_above() -> None:
    assert {step for steps in Guardian.STEPS.values() for step in steps} == set(STEPS)


@pytest.mark.parametrize(
    ("status", "step", "expected"),
    [
        (GuardianStatus.APPLIED, "take_into_vetting", GuardianStatus.IN_VETTING),
        (GuardianStatus.APPLIED, "reject", GuardianStatus.REJECTED),
        (GuardianStatus.IN_VETTING, "reject", GuardianStatus.REJECTED),
        (GuardianStatus.IN_VETTING, "approve", GuardianStatus.APPROVED),
        (GuardianStatus.IN_VETTING, "open_clarification", GuardianStatus.CLARIFICATION),
        (GuardianStatus.CLARIFICATION, "close_clarification", GuardianStatus.IN_VETTING),
        (GuardianStatus.ASSIGNED, "open_clarification", GuardianStatus.CLARIFICATION),
        (GuardianStatus.APPROVED, "assign", GuardianStatus.ASSIGNED),
        (GuardianStatus.APPROVED, "record_training", GuardianStatus.APPROVED),
        (GuardianStatus.READY, "pause", GuardianStatus.PAUSED),
        (GuardianStatus.CARING, "pause", GuardianStatus.PAUSED),
        (GuardianStatus.PAUSED, "resume", GuardianStatus.READY),
        (GuardianStatus.READY, "withdraw", GuardianStatus.WITHDRAWN),
    ],
)
def test_a_step_leads_where_the_machine_says(
    status: GuardianStatus, step: str, expected: GuardianStatus
) -> None:
    assert STEPS[step](standing(status)).status is expected


@pytest.mark.parametrize("form", LegalForm)
@pytest.mark.parametrize(
    ("team", "expected", "reason"),
    [
        (0, GuardianStatus.REJECTED, "no_team"),
        (1, GuardianStatus.REJECTED, "no_team"),
        (6, GuardianStatus.APPLIED, None),
    ],
)
def test_one_person_is_no_guardian_in_any_legal_form(
    form: LegalForm, team: int, expected: GuardianStatus, reason: str | None
) -> None:
    applied = Guardian.apply(
        applied_at=START,
        **builders.guardian(legal_form=form, team_size=team).model_dump(
            exclude={"reached", "status"}
        ),
    )

    assert (applied.status, applied.decision_reason) == (expected, reason)


def test_a_failed_check_forbids_the_approval() -> None:
    failed = builders.check("team", passed=False)
    vetted = standing(GuardianStatus.IN_VETTING).record_check(failed)

    with pytest.raises(IllegalStep, match="check_failed"):
        vetted.approve("FH-2", TODAY, START)
    with pytest.raises(Invalid, match="newer_check_known"):
        vetted.record_check(builders.check("team", day=TODAY - timedelta(days=1)))
    again = vetted.record_check(builders.check("team"))
    assert again.approve("FH-2", TODAY, START).status is GuardianStatus.APPROVED
    assert failed in again.checks


@pytest.mark.parametrize("form", LegalForm)
def test_every_check_of_the_legal_form_is_needed_and_valid_on_the_day(form: LegalForm) -> None:
    complete = builders.checks(form)
    vetted = builders.guardian(status=GuardianStatus.IN_VETTING, legal_form=form)

    for missing in complete:
        fewer = tuple(each for each in complete if each != missing)
        with pytest.raises(IllegalStep, match="checks_missing"):
            vetted.model_copy(update={"checks": fewer}).approve("FH-2", TODAY, START)
    old = tuple(builders.check(each.code, day=date(2020, 1, 1)) for each in complete)
    with pytest.raises(IllegalStep, match="checks_missing"):
        vetted.model_copy(update={"checks": old}).approve("FH-2", TODAY, START)
    approved = vetted.model_copy(update={"checks": complete}).approve("FH-2", TODAY, START)
    assert (approved.status, approved.approved_by) == (GuardianStatus.APPROVED, "FH-2")


def test_nobody_goes_the_whole_way_with_one_person() -> None:
    vetted = standing(GuardianStatus.IN_VETTING)
    with pytest.raises(IllegalStep, match="second_person_needed"):
        vetted.approve("FH-1", TODAY, START)
    assigned = vetted.approve("FH-2", TODAY, START).assign("ZR", (), "FH-1", START)
    with pytest.raises(IllegalStep, match="second_person_needed"):
        assigned.hold_interview(Meeting(held_on=TODAY, by="FH-2"), None, START)


def test_a_requirement_is_valid_to_its_last_day_and_told_before_and_after() -> None:
    guardian = builders.checked()
    last = date(2027, 9, 14)
    assert guardian.unproved(last) == ()
    assert guardian.unproved(last + timedelta(days=1)) == ("registry",)

    at_night = datetime(2027, 9, 15, tzinfo=ZONE)
    warned = guardian.due(at_night - timedelta(days=20), ZONE)
    assert warned == ("30#registry#2027-09-14",)
    told = guardian.announce(*warned)
    a_week_before = datetime(2027, 9, 7, 9, tzinfo=ZONE)
    assert told.due(a_week_before - timedelta(seconds=1), ZONE) == ()
    assert told.due(a_week_before, ZONE) == ("7#registry#2027-09-14",)
    told = told.announce("7#registry#2027-09-14")
    assert told.due(at_night - timedelta(seconds=1), ZONE) == ()
    assert told.due(at_night, ZONE) == ("0#registry#2027-09-14",)
    renewed = told.record_check(builders.check("registry", day=date(2027, 9, 1)))
    assert renewed.due(at_night, ZONE) == ()
    assert renewed.unproved(at_night.date()) == ()


def test_a_talk_blocks_every_decision_until_it_was_held() -> None:
    talking = standing(GuardianStatus.CLARIFICATION)

    for step in ("approve", "reject", "assign", "hold_interview"):
        with pytest.raises(IllegalStep):
            STEPS[step](talking)
    assert talking.visible_region == "ZR"
    with pytest.raises(IllegalStep):
        talking.withdraw("other", START).close_clarification(START.date(), "clear", START)
    held = talking.close_clarification(START.date(), "clear", START)
    assert held.visible_region is None
    again = held.open_clarification(Invitee.RESPONSIBLE_REPRESENTATIVE, START)
    twice = again.close_clarification(START.date(), "not_clear", START)
    assert [talk.result for talk in twice.talks] == ["clear", "not_clear"], "each keeps its own"


@pytest.mark.parametrize("missing", ["record_training", "hold_interview", "hold_briefing"])
def test_a_guardian_is_ready_with_the_last_of_three(missing: str) -> None:
    guardian = standing(GuardianStatus.ASSIGNED)
    for step in ("record_training", "hold_interview", "hold_briefing"):
        if step != missing:
            guardian = STEPS[step](guardian)
    assert guardian.status is GuardianStatus.ASSIGNED

    assert STEPS[missing](guardian).status is GuardianStatus.READY


def test_a_failed_interview_rejects_with_a_reason() -> None:
    guardian = standing(GuardianStatus.ASSIGNED)

    with pytest.raises(Invalid, match="reason_missing"):
        guardian.hold_interview(FAILED, None, START)
    assert guardian.hold_interview(FAILED, "not_suited", START).status is GuardianStatus.REJECTED


def test_another_region_keeps_the_history_and_asks_for_its_own_steps() -> None:
    here = standing(GuardianStatus.ASSIGNED).hold_interview(PASSED, None, START)
    here = sign(sign(here, Side.HEADQUARTERS), Side.GUARDIAN)
    assert here.participation_signed("1" * 64)

    moved = here.assign("YY", ("D01",), "FH-1", START)

    assert (moved.region, moved.interview) == ("YY", None)
    assert not moved.participation_signed("1" * 64)
    there = sign(moved, Side.HEADQUARTERS)
    assert [each.region for each in there.former_participation_agreements] == ["ZR"]
    assert [each.region for each in moved.assignments] == ["YY"]


def test_a_text_is_signed_once_per_region_and_a_newer_one_anew_by_both() -> None:
    half = sign(standing(GuardianStatus.ASSIGNED), Side.GUARDIAN)
    assert not half.participation_signed("1" * 64)
    with pytest.raises(IllegalStep, match="already_signed"):
        sign(half, Side.GUARDIAN)
    with pytest.raises(IllegalStep, match="second_person_needed"):
        sign(half, Side.HEADQUARTERS, by="guardian")
    newer = sign(half, Side.HEADQUARTERS, text="2")
    assert not newer.participation_signed("2" * 64)

    signed = sign(newer, Side.GUARDIAN, text="2")

    assert signed.participation_signed("2" * 64)
    with pytest.raises(IllegalStep, match="participation_agreement_already_signed"):
        sign(signed, Side.HEADQUARTERS, text="2")
    assert not signed.participation_signed("3" * 64)
    again = sign(sign(signed, Side.HEADQUARTERS, text="3"), Side.GUARDIAN, text="3")
    assert again.participation_signed("3" * 64)
    assert [each.text_hash for each in again.former_participation_agreements] == ["2" * 64]


def test_a_flag_that_went_missing_forbids_the_return() -> None:
    paused = builders.checked(status=GuardianStatus.PAUSED, briefing=None)

    with pytest.raises(IllegalStep, match="checklist_incomplete"):
        paused.resume(TODAY, START)


def test_only_who_has_left_is_forgotten() -> None:
    with pytest.raises(IllegalStep):
        builders.checked().erase_contact()
    gone = builders.checked(status=GuardianStatus.WITHDRAWN, contact_index="c", inn_index="i")
    forgotten = gone.erase_contact()
    assert (forgotten.contact_index, forgotten.inn_index) == (None, None)


def test_the_first_time_of_each_state_is_kept() -> None:
    taken = builders.guardian().take_into_vetting(START)

    assert set(taken.reached) == {"applied", "in_vetting"}
