"""The machine of a case: every verb in every status, and each guard."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from services.intake.cases import care_track
from services.intake.cases.coordination import taking
from services.intake.cases.coordination.limits import OUTCOME_EVERY
from services.intake.cases.decisions import became
from services.intake.cases.domain import LONGEST_HISTORY, OUTCOME_MISSING, Case
from services.intake.cases.values import (
    MAX_KEPT_NEEDS,
    MAX_NEEDS,
    MAX_TEXTS,
    AskedNeed,
    NeedChanges,
    NeedStatus,
    Status,
)
from services.intake.codes.values import ClosedReason, LiftReason, Urgency
from shared.errors import IllegalStep, Invalid, Labels
from tests.intake.cases import builders
from tests.intake.families.builders import START, family, silent, stamp

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
    "record_aid": lambda case: case.record_aid(LATER, builders.aid(), family(), last=True),
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


@pytest.mark.requirement("S4-04")
def test_a_family_that_needs_no_long_term_help_gets_no_marker() -> None:
    case = builders.in_review()

    with pytest.raises(IllegalStep, match="needs_no_long_term_help"):
        care_track.require_care(case, LATER, family(), "illness", long_term_need=False)


def test_the_marker_needs_a_clarified_open_need() -> None:
    taken = taking.take(builders.received(), stamp(25))

    with pytest.raises(IllegalStep, match="no_clarified_need"):
        care_track.require_care(taken, LATER, family(), "illness", long_term_need=True)

    unknown = taking.take(builders.received(needs=()), stamp(25))
    with pytest.raises(IllegalStep, match="no_clarified_need"):
        care_track.require_care(unknown, LATER, family(), "illness", long_term_need=True)


def test_the_marker_needs_consent_to_share_need_categories() -> None:
    case = builders.in_review()

    with pytest.raises(IllegalStep, match="no_consent_to_share"):
        care_track.require_care(case, LATER, silent(), "illness", long_term_need=True)


def test_an_anonymous_family_gets_no_guardian() -> None:
    case, unnamed = builders.in_review(), family(anonymous=True)

    with pytest.raises(IllegalStep, match="family_is_anonymous"):
        care_track.require_care(case, LATER, unnamed, "illness", long_term_need=True)


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


def test_a_programme_without_guardians_promises_none() -> None:
    case = builders.in_review(programme="family_care")

    assert "require_care" not in case.next_steps
    with pytest.raises(IllegalStep, match="programme_without_guardians"):
        care_track.require_care(case, LATER, family(), "illness", long_term_need=True)


@pytest.mark.requirement("S2-03")
def test_project_money_for_low_income_families_goes_to_no_other() -> None:
    aid = builders.aid(funding_project="low_income_families")

    with pytest.raises(IllegalStep, match="project_is_for_low_income"):
        builders.one_time().record_aid(LATER, aid, family())

    poor = family(groups=("low_income",))
    helped = builders.one_time().record_aid(LATER, aid, poor, last=True)
    assert helped.closed_reason is ClosedReason.AID_GIVEN
    assert helped.aids == (aid,)


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


def test_needs_that_were_met_make_room_for_new_ones() -> None:
    full = tuple(builders.need(f"ned_{place}", f"kind_{place}") for place in range(MAX_NEEDS))
    met = NeedChanges(met=tuple(need.need_id for need in full))
    case = builders.in_review(needs=full).change_needs(LATER, met, by_family=False)

    again = case.join(LATER, "req_2", (asked("ned_x", "kind_1"),), urgent=False, heard=True)
    added = again.change_needs(LATER, NeedChanges(added=full[:-1]), by_family=False)

    assert [need.need_id for need in again.open_needs] == ["ned_x"]
    assert (len(added.open_needs), len(added.needs)) == (MAX_NEEDS, MAX_KEPT_NEEDS)
    with pytest.raises(Invalid, match="too_many_needs"):
        added.change_needs(LATER, NeedChanges(added=full[-1:]), by_family=False)
    left = added.change_needs(LATER, NeedChanges(met=("ned_x",)), by_family=False)
    over = left.join(LATER, "req_3", (asked("ned_y", "kind_x"),), urgent=False, heard=True)
    assert over.needs == left.needs


@pytest.mark.parametrize("status", [Status.CARE_REQUIRED, Status.MATCHED])
def test_a_waiting_family_keeps_at_least_one_open_need(status: Status) -> None:
    case, all_met = builders.IN_STATUS[status](), NeedChanges(met=("ned_1", "ned_2"))

    with pytest.raises(IllegalStep) as refused:
        case.change_needs(LATER, all_met, by_family=False)
    with pytest.raises(IllegalStep) as to_family:
        case.shown_to(lambda step: step == "withdraw").change_needs(LATER, all_met, by_family=True)

    waits = status is Status.CARE_REQUIRED
    assert refused.value.code == ("last_open_need" if waits else "last_need_of_match")
    lifted = ("lift_care",) if waits else ()
    assert set(refused.value.next_steps) == {*lifted, "withdraw"}
    assert to_family.value.next_steps == ("withdraw",)


def test_what_a_family_adds_counts_at_once_but_is_not_yet_clarified() -> None:
    pets = builders.need("ned_3", "animal_care")
    case = builders.in_care().change_needs(LATER, NeedChanges(added=(pets,)), by_family=True)

    assert [need.category for need in case.open_needs][-1] == "animal_care"
    assert not case.needs[-1].clarified
    assert case.history[-1].what == "needs_corrected"


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


def test_a_wish_that_is_sent_twice_is_one_need_and_other_help_is_several() -> None:
    wish = builders.need("ned_8", "animal_care", text_refs=("txt_1#ned_8",))
    case = builders.received().change_needs(LATER, NeedChanges(added=(wish,)), by_family=True)
    again = builders.need("ned_9", "animal_care", urgency="urgent", text_refs=("txt_2#ned_9",))
    other = tuple(builders.need(f"ned_o{n}", "other") for n in range(2))

    bare = builders.need("ned_7", "animal_care")
    assert case.change_needs(LATER, NeedChanges(added=(bare,)), by_family=True).needs == case.needs
    twice = case.change_needs(LATER, NeedChanges(added=(again, *other)), by_family=True)

    added = {need.need_id: need for need in twice.needs if need not in builders.received().needs}
    assert list(added) == ["ned_8", "ned_o0", "ned_o1"]
    assert added["ned_8"].text_refs == ("txt_1#ned_8", "txt_2#ned_9")
    assert added["ned_8"].urgency == "urgent"
    reviewed = builders.in_review()
    split = builders.need("ned_7", reviewed.needs[0].category)
    told = reviewed.change_needs(LATER, NeedChanges(added=(split,)), by_family=False)
    assert told.needs[-1].need_id == "ned_7"


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


# the family asks again -----------------------------------------------------------------------


def asked(need_id: str, category: str, **facts: object) -> AskedNeed:
    """What somebody asked for in a later call."""
    return AskedNeed.model_validate({"need_id": need_id, "category": category} | facts)


def test_a_later_request_adds_needs_words_and_urgency_to_the_open_case() -> None:
    again = (
        asked("ned_8", "household_help", urgency="urgent", text_ref="req_2#ned_8"),
        asked("ned_9", "animal_care"),
    )

    case = builders.received().join(LATER, "req_2", again, urgent=True, heard=True)

    assert (case.history[0].what, case.history[0].ref) == ("received", "req_1")
    known, _, new = case.needs
    assert (known.need_id, known.urgency) == ("ned_1", Urgency.URGENT)
    assert known.text_refs == ("req_2#ned_8",)
    assert (new.need_id, new.category, new.clarified) == ("ned_9", "animal_care", False)
    assert case.urgent
    assert case.requests == ("req_1", "req_2")
    assert (case.history[-1].what, case.history[-1].ref) == ("asked_again", "req_2")


def test_a_case_stays_urgent_and_to_be_checked_whatever_a_later_request_says() -> None:
    case = builders.received(urgent=True, needs_check=True)

    again = case.join(LATER, "req_2", (), urgent=False, heard=True)

    assert (again.urgent, again.needs_check) == (True, True)


def test_a_need_never_becomes_less_urgent_by_a_later_request() -> None:
    urgent = builders.received(needs=(builders.need("ned_1", urgency="urgent"),))

    case = urgent.join(
        LATER, "req_2", (asked("ned_8", "household_help"),), urgent=False, heard=True
    )

    assert case.needs == urgent.needs


def test_a_need_that_is_met_is_a_new_one_when_it_is_asked_for_again() -> None:
    met = builders.in_care().change_needs(LATER, NeedChanges(met=("ned_1",)), by_family=False)

    case = met.join(LATER, "req_2", (asked("ned_8", "household_help"),), urgent=False, heard=True)

    assert [need.need_id for need in case.open_needs] == ["ned_2", "ned_8"]


def test_what_a_request_took_along_comes_back_with_it_once() -> None:
    dropped = NeedChanges(dropped={"ned_1": "mistake"})
    left = builders.in_care().change_needs(LATER, dropped, by_family=False)

    case = left.join(LATER, "req_2", (asked("ned_1", "household_help"),), urgent=False, heard=True)

    assert [(need.need_id, need.open) for need in case.needs] == [("ned_2", True), ("ned_1", True)]


@pytest.mark.parametrize(
    ("status", "added"),
    [
        (Status.RECEIVED, True),
        (Status.IN_REVIEW, True),
        (Status.ONE_TIME_HELP, False),
        (Status.CARE_REQUIRED, False),
        (Status.MATCHED, False),
        (Status.IN_CARE, False),
    ],
)
def test_what_nobody_has_heard_changes_no_needs_that_others_work_on(
    status: Status, added: bool
) -> None:
    case = builders.IN_STATUS[status]()
    again = (asked("ned_8", "animal_care"),)

    unheard = case.join(LATER, "req_2", again, urgent=False, heard=False)
    heard = case.join(LATER, "req_2", again, urgent=False, heard=True)

    assert (len(unheard.needs) > len(case.needs)) is added
    assert len(heard.needs) > len(case.needs)
    assert unheard.requests == heard.requests == ("req_1", "req_2")


def test_fifty_calls_are_kept_and_leave_a_bounded_case() -> None:
    case = builders.received()
    for number in range(2, 52):
        again = (
            asked(f"ned_{number}0", "household_help", text_ref=f"req_{number}#x"),
            asked(f"ned_{number}1", f"kind_{number}"),
        )
        case = case.join(LATER, f"req_{number}", again, urgent=False, heard=True)

    assert len(case.requests) == 51
    assert len(case.needs) == MAX_NEEDS
    # The first words of it may be those that headquarters has written.
    assert case.needs[0].text_refs == tuple(f"req_{each}#x" for each in (2, 48, 49, 50, 51))
    assert len(case.needs[0].text_refs) == MAX_TEXTS


def test_only_help_of_its_kind_given_since_it_was_asked_for_meets_a_need() -> None:
    early, late = builders.aid(at=stamp(10).at), builders.aid(at=stamp(30).at)
    asked = builders.need("ned_1", builders.aid().category, changed_at=stamp(20).at)
    other = builders.need("ned_2", "legal_help", changed_at=stamp(20).at)

    assert became(asked, [early]) is NeedStatus.ENDED
    assert became(asked, [early, late]) is NeedStatus.MET
    assert became(asked, [builders.aid(at=asked.changed_at)]) is NeedStatus.MET
    assert became(other, [late]) is NeedStatus.ENDED
    dropped = asked.model_copy(update={"status": NeedStatus.DROPPED})
    assert became(dropped, [late]) is NeedStatus.DROPPED
