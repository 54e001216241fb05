"""The machine of requirements 11.1: every verb in every status, and each guard."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from services.intake.cases import care_track
from services.intake.cases.domain import OUTCOME_EVERY, OUTCOME_MISSING, Case
from services.intake.cases.values import MAX_NEEDS, Family, Member, NeedChanges, Status
from services.intake.codes.values import (
    ClosedReason,
    LiftReason,
    Purpose,
)
from shared.errors import IllegalStep, Invalid
from tests.intake.cases import builders
from tests.intake.cases.builders import stamp

LATER = stamp(500)
UTC = ZoneInfo("UTC")

VERBS: dict[str, Callable[[Case], Case]] = {
    "take": lambda case: case.take(LATER),
    "clarify_needs": lambda case: case.change_needs(
        LATER, NeedChanges(added=(builders.need("ned_9"),)), by_family=False
    ),
    "correct_needs": lambda case: case.change_needs(
        LATER, NeedChanges(added=(builders.need("ned_9"),)), by_family=True
    ),
    "triage one_time": lambda case: case.decide(LATER, builders.triage("one_time")),
    "triage redirect": lambda case: case.decide(
        LATER, builders.triage("redirect", provider="prv_1")
    ),
    "triage decline": lambda case: case.decide(
        LATER, builders.triage("decline", reason="outside_programme")
    ),
    "require_care": lambda case: care_track.require_care(
        case, LATER, "illness", long_term_need=True
    ),
    "lift_care": lambda case: case.lift_care(LATER, LiftReason.NOT_NEEDED),
    "record_aid": lambda case: case.record_aid(LATER, builders.aid()),
    "record_outcome": lambda case: care_track.record_outcome(case, LATER, builders.outcome(500)),
    "withdraw": lambda case: case.withdraw(LATER, "found_help"),
    "reopen": lambda case: case.reopen(LATER, "needs_returned", None),
}

LEGAL = {
    (Status.RECEIVED, "take"): Status.IN_REVIEW,
    (Status.RECEIVED, "correct_needs"): Status.RECEIVED,
    (Status.RECEIVED, "withdraw"): Status.CLOSED,
    (Status.IN_REVIEW, "clarify_needs"): Status.IN_REVIEW,
    (Status.IN_REVIEW, "correct_needs"): Status.IN_REVIEW,
    (Status.IN_REVIEW, "triage one_time"): Status.ONE_TIME_HELP,
    (Status.IN_REVIEW, "triage redirect"): Status.CLOSED,
    (Status.IN_REVIEW, "triage decline"): Status.CLOSED,
    (Status.IN_REVIEW, "require_care"): Status.CARE_REQUIRED,
    (Status.IN_REVIEW, "withdraw"): Status.CLOSED,
    (Status.ONE_TIME_HELP, "record_aid"): Status.CLOSED,
    (Status.ONE_TIME_HELP, "withdraw"): Status.CLOSED,
    (Status.CARE_REQUIRED, "clarify_needs"): Status.CARE_REQUIRED,
    (Status.CARE_REQUIRED, "correct_needs"): Status.CARE_REQUIRED,
    (Status.CARE_REQUIRED, "lift_care"): Status.IN_REVIEW,
    (Status.CARE_REQUIRED, "withdraw"): Status.CLOSED,
    (Status.MATCHED, "clarify_needs"): Status.MATCHED,
    (Status.MATCHED, "correct_needs"): Status.MATCHED,
    (Status.MATCHED, "withdraw"): Status.CLOSED,
    (Status.IN_CARE, "clarify_needs"): Status.IN_CARE,
    (Status.IN_CARE, "correct_needs"): Status.IN_CARE,
    (Status.IN_CARE, "record_outcome"): Status.IN_CARE,
    (Status.IN_CARE, "withdraw"): Status.CLOSED,
    (Status.CLOSED, "reopen"): Status.IN_REVIEW,
}


@pytest.mark.requirement("S4-09", "S4-10", "S4-33", "S4-34")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", Status)
def test_each_status_accepts_its_own_verbs_and_refuses_all_others(
    status: Status, verb: str
) -> None:
    case = builders.IN_STATUS[status]()
    assert case.status is status

    if (status, verb) in LEGAL:
        after = VERBS[verb](case)

        assert after.status is LEGAL[status, verb]
        assert after.history[-1].at == LATER.at
        assert after.history[-1].by == "HQ-1"
    else:
        with pytest.raises(IllegalStep) as refused:
            VERBS[verb](case)

        taken = (status, verb) == ("in_review", "take")
        assert refused.value.code == ("case_already_taken" if taken else "step_not_allowed")
        assert refused.value.next_steps == tuple(Case.STEPS[status])


def test_next_steps_name_exactly_the_verbs_that_work() -> None:
    for status, steps in Case.STEPS.items():
        working = {verb.split()[0] for (where, verb) in LEGAL if where is status}
        assert set(steps) == working


@pytest.mark.requirement("S4-04")
def test_a_family_that_needs_no_long_term_help_gets_no_marker() -> None:
    case = builders.in_review()

    with pytest.raises(IllegalStep, match="needs_no_long_term_help"):
        care_track.require_care(case, LATER, "illness", long_term_need=False)


@pytest.mark.requirement("S4-10")
def test_the_marker_needs_a_clarified_open_need() -> None:
    taken = builders.received().take(stamp(25))

    with pytest.raises(IllegalStep, match="no_clarified_need"):
        care_track.require_care(taken, LATER, "illness", long_term_need=True)

    unknown = builders.received(needs=()).take(stamp(25))
    with pytest.raises(IllegalStep, match="no_clarified_need"):
        care_track.require_care(unknown, LATER, "illness", long_term_need=True)


@pytest.mark.requirement("S1-04")
def test_the_marker_needs_consent_to_share_need_categories() -> None:
    case = builders.in_review(consents=(builders.consent(Purpose.PROCESSING),))

    with pytest.raises(IllegalStep, match="no_consent_to_share"):
        care_track.require_care(case, LATER, "illness", long_term_need=True)


def test_an_anonymous_family_gets_no_guardian() -> None:
    case = builders.in_review(confidentiality="anonymous")

    with pytest.raises(IllegalStep, match="family_is_anonymous"):
        care_track.require_care(case, LATER, "illness", long_term_need=True)


@pytest.mark.requirement("S2-03")
def test_project_money_for_low_income_families_goes_to_no_other() -> None:
    aid = builders.aid(funding_project="P-LOW")

    with pytest.raises(IllegalStep, match="project_is_for_low_income"):
        builders.one_time().record_aid(LATER, aid)

    family = Family(kind="birth", applicant_relation="parent", groups=("low_income",))
    helped = builders.one_time(family=family).record_aid(LATER, aid)
    assert helped.closed_reason is ClosedReason.AID_GIVEN
    assert helped.aids == (aid,)


@pytest.mark.requirement("S4-03")
def test_another_relation_is_accepted_and_marked_for_a_check() -> None:
    assert not builders.received().family.needs_check

    family = Family(
        kind="service_member", applicant_relation="parent", members=(Member(relation="other"),)
    )
    assert builders.received(family=family).family.needs_check


def test_only_open_needs_change_and_each_once_per_call() -> None:
    case = builders.in_review().change_needs(
        stamp(60), NeedChanges(met=("ned_1",)), by_family=False
    )

    with pytest.raises(Invalid, match="need_not_open"):
        case.change_needs(LATER, NeedChanges(met=("ned_1",)), by_family=False)
    with pytest.raises(Invalid, match="need_not_open"):
        case.change_needs(LATER, NeedChanges(met=("ned_2",), confirmed=("ned_2",)), by_family=False)
    with pytest.raises(Invalid, match="need_not_open"):
        case.change_needs(LATER, NeedChanges(confirmed=("ned_7",)), by_family=False)


def test_a_case_has_a_bounded_number_of_needs() -> None:
    many = tuple(builders.need(f"ned_{place}") for place in range(MAX_NEEDS + 1))

    with pytest.raises(Invalid, match="too_many_needs"):
        builders.in_review(needs=()).change_needs(LATER, NeedChanges(added=many), by_family=False)


@pytest.mark.parametrize("status", [Status.CARE_REQUIRED, Status.MATCHED])
def test_a_waiting_family_keeps_at_least_one_open_need(status: Status) -> None:
    case = builders.IN_STATUS[status]()

    with pytest.raises(IllegalStep) as refused:
        case.change_needs(LATER, NeedChanges(met=("ned_1", "ned_2")), by_family=False)

    assert refused.value.code == "last_open_need"


@pytest.mark.requirement("S4-28")
def test_what_a_family_adds_counts_at_once_but_is_not_yet_clarified() -> None:
    pets = builders.need("ned_3", "animal_care")
    case = builders.in_care().change_needs(LATER, NeedChanges(added=(pets,)), by_family=True)

    assert [need.category for need in case.open_needs][-1] == "animal_care"
    assert not case.needs[-1].clarified
    assert case.history[-1].what == "needs_corrected"


@pytest.mark.requirement("S4-48")
def test_a_result_is_due_every_31_days_of_care() -> None:
    case = builders.in_care()
    begun = case.in_care_since
    assert begun is not None
    assert case.next_deadline(UTC) == begun + OUTCOME_EVERY

    missed = care_track.miss_outcome(case, stamp(60 * 24 * 32))
    assert missed.fired == (OUTCOME_MISSING,)
    assert missed.next_deadline(UTC) is None
    assert missed.result_missing_since == begun + OUTCOME_EVERY

    outcome = builders.outcome(60 * 24 * 33, "ned_1")
    recorded = care_track.record_outcome(missed, stamp(60 * 24 * 33), outcome)
    assert recorded.fired == ()
    assert recorded.next_deadline(UTC) == builders.START + timedelta(days=33) + OUTCOME_EVERY
    assert [need.need_id for need in recorded.open_needs] == ["ned_2"]


def test_nothing_is_due_outside_care() -> None:
    for status, make in builders.IN_STATUS.items():
        assert (make().next_deadline(UTC) is None) is (status is not Status.IN_CARE)


@pytest.mark.requirement("X-13")
def test_withdrawing_consent_to_share_stops_the_search_for_a_guardian() -> None:
    case = builders.waiting().withdraw_consent(LATER, Purpose.SHARE_NEED_CATEGORIES, None)

    assert case.status is Status.IN_REVIEW
    assert case.care is None
    assert not case.allows(Purpose.SHARE_NEED_CATEGORIES)
    assert case.allows(Purpose.PROCESSING)


def test_a_consent_is_given_and_taken_back_once() -> None:
    case = builders.received()

    assert case.give_consent(LATER, builders.consent(Purpose.CONTACT)) is case
    without = case.withdraw_consent(LATER, Purpose.CONTACT, None)
    assert without.withdraw_consent(LATER, Purpose.CONTACT, None) is without
    again = without.give_consent(LATER, builders.consent(Purpose.CONTACT))
    assert again.allows(Purpose.CONTACT)
    assert len(again.consents) == len(case.consents) + 1


@pytest.mark.requirement("X-13")
@pytest.mark.parametrize("status", Status)
def test_an_erased_person_leaves_codes_and_counts_and_never_returns(status: Status) -> None:
    family = Family(
        kind="service_member",
        applicant_relation="parent",
        members=(Member(relation="child", born="2019-03"),),
    )
    case = builders.IN_STATUS[status](family=family, has_contact=True, contact_index="blind")

    erased = case.erase(LATER, ClosedReason.ERASED)

    assert erased.status is Status.CLOSED
    assert erased.erased_at == LATER.at
    assert not erased.has_contact
    assert erased.contact_index is None
    assert not any(given.holds for given in erased.consents)
    assert erased.family.members == (Member(relation="child"),)
    assert [need.category for need in erased.needs] == [need.category for need in case.needs]
    with pytest.raises(IllegalStep):
        erased.reopen(LATER, "needs_returned", None)
    with pytest.raises(IllegalStep):
        erased.give_consent(LATER, builders.consent(Purpose.PROCESSING))


def test_a_reopened_case_starts_its_review_again_with_its_needs() -> None:
    case = builders.closed().reopen(LATER, "new_request", "req_2")

    assert case.status is Status.IN_REVIEW
    assert case.triage is None
    assert case.closed_reason is None
    assert case.taken_by == "HQ-1"
    assert case.history[-1].ref == "req_2"
