"""What comes next about a match, and by when."""

from datetime import date, timedelta

from services.matching.follow_ups.values import FollowUpKind
from services.matching.matches.values import MatchStatus, Party, TerminationReason
from services.matching.next_work.domain import work_of
from services.matching.next_work.values import Work, WorkKind
from tests.matching import builders
from tests.matching.builders import ZONE
from tests.support.world import at

PROPOSED, MET = at("2026-10-05 10:00"), at("2026-10-06 12:00")
DAY = date(2026, 10, 9)
TIRED = TerminationReason.GUARDIAN_RESOURCES_EXHAUSTED


def test_each_stage_has_its_next_work() -> None:
    proposed = builders.match(PROPOSED)
    met = builders.introduced(proposed, MET)
    agreed = builders.agreed(builders.drafted(met, DAY), MET)

    assert work_of(proposed, ZONE) == Work(
        kind=WorkKind.HOLD_INTRODUCTION, due_at=PROPOSED + timedelta(hours=72)
    )
    assert work_of(met, ZONE) == Work(
        kind=WorkKind.GET_AGREEMENT_SIGNED, due_at=MET + timedelta(days=7)
    )
    start = work_of(agreed, ZONE)
    assert start is not None
    assert start.kind is WorkKind.GET_HELP_STARTED
    assert {status.value for status in MatchStatus if status.open} == {
        "proposed", "introduced", "agreed", "active", "ending",
    }  # fmt: skip
    assert work_of(proposed.decline(Party.FAMILY, "too_far", MET), ZONE) is None


def test_in_care_the_next_call_comes_then_the_monthly_report() -> None:
    agreed = builders.agreed(builders.introduced(builders.match(PROPOSED), MET), MET)
    active = agreed.record_help("ned_1", MET, MET, ZONE)[0]

    def work(match: object) -> tuple[str, str]:
        found = work_of(match, ZONE)
        assert found is not None
        return found.kind.value, f"{found.due_at:%m-%d %H:%M}"

    # The end of the day in Samara is 20:00 in UTC.
    assert work(active) == ("make_two_week_call", "10-20 20:00")
    called_at = at("2026-10-20 12:00")
    silent = active.record_call(FollowUpKind.TWO_WEEKS, "unreachable", "HQ-1", called_at, ZONE)[0]
    assert work(silent) == ("make_two_week_call", "10-21 20:00")
    called = active.record_call(FollowUpKind.TWO_WEEKS, "fine", "HQ-1", called_at, ZONE)[0]
    assert work(called) == ("make_one_month_call", "11-06 20:00")
    later = at("2026-11-06 12:00")
    again = called.record_call(FollowUpKind.ONE_MONTH, "fine", "HQ-1", later, ZONE)[0]
    assert work(again) == ("ask_for_report", "11-06 20:00")
    assert work(again.report(later)) == ("ask_for_report", "12-06 20:00")

    changing = builders.drafted(called, DAY, at_=at("2026-10-22 10:00"))
    assert work(changing) == ("get_agreement_signed", "10-29 06:00")
    soon = builders.drafted(active, DAY, at_=at("2026-10-19 10:00"))
    assert work(soon) == ("make_two_week_call", "10-20 20:00")

    one = again.notify_termination(Party.GUARDIAN, TIRED, later)
    assert work(one) == ("decide_ending", f"{later + timedelta(hours=72):%m-%d %H:%M}")
    both = one.notify_termination(Party.FAMILY, TIRED, later + timedelta(hours=3))
    assert work(both) == ("decide_ending", f"{later + timedelta(hours=3):%m-%d %H:%M}")
