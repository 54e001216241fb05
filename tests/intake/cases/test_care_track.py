"""When a case gets its marker, and what facts about matches do to it in every order."""

from collections.abc import Callable
from datetime import date

import pytest

from services.intake.cases import care_track
from services.intake.cases.coordination import taking
from services.intake.cases.domain import Case
from services.intake.cases.values import NeedChanges, Status
from services.intake.codes.values import ClosedReason
from shared.errors import IllegalStep, Invalid, PreconditionPending
from tests.intake.cases import builders
from tests.intake.cases.builders import GUARDIAN, MATCH
from tests.intake.families.builders import family, silent, stamp

LATER = stamp(500)
DAY = date(2026, 9, 18)

FACTS: dict[str, Callable[[Case, str], Case]] = {
    "declined": lambda case, match: care_track.abandoned(
        case, LATER, family(), match, "match_declined", "too_far"
    ),
    "introduced": lambda case, match: care_track.introduced(case, LATER, match),
    "agreed": lambda case, match: care_track.agreed(case, LATER, match),
    "started": lambda case, match: care_track.started(case, LATER, match, DAY),
    "ended": lambda case, match: care_track.ended(case, LATER, family(), match, "conflict"),
}


def propose(case: Case, match: str, minutes: int) -> Case:
    return care_track.proposed(case, stamp(minutes), match, "gua_2")


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


def test_a_programme_without_guardians_promises_none() -> None:
    case = builders.in_review(programme="family_care")

    assert "require_care" not in case.next_steps
    with pytest.raises(IllegalStep, match="programme_without_guardians"):
        care_track.require_care(case, LATER, family(), "illness", long_term_need=True)


def test_a_proposal_matches_a_waiting_family_once() -> None:
    case = builders.matched()

    assert case.status is Status.MATCHED
    assert case.match is not None
    assert case.match.guardian_id == GUARDIAN
    assert propose(case, MATCH, 80) is case


def test_the_contact_is_released_by_the_introduction() -> None:
    case = builders.matched()
    assert case.match is not None
    assert not case.match.introduced

    met = care_track.introduced(case, LATER, MATCH)
    assert met.match is not None
    assert met.match.introduced


def test_a_lost_match_puts_the_family_back_in_line_with_its_old_age() -> None:
    case = builders.matched()

    waiting = care_track.abandoned(case, LATER, family(), MATCH, "match_declined", "too_far")

    assert waiting.status is Status.CARE_REQUIRED
    assert waiting.match is None
    assert waiting.care == case.care


def test_care_that_ended_with_open_needs_makes_the_family_wait_again() -> None:
    case = care_track.ended(
        builders.in_care(), LATER, family(), MATCH, "guardian_resources_exhausted"
    )

    assert case.status is Status.CARE_REQUIRED
    assert care_track.excluded(builders.in_care(), MATCH, "guardian_resources_exhausted") is None


def test_after_a_conflict_the_guardian_is_never_offered_again() -> None:
    case = care_track.ended(builders.in_care(), LATER, family(), MATCH, "conflict")

    assert case.status is Status.CARE_REQUIRED
    assert care_track.excluded(builders.in_care(), MATCH, "conflict") == GUARDIAN
    assert care_track.excluded(case, MATCH, "conflict") is None


def test_care_that_ended_with_all_needs_met_closes_the_case() -> None:
    helped = builders.in_care().change_needs(
        LATER, NeedChanges(met=("ned_1", "ned_2")), by_family=False
    )

    case = care_track.ended(helped, LATER, family(), MATCH, "all_needs_met")

    assert case.status is Status.CLOSED
    assert case.closed_reason is ClosedReason.ALL_NEEDS_MET


def test_a_need_added_at_the_last_moment_keeps_the_case_open() -> None:
    case = care_track.ended(builders.in_care(), LATER, family(), MATCH, "all_needs_met")

    assert case.status is Status.CARE_REQUIRED


def test_without_consent_to_share_headquarters_looks_at_the_case_again() -> None:
    case = care_track.ended(builders.in_care(), LATER, silent(), MATCH, "conflict")

    assert case.status is Status.IN_REVIEW
    assert case.care is None


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_about_a_match_not_heard_of_waits_for_its_proposal(fact: str) -> None:
    for case in (builders.waiting(), builders.matched(), builders.in_care()):
        with pytest.raises(PreconditionPending):
            FACTS[fact](case, "mat_2")


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_about_an_earlier_match_changes_nothing_after_the_search_was_stopped(
    fact: str,
) -> None:
    first = care_track.abandoned(
        builders.matched(), LATER, family(), MATCH, "match_declined", "too_far"
    )
    second = propose(first, "mat_2", 600)
    stopped = care_track.stop_search(second, stamp(700), "consent_withdrawn")
    over = FACTS["declined"](stopped, "mat_2")

    assert (stopped.status, stopped.match) == (Status.IN_REVIEW, None)
    assert FACTS[fact](stopped, MATCH) is stopped
    assert (over.status, over.history) == (stopped.status, stopped.history)
    assert FACTS[fact](over, "mat_2") is over


def test_a_first_help_under_way_when_the_search_was_stopped_is_a_care() -> None:
    """Matching takes back no match whose care has begun: the guardian helps the family."""
    before = builders.matched()
    stopped = care_track.stop_search(before, stamp(400), "consent_withdrawn")

    again = FACTS["started"](stopped, MATCH)

    assert (again.status, again.care, again.in_care_since) == (
        Status.IN_CARE, before.care, LATER.at,
    )  # fmt: skip
    assert again.match is not None
    assert (again.match.match_id, again.match.started_on) == (MATCH, DAY)
    assert (again.past_matches, again.left_care) == ((), None)
    ended = care_track.ended(again, LATER, silent(), MATCH, "conflict")
    assert (ended.status, ended.care) == (Status.IN_REVIEW, None)


def test_a_first_help_that_is_heard_of_after_the_next_marker_is_the_care_too() -> None:
    """The family has its guardian: it does not wait for one."""
    stopped = care_track.stop_search(builders.matched(), stamp(400), "consent_withdrawn")
    marked = care_track.require_care(stopped, stamp(450), family(), "illness", long_term_need=True)

    again = FACTS["started"](marked, MATCH)

    assert (again.status, again.in_care_since) == (Status.IN_CARE, LATER.at)
    assert again.match is not None and again.match.match_id == MATCH
    assert FACTS["ended"](again, MATCH).status is Status.CARE_REQUIRED


@pytest.mark.parametrize("begun", [False, True])
def test_a_care_that_a_case_left_is_known_still_when_it_is_closed_without_a_match(
    begun: bool,
) -> None:
    stopped = care_track.stop_search(builders.matched(), stamp(400), "consent_withdrawn")
    closed = stopped.withdraw(LATER, "found_help")
    heard = FACTS["started"](closed, MATCH) if begun else closed

    reopened = heard.reopen(LATER, "needs_returned", None)

    again = reopened if begun else FACTS["started"](reopened, MATCH)
    assert (again.status, again.in_care_since) == (Status.IN_CARE, LATER.at)


def test_the_history_names_the_match_of_each_step() -> None:
    """Of two matches of a case the timeline shows which was met, and which began."""
    steps = ("match_proposed", "introduction_held", "care_agreement_signed", "care_started")
    found = [(line.what, line.ref) for line in builders.in_care().history if line.what in steps]

    assert found == [(step, MATCH) for step in steps]


def test_a_need_that_an_outcome_may_not_name_is_pointed_to_where_it_was_named() -> None:
    with pytest.raises(Invalid, match="need_not_open") as refused:
        care_track.record_outcome(builders.in_care(), LATER, builders.outcome(500, "ned_7"))

    assert refused.value.pointer == "/needs_met/0"


def test_each_outcome_of_a_care_is_kept() -> None:
    first, second = builders.outcome(500), builders.outcome(600)

    case = care_track.record_outcome(builders.in_care(), LATER, first)

    assert care_track.record_outcome(case, stamp(600), second).outcomes == (first, second)


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_about_a_match_that_is_over_changes_nothing(fact: str) -> None:
    over = care_track.abandoned(
        builders.matched(), LATER, family(), MATCH, "match_declined", "too_far"
    )
    assert FACTS[fact](over, MATCH) is over
    second = FACTS["declined"](propose(over, "mat_2", 600), "mat_2")
    assert FACTS[fact](second, MATCH) is second, "one before the last, heard of again"

    again = FACTS["ended"](builders.in_care().withdraw(LATER, "found_help"), MATCH)
    assert FACTS[fact](again, MATCH) is again


def test_a_case_that_was_closed_in_care_is_in_that_care_again_until_it_is_over() -> None:
    before = builders.in_care()
    closed = before.withdraw(LATER, "found_help")
    assert (closed.status, closed.match, closed.in_care_since) == (Status.CLOSED, None, None)

    again = closed.reopen(LATER, "closed_by_mistake", None)
    assert again.status is Status.IN_CARE
    assert (again.match, again.care, again.in_care_since, again.past_matches) == (
        before.match, before.care, before.in_care_since, before.past_matches,
    )  # fmt: skip
    assert FACTS["ended"](again, MATCH).status is Status.CARE_REQUIRED
    assert care_track.excluded(closed, MATCH, "conflict") == GUARDIAN

    over = FACTS["ended"](closed, MATCH)
    assert (over.status, over.history[:-1]) == (Status.CLOSED, closed.history)
    assert over.reopen(LATER, "needs_returned", None).status is Status.IN_REVIEW


def test_a_first_help_heard_of_after_the_end_is_the_care_that_the_family_comes_back_to() -> None:
    """Matching goes on with a care that had begun until headquarters ends it."""
    before = builders.matched()
    closed = before.withdraw(LATER, "found_help")
    reopened = closed.reopen(LATER, "needs_returned", None)
    assert (reopened.status, reopened.match) == (Status.IN_REVIEW, None)

    heard = FACTS["started"](closed, MATCH)
    assert (heard.status, heard.match, heard.in_care_since) == (Status.CLOSED, None, None)
    assert care_track.excluded(heard, MATCH, "conflict") == GUARDIAN
    for again in (heard.reopen(LATER, "needs_returned", None), FACTS["started"](reopened, MATCH)):
        assert (again.status, again.in_care_since) == (Status.IN_CARE, LATER.at)
        assert again.match is not None
        assert (again.match.started_on, again.match.introduced) == (DAY, True)
        assert (again.care, again.past_matches) == (before.care, before.past_matches)
        assert FACTS["ended"](again, MATCH).status is Status.CARE_REQUIRED
    over = FACTS["ended"](heard, MATCH).reopen(LATER, "needs_returned", None)
    assert (over.status, FACTS["started"](over, MATCH)) == (Status.IN_REVIEW, over)


@pytest.mark.parametrize("fact", ["declined", "ended"])
def test_a_match_that_ended_with_the_case_is_none_to_come_back_to(fact: str) -> None:
    over = FACTS[fact](builders.matched().withdraw(LATER, "found_help"), MATCH)

    assert over.left_care is None
    assert FACTS["started"](over, MATCH) is over
    assert over.reopen(LATER, "needs_returned", None).status is Status.IN_REVIEW


@pytest.mark.parametrize("fact", FACTS)
def test_a_match_first_heard_of_after_the_end_stays_over_when_the_case_reopens(fact: str) -> None:
    closed = builders.in_care().withdraw(LATER, "found_help")

    heard = FACTS[fact](closed, "mat_2")
    reopened = heard.reopen(LATER, "needs_returned", None)

    assert heard.status is Status.CLOSED
    assert FACTS[fact](reopened, "mat_2") is reopened
    assert propose(reopened, "mat_2", 900) is reopened


def test_the_next_proposal_waits_until_the_last_match_is_known_to_be_over() -> None:
    case = builders.matched()

    with pytest.raises(PreconditionPending):
        propose(case, "mat_2", 200)

    with pytest.raises(PreconditionPending):  # at one moment, too: the first one ended before
        propose(case, "mat_2", 80)

    over = care_track.abandoned(case, LATER, family(), MATCH, "match_cancelled", "mistake")
    assert propose(over, "mat_2", 200).status is Status.MATCHED


def test_a_proposal_that_is_older_than_the_open_match_is_history() -> None:
    case = propose(builders.matched(), "mat_0", 10)

    assert case.status is Status.MATCHED
    assert case.match is not None
    assert case.match.match_id == MATCH
    assert FACTS["declined"](case, "mat_0") is case


@pytest.mark.parametrize("make", [builders.in_review, builders.one_time])
def test_a_proposal_for_a_lifted_marker_is_remembered_and_has_no_effect(
    make: Callable[[], Case],
) -> None:
    case = make()

    ignored = propose(case, "mat_2", 200)

    assert ignored.status is case.status
    assert ignored.match is None
    assert FACTS["declined"](ignored, "mat_2") is ignored


def test_first_help_told_twice_starts_care_once() -> None:
    case = builders.in_care()

    assert care_track.started(case, LATER, MATCH, DAY) is case


@pytest.mark.parametrize("what", ["introduced", "agreed", "started"])
def test_who_has_met_may_read_the_contact_whichever_fact_says_so_first(what: str) -> None:
    known = FACTS[what](builders.matched(), MATCH).match

    assert known is not None and known.introduced
