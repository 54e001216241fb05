"""A match: every step from every state."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.matching.calls.domain import correct_call
from services.matching.follow_ups.domain import plan_calls
from services.matching.follow_ups.values import FollowUpKind
from services.matching.matches import proposal
from services.matching.matches.domain import Match
from services.matching.matches.values import (
    Answer,
    Delay,
    Ending,
    Hearing,
    MatchStatus,
    Party,
    TerminationReason,
)
from services.matching.termination.domain import lift_exclusion
from shared.errors import IllegalStep, Invalid
from tests.matching import builders
from tests.matching.builders import TODAY, ZONE, leads_to
from tests.support.world import at

PROPOSED = at("2026-10-05 10:00")
HELPED = at("2026-10-06 12:00")
LATER = at("2026-10-21 12:00")
MET = TerminationReason.ALL_NEEDS_MET
TIRED = TerminationReason.GUARDIAN_RESOURCES_EXHAUSTED
DAY = date(2026, 10, 6)


def sign(match: Match, side: Party) -> Match:
    return match.sign_agreement(side, evidence=None, at=HELPED, own_hand=True, by=side.value)


def end(match: Match, reason: TerminationReason = TIRED, still_open: tuple[str, ...] = ()) -> Match:
    ending = Ending(reason=reason, at=LATER, effective_on=LATER.date(), open_categories=still_open)
    return match.end(ending, ZONE)


STEPS: dict[str, Callable[[Match], Match]] = {
    "accept": lambda m: m.accept(Answer(side=Party.FAMILY, at=HELPED, by="bot-1")),
    "explain_delay": lambda m: m.explain_delay(Delay(reason="illness", at=LATER, by="HQ-1")),
    "hold_introduction": lambda m: builders.introduced(m, HELPED),
    "record_late_introduction": lambda m: m.record_late_introduction(
        builders.meeting(HELPED, LATER, evidence="paper")
    ),
    "decline": lambda m: m.decline(Party.FAMILY, "too_far", HELPED),
    "cancel": lambda m: m.cancel("regional_hq", "mistake", HELPED),
    "draft_agreement": lambda m: builders.drafted(m, DAY),
    "sign_agreement": lambda m: sign(m, Party.FAMILY),
    "record_help": lambda m: m.record_help("ned_1", LATER, LATER, ZONE)[0],
    "correct_help": lambda m: m.correct_help(DAY, DAY, LATER.date(), ZONE),
    "record_call": lambda m: m.record_call(FollowUpKind.TWO_WEEKS, "fine", "HQ-1", LATER, ZONE)[0],
    "correct_call": lambda m: without_call(m),
    "report": lambda m: m.report(LATER),
    "submit_story": lambda m: m.submit_story(),
    "notify_termination": lambda m: m.notify_termination(Party.FAMILY, TIRED, LATER),
    "withdraw_notice": lambda m: m.withdraw_notice(Party.GUARDIAN, TODAY),
    "raise_concern": lambda m: m.raise_concern(),
    "hear_side": lambda m: m.hear_side(heard_of(Party.FAMILY, LATER)),
    "end": end,
    "lift_exclusion": lambda m: lift_exclusion(after_conflict(m), "reconciled", None, LATER),
}


def after_conflict(match: Match) -> Match:
    """The match whose care is said to have ended by a conflict."""
    reason = TerminationReason.CONFLICT
    ending = Ending(reason=reason, at=LATER, effective_on=LATER.date(), open_categories=())
    return match.model_copy(update={"ending": ending})


def without_call(match: Match) -> Match:
    """A call was recorded, and was none."""
    calls = tuple(
        call.call("fine", "HQ-1", LATER, LATER, ZONE)
        if call.kind is FollowUpKind.TWO_WEEKS and not call.attempts
        else call
        for call in match.follow_ups or plan_calls(DAY, DAY, "ZR")
    )
    called = match.model_copy(update={"follow_ups": calls})
    return correct_call(called, FollowUpKind.TWO_WEEKS, None, None, LATER, ZONE)[0]


def heard_of(side: Party, at_: datetime) -> Hearing:
    return Hearing(side=side, at=at_, by="HQ-1", result="heard")


def heard(match: Match, at_: datetime = LATER) -> Match:
    """Both sides were asked about the quarrel."""
    return match.hear_side(heard_of(Party.FAMILY, at_)).hear_side(heard_of(Party.GUARDIAN, at_))


def standing(status: MatchStatus) -> Match:
    """A match in that state for which every legal step is possible."""
    proposed = builders.match(PROPOSED)
    if status is MatchStatus.PROPOSED:
        return proposed
    met = builders.introduced(proposed, PROPOSED)
    if status is MatchStatus.INTRODUCED:
        return builders.drafted(met, DAY)
    if status is MatchStatus.AGREED:
        return builders.drafted(builders.agreed(met, PROPOSED), DAY)
    if status is MatchStatus.CANCELLED:
        return proposed.advance(PROPOSED + timedelta(days=7), ZONE)[0]
    care = builders.drafted(builders.active(PROPOSED, HELPED), DAY)
    if status is MatchStatus.ENDING:
        return care.notify_termination(Party.GUARDIAN, TIRED, LATER - timedelta(hours=72))
    return care.model_copy(update={"status": status})


@pytest.mark.requirement("S4-11", "S4-12", "S4-13")
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", MatchStatus)
def test_a_step_is_possible_exactly_where_the_machine_says(status: MatchStatus, step: str) -> None:
    match = standing(status)

    if step in Match.STEPS[status]:
        assert STEPS[step](match).status in leads_to(Match.STEPS[status][step], status)
    else:
        with pytest.raises(IllegalStep) as refused:
            STEPS[step](match)
        assert refused.value.code == f"match_is_{status}"
        assert refused.value.next_steps == tuple(Match.STEPS[status])


def test_every_step_the_machine_names_is_tried_above() -> None:
    assert {step for steps in Match.STEPS.values() for step in steps} == set(STEPS)


@pytest.mark.parametrize(
    ("status", "step", "expected"),
    [
        (MatchStatus.PROPOSED, "hold_introduction", MatchStatus.INTRODUCED),
        (MatchStatus.PROPOSED, "decline", MatchStatus.DECLINED),
        (MatchStatus.INTRODUCED, "decline", MatchStatus.DECLINED),
        (MatchStatus.PROPOSED, "cancel", MatchStatus.CANCELLED),
        (MatchStatus.INTRODUCED, "cancel", MatchStatus.CANCELLED),
        (MatchStatus.AGREED, "cancel", MatchStatus.CANCELLED),
        (MatchStatus.AGREED, "decline", MatchStatus.DECLINED),
        (MatchStatus.AGREED, "record_help", MatchStatus.ACTIVE),
        (MatchStatus.ACTIVE, "notify_termination", MatchStatus.ENDING),
        (MatchStatus.ACTIVE, "end", MatchStatus.ENDED),
        (MatchStatus.ENDING, "end", MatchStatus.ENDED),
        (MatchStatus.ENDING, "withdraw_notice", MatchStatus.ACTIVE),
    ],
)
def test_a_step_leads_where_the_machine_says(
    status: MatchStatus, step: str, expected: MatchStatus
) -> None:
    assert STEPS[step](standing(status)).status is expected


# the introduction


@pytest.mark.requirement("S4-11")
def test_nobody_meets_before_the_proposal_or_in_the_future() -> None:
    proposed = builders.match(PROPOSED)

    with pytest.raises(IllegalStep, match="introduction_before_proposal"):
        builders.introduced(proposed, PROPOSED - timedelta(seconds=1))
    with pytest.raises(Invalid, match="in_the_future"):
        proposed.hold_introduction(builders.meeting(HELPED, PROPOSED))


@pytest.mark.requirement("S4-11")
def test_an_introduction_needs_both_sides() -> None:
    with pytest.raises(Invalid, match="party_missing"):
        builders.match(PROPOSED).hold_introduction(
            builders.meeting(HELPED, participants=(Party.FAMILY,))
        )


def test_contacts_are_released_by_the_introduction_and_closed_by_the_end() -> None:
    proposed = builders.match(PROPOSED)
    met = builders.introduced(proposed, HELPED)

    assert not proposed.contacts_released
    assert met.contacts_released
    assert not met.decline(Party.FAMILY, "no_trust", HELPED).contacts_released


# the agreement


@pytest.mark.requirement("S4-12")
def test_one_signature_is_not_an_agreement() -> None:
    half = sign(standing(MatchStatus.INTRODUCED), Party.GUARDIAN)
    assert half.status is MatchStatus.INTRODUCED

    assert sign(half, Party.FAMILY).status is MatchStatus.AGREED
    with pytest.raises(IllegalStep, match="already_signed"):
        sign(half, Party.GUARDIAN)


def test_nothing_is_signed_before_it_is_written() -> None:
    with pytest.raises(IllegalStep, match="agreement_not_drafted"):
        sign(builders.introduced(builders.match(PROPOSED), HELPED), Party.FAMILY)


def test_a_new_draft_asks_for_both_signatures_anew() -> None:
    half = builders.drafted(sign(standing(MatchStatus.INTRODUCED), Party.GUARDIAN), DAY)

    assert half.agreement is not None
    assert half.agreement.signed_guardian_at is None
    assert half.signed_by == (), "who signed the text of before may sign for the other side"


def test_no_version_of_an_agreement_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposal, "MOST_VERSIONS", 2)
    care = builders.active(PROPOSED, HELPED)
    for _ in range(2):
        care = sign(sign(builders.drafted(care, DAY), Party.FAMILY), Party.GUARDIAN)

    assert [each.number for each in care.former_agreements] == [1, 2]
    half = sign(builders.drafted(builders.active(PROPOSED, HELPED), DAY), Party.FAMILY)
    assert builders.drafted(half, DAY).signed_by == ()
    with pytest.raises(IllegalStep, match="agreement_versions_full"):
        builders.drafted(care, DAY)


# care


@pytest.mark.requirement("S4-13")
def test_help_outside_the_agreement_is_refused() -> None:
    with pytest.raises(IllegalStep, match="need_not_in_agreement"):
        standing(MatchStatus.AGREED).record_help("ned_9", HELPED, HELPED, ZONE)


def test_help_comes_neither_before_the_agreement_nor_in_the_future() -> None:
    agreed = standing(MatchStatus.AGREED)

    with pytest.raises(IllegalStep, match="help_before_agreement"):
        agreed.record_help("ned_1", PROPOSED - timedelta(days=1), HELPED, ZONE)
    with pytest.raises(Invalid, match="in_the_future"):
        agreed.record_help("ned_1", LATER, HELPED, ZONE)


# the end


@pytest.mark.parametrize("reason", TerminationReason)
def test_each_of_the_four_reasons_ends_care(reason: TerminationReason) -> None:
    assert end(heard(builders.active(PROPOSED, HELPED)), reason).status is MatchStatus.ENDED


def test_before_an_end_by_conflict_both_sides_are_heard() -> None:
    care, conflict = builders.active(PROPOSED, HELPED), TerminationReason.CONFLICT
    one = care.hear_side(heard_of(Party.FAMILY, LATER))

    for unheard in (care, one, heard(care, LATER - timedelta(days=31))):
        with pytest.raises(IllegalStep, match="sides_not_heard") as refused:
            end(unheard, conflict)
        assert "hear_side" in refused.value.next_steps
    assert end(heard(one), conflict).status is MatchStatus.ENDED
    lately = heard(care, LATER - timedelta(days=30))
    assert end(lately, conflict).status is MatchStatus.ENDED
    assert end(care).status is MatchStatus.ENDED


def test_an_agreement_is_planned_for_a_year_at_most() -> None:
    met = builders.introduced(builders.match(PROPOSED), PROPOSED)
    today = PROPOSED.date()

    def planned(days: int) -> Match:
        starts_on = today + timedelta(days=days)
        more: dict[str, Any] = {"agreement_id": "agr_1", "frequency": "weekly"}
        more |= {"template_version": "1", "drafted_at": PROPOSED}
        return met.draft_agreement(["ned_1"], starts_on, today, today, **more)

    assert planned(366).agreement
    with pytest.raises(Invalid, match="day_out_of_reach"):
        planned(367)


def test_not_all_needs_are_met_while_one_is_open() -> None:
    with pytest.raises(IllegalStep, match="needs_still_open"):
        end(builders.active(PROPOSED, HELPED), MET, ("food_aid",))


def test_care_goes_on_when_the_last_notice_is_withdrawn() -> None:
    both = (
        builders.active(PROPOSED, HELPED)
        .notify_termination(Party.GUARDIAN, TIRED, LATER)
        .notify_termination(Party.FAMILY, TIRED, LATER)
    )

    one = both.withdraw_notice(Party.FAMILY, TODAY)

    assert (one.status, one.withdraw_notice(Party.GUARDIAN, TODAY).status) == ("ending", "active")
    with pytest.raises(IllegalStep, match="no_notice_of_this_side"):
        one.withdraw_notice(Party.FAMILY, TODAY)
