"""The programme's figures that matching answers for: K-02, K-04, K-05, K-06, K-08, K-09.

All are counted from what is stored, never from counters of their own, so they cannot drift. Where
there is no data the answer is null, never 0.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from services.matching.follow_ups.values import FollowUpKind, FollowUpStatus
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import GuardianStatus
from services.matching.matches.domain import Match
from services.matching.matches.values import MatchStatus, TerminationReason
from shared.domain import ValueObject
from shared.reference import calendar


class Period(ValueObject):
    """Whole months of a region, both included, as 2026-09."""

    first: str
    last: str

    def holds(self, day: date) -> bool:
        """Return whether a day belongs to the period."""
        return self.first <= f"{day:%Y-%m}" <= self.last


class Share(ValueObject):
    """So many of so many."""

    good: int
    all: int
    percent: float | None

    @classmethod
    def of(cls, good: int, all_: int) -> Self:
        """Return the share with one decimal place; null where there is nothing to share."""
        return cls(good=good, all=all_, percent=round(100 * good / all_, 1) if all_ else None)


class Calls(ValueObject):
    """Follow-up calls whose day belongs to the period."""

    on_time: Share
    missed: int
    open: int
    cancelled: int


class Endings(ValueObject):
    """How care ended in the period."""

    by_reason: dict[str, int]
    all_needs_met: Share


class Figures(ValueObject):
    """The figures of one region."""

    region: str
    families_in_care: int
    introductions_in_time: Share
    introductions_held: int
    proposals: int
    two_week_calls: Calls
    one_month_calls: Calls
    endings: Endings
    guardians_by_status: dict[str, int]
    guardians_reached: dict[str, int]


def figures(
    region: str,
    zone: ZoneInfo,
    period: Period,
    now: datetime,
    matches: list[Match],
    guardians: list[Guardian],
) -> Figures:
    """Count the figures, from the matches of the period and the guardians of today."""
    held = [match for match in matches if _held_in(match, period, zone)]
    late = [match for match in matches if _never_held(match, period, now, zone)]
    in_time = sum(match.introduction is not None and match.introduction.in_time for match in held)
    proposed = (calendar.local_date(zone, match.proposed_at) for match in matches)
    return Figures(
        region=region,
        families_in_care=len({match.family_id for match in matches if match.in_care}),
        introductions_in_time=Share.of(in_time, len(held) + len(late)),
        introductions_held=len(held),
        proposals=sum(period.holds(day) for day in proposed),
        two_week_calls=_calls(matches, FollowUpKind.TWO_WEEKS, period),
        one_month_calls=_calls(matches, FollowUpKind.ONE_MONTH, period),
        endings=_endings(matches, period, zone),
        guardians_by_status=_by_status(guardians),
        guardians_reached=_reached(guardians),
    )


def _held_in(match: Match, period: Period, zone: ZoneInfo) -> bool:
    if match.introduction is None:
        return False
    return period.holds(calendar.local_date(zone, match.introduction.held_at))


def _never_held(match: Match, period: Period, now: datetime, zone: ZoneInfo) -> bool:
    """Return whether the limit passed in the period while the match was a proposal."""
    due = match.introduction_due_at
    open_then = match.over_at is None or match.over_at > due
    passed = now > due and period.holds(calendar.local_date(zone, due))
    return match.introduction is None and open_then and passed


def _calls(matches: Iterable[Match], kind: FollowUpKind, period: Period) -> Calls:
    calls = [
        call
        for match in matches
        for call in match.follow_ups
        if call.kind is kind and period.holds(call.due_on)
    ]
    status = Counter(call.status for call in calls)
    settled = status[FollowUpStatus.DONE] + status[FollowUpStatus.MISSED]
    return Calls(
        on_time=Share.of(sum(bool(call.on_time) for call in calls), settled),
        missed=status[FollowUpStatus.MISSED],
        open=status[FollowUpStatus.PLANNED] + status[FollowUpStatus.DUE],
        cancelled=status[FollowUpStatus.CANCELLED],
    )


def _endings(matches: Iterable[Match], period: Period, zone: ZoneInfo) -> Endings:
    found = Counter(
        match.ending.reason
        for match in matches
        if match.status is MatchStatus.ENDED
        and match.ending is not None
        and period.holds(calendar.local_date(zone, match.ending.at))
    )
    return Endings(
        by_reason={reason.value: found[reason] for reason in TerminationReason},
        all_needs_met=Share.of(found[TerminationReason.ALL_NEEDS_MET], found.total()),
    )


def _by_status(guardians: Iterable[Guardian]) -> dict[str, int]:
    found = Counter(guardian.status for guardian in guardians)
    return {status.value: found[status] for status in GuardianStatus}


def _reached(guardians: Iterable[Guardian]) -> dict[str, int]:
    funnel = (
        GuardianStatus.APPLIED,
        GuardianStatus.APPROVED,
        GuardianStatus.ASSIGNED,
        GuardianStatus.READY,
        GuardianStatus.CARING,
    )
    found = Counter(step for guardian in guardians for step in guardian.reached)
    return {status.value: found[status.value] for status in funnel}
