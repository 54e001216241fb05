"""What the headquarters does next about an open match, and by when: one line per status.

A region's work lists are in this order. It follows from the facts of a match alone, so that a match
changes its place only when something happens to it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.matching.follow_ups.domain import next_call
from services.matching.follow_ups.values import FollowUpKind
from services.matching.next_work.values import Work, WorkKind
from shared.reference import calendar

# Advice: nothing is late in the sense of a promise to the family.
AGREEMENT_AFTER = timedelta(days=7)
REPORT_EVERY_MONTHS = 1
SETTLED_AFTER = timedelta(days=1)

CALLS = {
    FollowUpKind.TWO_WEEKS: WorkKind.MAKE_TWO_WEEK_CALL,
    FollowUpKind.ONE_MONTH: WorkKind.MAKE_ONE_MONTH_CALL,
}


def work_of(match: Any, zone: ZoneInfo) -> Work | None:
    """Return the next work about a match; None of one that is over."""
    found = _NEXT.get(match.status)
    if found is None:
        return None
    if match.needs_met_at is not None:
        return Work(kind=WorkKind.SETTLE_WITHOUT_NEEDS, due_at=match.needs_met_at + SETTLED_AFTER)
    work = found(match, zone)
    if match.unsigned_since is None:
        return work
    return min(work, _agree(match, zone), key=lambda each: each.due_at)


def _introduce(match: Any, _: ZoneInfo) -> Work:
    return Work(kind=WorkKind.HOLD_INTRODUCTION, due_at=match.introduction_due_at)


def _agree(match: Any, _: ZoneInfo) -> Work:
    due_at = match.unsigned_since + AGREEMENT_AFTER
    return Work(kind=WorkKind.GET_AGREEMENT_SIGNED, due_at=due_at)


def _start(match: Any, zone: ZoneInfo) -> Work:
    return _by_the_end_of(match.agreement.starts_on, WorkKind.GET_HELP_STARTED, zone)


def _accompany(match: Any, zone: ZoneInfo) -> Work:
    """Return the next call; with none left, the guardian's next monthly report."""
    call = next_call(match.follow_ups, zone)
    if call is not None:
        return _by_the_end_of(call.next_on, CALLS[call.kind], zone)
    since: datetime = match.last_report_at or match.agreed_at
    due_on = calendar.add_months(calendar.local_date(zone, since), REPORT_EVERY_MONTHS)
    return _by_the_end_of(due_on, WorkKind.ASK_FOR_REPORT, zone)


def _decide(match: Any, _: ZoneInfo) -> Work:
    """Return the decision about the end: at once when both sides have been heard."""
    due_at = match.notices[-1].at if match.asked is None else match.hq_may_end_at
    return Work(kind=WorkKind.DECIDE_ENDING, due_at=due_at)


def _by_the_end_of(day: date, kind: WorkKind, zone: ZoneInfo) -> Work:
    return Work(kind=kind, due_at=calendar.end_of_day(zone, day))


_NEXT: Mapping[str, Callable[[Any, ZoneInfo], Work]] = {
    "proposed": _introduce,
    "introduced": _agree,
    "agreed": _start,
    "active": _accompany,
    "ending": _decide,
}
