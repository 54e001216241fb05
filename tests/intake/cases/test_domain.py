"""The machine of a case: every verb in every status, its aids, its deadlines."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from services.intake.cases import care_track
from services.intake.cases.coordination import taking
from services.intake.cases.coordination.keeping import LONGEST_HISTORY, MOST_REQUESTS
from services.intake.cases.coordination.limits import OUTCOME_EVERY, breach_at
from services.intake.cases.domain import OUTCOME_MISSING, Case
from services.intake.cases.values import NeedChanges, NeedStatus, Status
from services.intake.codes.values import ClosedReason, LiftReason
from shared.errors import IllegalStep, Invalid, Labels
from tests.intake.cases import builders
from tests.intake.families.builders import START, family, stamp

LATER = stamp(500)
COLLEAGUE = stamp(500, by="HQ-2")
UTC = ZoneInfo("UTC")

VERBS: dict[str, Callable[[Case], Case]] = {
    "take": lambda case: taking.take(case, LATER if case.untaken else COLLEAGUE),
    "take_over": lambda case: taking.take_over(case, COLLEAGUE, "HQ-1", "agreed"),
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
        case, LATER, family(), "illness", long_term_need=True
    ),
    "lift_care": lambda case: care_track.lift_care(case, LATER, LiftReason.NOT_NEEDED),
    "record_aid": lambda case: case.record_aid(
        LATER, builders.aid(), family(), last=case.status is Status.ONE_TIME_HELP
    ),
    "record_outcome": lambda case: care_track.record_outcome(case, LATER, builders.outcome(500)),
    "withdraw": lambda case: case.withdraw(LATER, "found_help"),
    "reopen": lambda case: case.reopen(LATER, "needs_returned", None),
}

LEGAL: dict[tuple[Status, str], Status] = {
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
    (Status.ONE_TIME_HELP, "clarify_needs"): Status.ONE_TIME_HELP,
    (Status.ONE_TIME_HELP, "correct_needs"): Status.ONE_TIME_HELP,
    (Status.ONE_TIME_HELP, "triage redirect"): Status.CLOSED,
    (Status.ONE_TIME_HELP, "triage decline"): Status.CLOSED,
    (Status.ONE_TIME_HELP, "require_care"): Status.CARE_REQUIRED,
    (Status.CARE_REQUIRED, "record_aid"): Status.CARE_REQUIRED,
    (Status.MATCHED, "record_aid"): Status.MATCHED,
    (Status.IN_CARE, "record_aid"): Status.IN_CARE,
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
    **{
        (status, "take_over"): status
        for status in Status
        if status not in (Status.RECEIVED, Status.CLOSED)
    },
}


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
        assert after.history[-1].by == ("HQ-2" if verb == "take_over" else "HQ-1")
    else:
        with pytest.raises(IllegalStep) as refused:
            VERBS[verb](case)

        others = {"take": "case_already_taken"} if case.open else {}
        if status in (Status.MATCHED, Status.IN_CARE):
            others |= {"lift_care": "case_has_guardian"}
        assert refused.value.code == others.get(verb, "step_not_allowed")
        assert refused.value.next_steps == case.legal_steps


def test_next_steps_name_exactly_the_verbs_that_work() -> None:
    for status, steps in Case.STEPS.items():
        working = {verb.split()[0] for (where, verb) in LEGAL if where is status}
        assert set(builders.IN_STATUS[status]().next_steps) == working
        # Only a case that its family opened again is reviewed and untaken.
        assert set(steps) - working <= ({"take"} if status is Status.IN_REVIEW else set())


def test_several_aids_may_be_given_once_and_the_last_one_closes_the_case() -> None:
    case = builders.one_time().record_aid(LATER, builders.aid(), family(), last=False)
    assert case.status is Status.ONE_TIME_HELP

    closed = case.record_aid(LATER, builders.aid(aid_id="aid_2"), family(), last=True)

    assert closed.status is Status.CLOSED
    assert [each.aid_id for each in closed.aids] == ["aid_1", "aid_2"]


def test_help_closes_no_case_unasked_while_the_family_waits_for_other_help() -> None:
    needs = (builders.need("ned_1", "food_aid"), builders.need("ned_2", "goods_aid"))
    case = builders.one_time().model_copy(update={"needs": needs})
    food, goods = (builders.aid(aid_id=each, category=each, at=LATER.at) for each in (
        "food_aid", "goods_aid",
    ))  # fmt: skip

    with pytest.raises(Invalid, match="last_aid_unsaid") as refused:
        case.record_aid(LATER, food, family())
    assert (refused.value.pointer, refused.value.facts["needs"]) == (
        "/last", Labels("aid_category", ("goods_aid",)),
    )  # fmt: skip
    some = case.record_aid(LATER, food, family(), last=False)
    assert some.status is Status.ONE_TIME_HELP
    assert case.record_aid(LATER, food, family(), last=True).status is Status.CLOSED
    # Each kind was helped with: nothing is left to ask.
    assert some.record_aid(LATER, goods, family()).closed_reason is ClosedReason.AID_GIVEN
    dropped = case.model_copy(
        update={"needs": (needs[0], needs[1].model_copy(update={"status": NeedStatus.DROPPED}))}
    )
    assert dropped.record_aid(LATER, food, family()).status is Status.CLOSED
    assert builders.in_care().record_aid(LATER, food, family()).status is Status.IN_CARE


@pytest.mark.requirement("S2-03")
def test_project_money_for_low_income_families_goes_to_no_other() -> None:
    aid = builders.aid(funding_project="low_income_families")

    with pytest.raises(IllegalStep, match="project_is_for_low_income"):
        builders.one_time().record_aid(LATER, aid, family())

    poor = family(groups=("low_income",))
    helped = builders.one_time().record_aid(LATER, aid, poor, last=True)
    assert helped.closed_reason is ClosedReason.AID_GIVEN
    assert helped.aids == (aid,)


@pytest.mark.parametrize(
    ("low_income", "former", "project", "refused"),
    [
        (True, None, "prj_1", False),
        (False, None, "prj_1", True),
        (False, "prj_1", "prj_1", False),
        (False, "prj_1", None, False),
    ],
)
def test_an_aid_is_corrected_to_a_project_that_its_family_is_for(
    low_income: bool, former: str | None, project: str | None, refused: bool
) -> None:
    given = builders.aid(funding_project=former)
    case = builders.one_time(aids=(given,))
    right = given.model_copy(update={"funding_project": project, "persons": 9})
    its = family(groups=("low_income",) if low_income else ())

    assert case.correct_aid(LATER, given, its, "written_down_wrong") is case
    if refused:
        with pytest.raises(IllegalStep, match="project_is_for_low_income"):
            case.correct_aid(LATER, right, its, "written_down_wrong")
    else:
        assert case.correct_aid(LATER, right, its, "written_down_wrong").aids == (right,)


@pytest.mark.parametrize("make", [builders.in_care, builders.waiting, builders.matched])
def test_no_aid_is_the_last_beside_care_and_who_says_so_is_told(make: Callable[[], Case]) -> None:
    """A case that goes on would be taken for closed."""
    with pytest.raises(Invalid, match="last_of_one_time_help"):
        make().record_aid(LATER, builders.aid(), family(), last=True)
    assert make().record_aid(LATER, builders.aid(), family(), last=False).open


def test_a_case_that_is_opened_again_is_its_coordinators_since_then() -> None:
    """So a caseload that goes over at this moment does not take it along."""
    case = builders.closed()
    assert case.reopen(LATER, "closed_by_mistake", None).taken_at == LATER.at
    by_family = stamp(500, by="fam_1", role="family")
    assert case.reopen(by_family, "needs_returned", None).taken_at == LATER.at
    untaken = builders.received().withdraw(stamp(30), "found_help")
    assert untaken.reopen(by_family, "needs_returned", None).taken_at is None


def test_an_aid_is_taken_out_of_a_case_that_was_closed_for_another_reason_just_then() -> None:
    given = builders.aid(at=stamp(200).at)

    case = builders.closed(aids=(given,)).withdraw_aid(LATER, given, "recorded_twice")

    assert case.aids == ()


@pytest.mark.requirement("S4-48")
def test_a_result_is_due_every_31_days_of_care() -> None:
    case = builders.in_care()
    begun = case.in_care_since
    assert begun is not None
    assert case.next_deadline(UTC) == begun + OUTCOME_EVERY
    assert case.result_missing_since is None

    missed = care_track.miss_outcome(case, stamp(60 * 24 * 32))
    assert missed.fired == (OUTCOME_MISSING,)
    assert missed.next_deadline(UTC) is None
    assert missed.result_missing_since == begun + OUTCOME_EVERY

    outcome = builders.outcome(60 * 24 * 33, "ned_1")
    recorded = care_track.record_outcome(missed, stamp(60 * 24 * 33), outcome)
    assert recorded.fired == ()
    assert recorded.next_deadline(UTC) == START + timedelta(days=33) + OUTCOME_EVERY
    assert [need.need_id for need in recorded.open_needs] == ["ned_2"]
    # Of another care, that began later, a result of the first one says nothing.
    anew = recorded.model_copy(update={"in_care_since": begun + timedelta(days=60)})
    assert anew.next_deadline(UTC) == begun + timedelta(days=60) + OUTCOME_EVERY


def test_nothing_is_due_between_taking_and_care() -> None:
    for status, make in builders.IN_STATUS.items():
        waits = status in (Status.RECEIVED, Status.IN_CARE)
        assert (make().next_deadline(UTC) is not None) is waits


def test_a_reopened_case_starts_its_review_again_with_its_needs() -> None:
    case = builders.closed().reopen(LATER, "new_request", "req_2")

    assert case.status is Status.IN_REVIEW
    assert case.triage is None
    assert case.closed_reason is None
    assert case.taken_by == "HQ-1"
    assert case.history[-1].ref == "req_2"
    declined = builders.in_review().decide(LATER, builders.triage("decline", reason="other"))
    assert declined.reopen(LATER, "new_request", None).triage is None


def test_it_is_known_who_goes_along_with_a_case_however_much_happens_to_it() -> None:
    case = taking.take(builders.received(), stamp(1, "CM-1", "case_manager"))
    for _ in range(LONGEST_HISTORY):
        case = case.record(LATER, "asked_again")

    assert case.with_case_manager
    assert not taking.take_over(case, LATER, "CM-1", "absence").with_case_manager
    reopened = builders.closed(taken_as="case_manager").reopen(LATER, "mistake", None)
    assert not reopened.with_case_manager


def sent(case: Case, minutes: int, request_id: str, role: str = "public") -> Case:
    """The case of a family for which somebody asks again, on the form or by telephone."""
    by = stamp(minutes, role, role)
    return case.join(by, request_id, (), urgent=False, heard=role != "public")


def test_strangers_push_nothing_of_a_family_out_of_its_case() -> None:
    """Whoever types its phone can send as many forms as it likes."""
    case = sent(builders.in_review(), 60, "req_2", "hotline_operator")
    limit, known = breach_at(case), case.history
    for number in range(LONGEST_HISTORY + 9):
        case = sent(case, 100 + number, f"req_form_{number}")

    assert len(case.history) == LONGEST_HISTORY
    assert case.history[: len(known)] == known
    assert breach_at(case) == limit
    assert len(case.requests) == MOST_REQUESTS
    assert case.requests[:2] == ("req_1", "req_2")
    assert case.history[-1].ref == case.requests[-1] == f"req_form_{LONGEST_HISTORY + 8}"
    for number in range(LONGEST_HISTORY):
        case = sent(case, 900 + number, f"req_{number + 3}", "hotline_operator")
    assert (case.requests[0], case.history[0].ref) == ("req_203", "req_3")
    assert (len(case.requests), len(case.history)) == (MOST_REQUESTS, LONGEST_HISTORY)


def test_a_request_in_which_more_was_asked_is_the_latest_of_its_case() -> None:
    case = sent(builders.in_review(), 60, "req_2")
    again = sent(case, 90, "req_1", "hotline_operator")

    assert again.requests == ("req_2", "req_1")


def test_it_is_known_since_when_a_case_is_its_coordinators() -> None:
    """Who hands over a colleague's cases names those that were taken until then."""
    assert taking.take(builders.received(), LATER).taken_at == LATER.at
