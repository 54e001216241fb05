"""The promises about time that a match keeps: each to the second, told once."""

from datetime import timedelta

import pytest

from services.matching.matches.events import deadline_event
from services.matching.matches.facts import RUNGS
from services.matching.matches.values import Delay, Ending, MatchStatus, Party
from shared.errors import IllegalStep, Invalid
from shared.events.matching_progress import AgreementAwaited, FirstHelpAwaited
from tests.matching import builders
from tests.matching.builders import TODAY, ZONE
from tests.matching.matches.test_domain import DAY, HELPED, LATER, PROPOSED, TIRED, end
from tests.support.world import at


@pytest.mark.requirement("S4-41")
def test_the_limit_is_72_running_hours_to_the_second_weekends_included() -> None:
    weekend = builders.match(at("2026-10-23 16:00"))
    assert weekend.introduction_due_at == at("2026-10-26 16:00")
    proposed, due = builders.match(PROPOSED), at("2026-10-08 10:00")
    assert proposed.introduction_due_at == due

    for seconds, in_time in ((0, True), (1, False)):
        met = builders.introduced(proposed, due + timedelta(seconds=seconds))
        assert met.introduction is not None
        assert met.introduction.in_time is in_time

    assert "introduction_overdue" not in [name for name, _ in proposed.advance(due, ZONE)[1]]
    late, passed = proposed.advance(due + timedelta(seconds=1), ZONE)
    assert [name for name, _ in passed] == ["introduction_overdue"]
    assert (late.status, late.advance(due + timedelta(days=1), ZONE)[1]) == ("proposed", ())


@pytest.mark.requirement("X-09")
def test_each_rung_is_told_once_at_its_hour_and_the_breach_a_second_after() -> None:
    match = builders.match(PROPOSED)
    rungs = (
        (timedelta(hours=24), "next_candidates_prepared"),
        (timedelta(hours=48), "introduction_due_soon"),
        (timedelta(hours=60), "introduction_at_risk"),
        (timedelta(hours=72, seconds=1), "introduction_overdue"),
    )
    for after, name in rungs:
        assert match.next_deadline(ZONE) == PROPOSED + after
        assert match.advance(PROPOSED + after - timedelta(seconds=1), ZONE)[1] == ()
        match, passed = match.advance(PROPOSED + after, ZONE)
        assert [each.deadline for each in passed] == [name]
        assert match.advance(PROPOSED + after, ZONE)[1] == ()

    lapses = PROPOSED + timedelta(days=7)
    assert (match.status, match.next_deadline(ZONE)) == (MatchStatus.PROPOSED, lapses)
    assert match.advance(lapses - timedelta(seconds=1), ZONE)[1] == ()


def test_a_clock_that_jumps_tells_each_rung_once_until_the_breach_alone_counts() -> None:
    """The rungs are true until the limit; after it a sweep that was silent tells one breach."""
    _, late = builders.match(PROPOSED).advance(PROPOSED + timedelta(hours=61), ZONE)
    breached, passed = builders.match(PROPOSED).advance(PROPOSED + timedelta(hours=100), ZONE)

    assert [each.deadline for each in late] == list(RUNGS)
    assert [each.deadline for each in passed] == ["introduction_overdue"]
    assert breached.advance(PROPOSED + timedelta(hours=101), ZONE) == (breached, ())


def test_a_late_introduction_has_its_reason() -> None:
    proposed, late = builders.match(PROPOSED), PROPOSED + timedelta(hours=73)
    ill = Delay(reason="illness", at=late, by="HQ-1")

    with pytest.raises(Invalid, match="late_reason_missing"):
        proposed.hold_introduction(builders.meeting(late))
    with pytest.raises(IllegalStep, match="introduction_not_late"):
        proposed.explain_delay(ill.model_copy(update={"at": PROPOSED + timedelta(hours=72)}))
    met = proposed.explain_delay(ill).hold_introduction(builders.meeting(late))
    assert met.delay == ill
    in_time = builders.meeting(PROPOSED + timedelta(hours=72), late, evidence="paper")
    assert proposed.explain_delay(ill).hold_introduction(in_time).delay is None
    with pytest.raises(Invalid, match="introduction_was_in_time"):
        proposed.hold_introduction(in_time, ill)


def test_what_goes_no_further_for_a_week_is_told_once() -> None:
    week, day = timedelta(days=7), DAY + timedelta(days=60)
    met = builders.introduced(builders.match(PROPOSED), HELPED)
    agreed = builders.agreed(builders.drafted(met, DAY), at("2026-12-05 12:00"))
    old = agreed.model_copy(update={"next_agreement": None})
    later = builders.agreed(builders.drafted(met, day), HELPED)

    for match, due, name, event in (
        (met, HELPED + week, "agreement_awaited", AgreementAwaited),
        (old, at("2026-12-13 00:00"), "first_help_awaited", FirstHelpAwaited),
        (later, at("2026-12-13 00:00"), "first_help_awaited", FirstHelpAwaited),
    ):
        assert match.next_deadline(ZONE) == due
        assert match.advance(due - timedelta(seconds=1), ZONE) == (match, ())
        told, passed = match.advance(due, ZONE)
        assert [each.deadline for each in passed] == [name]
        assert type(deadline_event(told, passed[0])) is event
        assert told.next_deadline(ZONE) is None
    assert builders.active(PROPOSED, HELPED).next_deadline(ZONE) == at("2026-10-20 09:00")


def test_a_meeting_of_before_the_lapse_is_recorded_for_thirty_days() -> None:
    lapsed, _ = builders.match(PROPOSED).advance(PROPOSED + timedelta(days=7), ZONE)
    last = PROPOSED + timedelta(days=37)

    for known_at, refused in ((last, False), (last + timedelta(seconds=1), True)):
        assert lapsed.recordable_late(known_at) is not refused
        meeting = builders.meeting(PROPOSED, known_at, evidence="paper")
        if refused:
            with pytest.raises(IllegalStep, match="introduction_recorded_too_late"):
                lapsed.record_late_introduction(meeting)
        else:
            assert lapsed.record_late_introduction(meeting).introduction


def test_only_time_lets_a_proposal_lapse() -> None:
    with pytest.raises(Invalid, match="lapsed_by_time_alone"):
        builders.match(PROPOSED).cancel("regional_hq", "lapsed", HELPED)


def test_one_notice_waits_72_hours_for_the_other() -> None:
    noticed = builders.active(PROPOSED, HELPED).notify_termination(
        Party.GUARDIAN, TIRED, LATER - timedelta(hours=71, minutes=59)
    )

    with pytest.raises(IllegalStep, match="second_notice_awaited"):
        end(noticed)
    both = noticed.notify_termination(Party.FAMILY, TIRED, LATER)
    assert end(both).status is MatchStatus.ENDED
    last = HELPED.astimezone(ZONE).date()
    day_before = Ending(
        reason=TIRED, at=LATER, effective_on=last - timedelta(days=1), open_categories=()
    )
    started_before = both.model_copy(update={"started_on": last - timedelta(days=7)})
    with pytest.raises(Invalid, match="end_before_last_help"):
        started_before.end(day_before, ZONE)
    # Until the last day help is given and recorded, so no care ends before its end.
    day_ahead = day_before.model_copy(
        update={"effective_on": LATER.astimezone(ZONE).date() + timedelta(days=1)}
    )
    with pytest.raises(Invalid, match="end_still_ahead"):
        both.end(day_ahead, ZONE)
    with pytest.raises(IllegalStep, match="notice_already_given"):
        both.notify_termination(Party.FAMILY, TIRED, LATER)


def test_the_side_that_is_silent_for_a_day_is_reminded_once() -> None:
    noticed = builders.active(PROPOSED, HELPED).notify_termination(Party.GUARDIAN, TIRED, LATER)
    assert (noticed.asked, noticed.next_deadline(ZONE)) == (
        Party.FAMILY,
        LATER + timedelta(hours=24),
    )
    assert noticed.advance(LATER + timedelta(hours=23, minutes=59), ZONE) == (noticed, ())

    reminded, passed = noticed.advance(LATER + timedelta(hours=24), ZONE)

    assert [name for name, _ in passed] == ["notice_awaited"]
    assert reminded.next_deadline(ZONE) is None
    assert reminded.advance(LATER + timedelta(hours=80), ZONE) == (reminded, ())
    later = LATER + timedelta(hours=72)
    ending = Ending(reason=TIRED, at=later, effective_on=later.date(), open_categories=())
    alone = reminded.end(ending, ZONE)
    assert alone.status is MatchStatus.ENDED


def test_who_has_answered_or_is_no_longer_asked_is_not_reminded() -> None:
    noticed = builders.active(PROPOSED, HELPED).notify_termination(Party.GUARDIAN, TIRED, LATER)
    both = noticed.notify_termination(Party.FAMILY, TIRED, LATER + timedelta(hours=1))

    assert (both.asked, both.next_deadline(ZONE)) == (None, None)
    assert both.advance(LATER + timedelta(hours=24), ZONE) == (both, ())
    left = both.withdraw_notice(Party.GUARDIAN, TODAY)
    assert (left.status, left.asked) == ("ending", Party.GUARDIAN)
    assert left.next_deadline(ZONE) is None, "that it goes on is its answer"
    anew = left.withdraw_notice(Party.FAMILY, TODAY).notify_termination(
        Party.FAMILY, TIRED, LATER + timedelta(hours=9)
    )
    assert (anew.asked, anew.next_deadline(ZONE)) == (Party.GUARDIAN, LATER + timedelta(hours=33))
    assert noticed.withdraw_notice(Party.GUARDIAN, TODAY).asked is None
