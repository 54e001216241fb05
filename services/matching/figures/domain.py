"""The programme's figures that matching answers for: K-02, K-04 … K-06, K-08 … K-10, K-45.

All are counted from what is stored, never from counters of their own, so they cannot drift. The
numbers of families come in groups: the parts of a group and their sum are one statement, which is
what `hiding` needs to know.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from services.matching.follow_ups.domain import FollowUp
from services.matching.follow_ups.values import FollowUpKind, FollowUpStatus
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import GuardianStatus
from services.matching.matches.domain import Match
from services.matching.matches.values import TerminationReason
from services.matching.stories.domain import Story
from services.matching.stories.values import StoryStatus
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.values import Sector
from shared.domain import ValueObject
from shared.reference import calendar

Parts = Mapping[str, int]

LATELY = timedelta(days=30)
FUNNEL = (
    GuardianStatus.APPLIED,
    GuardianStatus.APPROVED,
    GuardianStatus.ASSIGNED,
    GuardianStatus.READY,
    GuardianStatus.CARING,
)
CARE, PROPOSALS, INTRODUCTIONS = "care", "proposals", "introductions"
ENDINGS, STORIES, VOLUNTEERS = "endings", "stories", "volunteers"
# A follow-up call is settled, or it is not and counts in no share.
SETTLED, UNSETTLED = "settled", ("open", "cancelled")


def calls_of(kind: FollowUpKind, what: str = SETTLED) -> str:
    """Return the name of a group of follow-up calls."""
    return f"{kind.value}_{what}"


class Period(ValueObject):
    """Whole months of a region, both included, as 2026-09."""

    first: str
    last: str

    def holds(self, day: date) -> bool:
        """Return whether a day belongs to the period."""
        return self.first <= f"{day:%Y-%m}" <= self.last


class Counts(ValueObject):
    """What was counted in a region or in all: groups about people, and organisations.

    Organisations, guardians and volunteering ones, are known to the federal headquarters by name.
    """

    people: Mapping[str, Parts]
    guardians_by_status: Parts
    guardians_reached: Parts
    volunteering: Parts

    @classmethod
    def total(cls, found: Iterable[Self]) -> Self:
        """Return the sum of all."""
        rows = list(found)
        groups: dict[str, None] = dict.fromkeys(name for row in rows for name in row.people)
        return cls(
            people={name: _sum(row.people[name] for row in rows) for name in groups},
            guardians_by_status=_sum(row.guardians_by_status for row in rows),
            guardians_reached=_sum(row.guardians_reached for row in rows),
            volunteering=_sum(row.volunteering for row in rows),
        )


def _sum(parts: Iterable[Parts]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in parts:
        for code, number in each.items():
            found[code] = found.get(code, 0) + number
    return found


def counts(
    zone: ZoneInfo,
    period: Period,
    now: datetime,
    matches: list[Match],
    stories: list[Story],
    guardians: list[Guardian],
    volunteers: list[Volunteer],
) -> Counts:
    """Count a region: matches and stories of the period, guardians and volunteers of today.

    A lapsed proposal from which a match goes on is counted as that match.
    """
    matches = [match for match in matches if match.continued_by is None]
    proposed = sum(_held(period, zone, match.proposed_at) for match in matches)
    return Counts(
        people={
            CARE: _care(matches, now),
            PROPOSALS: {"made": proposed},
            INTRODUCTIONS: _introductions(matches, period, now, zone),
            **_calls(matches, FollowUpKind.TWO_WEEKS, period),
            **_calls(matches, FollowUpKind.ONE_MONTH, period),
            ENDINGS: _endings(matches, period, zone),
            STORIES: _stories(stories, period, zone),
            VOLUNTEERS: {"of_large_families": sum(each.large_family for each in volunteers)},
        },
        guardians_by_status=_by_status(guardians),
        guardians_reached=_reached(guardians),
        volunteering={
            sector: sum(each.sector == sector for each in volunteers)
            for sector in (Sector.NGO.value, Sector.BUSINESS.value)
        },
    )


def _held(period: Period, zone: ZoneInfo, moment: datetime) -> bool:
    return period.holds(calendar.local_date(zone, moment))


def _care(matches: Iterable[Match], now: datetime) -> Parts:
    """Count the families in care by whether their guardian has reported in the last 30 days."""
    found = {match.family_id: match.last_report_at for match in matches if match.in_care}
    lately = sum(at is not None and now - at <= LATELY for at in found.values())
    return {"reported": lately, "silent": len(found) - lately}


def _introductions(
    matches: Iterable[Match], period: Period, now: datetime, zone: ZoneInfo
) -> Parts:
    found = Counter(
        "in_time" if match.introduction.in_time else "late"
        for match in matches
        if match.introduction and _held(period, zone, match.introduction.held_at)
    )
    never = sum(_never_held(match, period, now, zone) for match in matches)
    return {"in_time": found["in_time"], "late": found["late"], "never_held": never}


def _never_held(match: Match, period: Period, now: datetime, zone: ZoneInfo) -> bool:
    """Return whether the limit passed in the period while the match was a proposal."""
    open_then = match.over_at is None or match.late_at(match.over_at)
    passed = match.late_at(now) and _held(period, zone, match.introduction_due_at)
    return match.introduction is None and open_then and passed


def _calls(matches: Iterable[Match], kind: FollowUpKind, period: Period) -> dict[str, Parts]:
    found = Counter(
        _outcome(call)
        for match in matches
        for call in match.follow_ups
        if call.kind is kind and period.holds(call.due_on)
    )
    settled = {name: found[name] for name in ("on_time", "late", "missed")}
    rest = {calls_of(kind, name): {name: found[name]} for name in UNSETTLED}
    return {calls_of(kind): settled, **rest}


def _outcome(call: FollowUp) -> str:
    if call.status is FollowUpStatus.DONE:
        return "on_time" if call.on_time else "late"
    return "open" if call.open else call.status.value


def _endings(matches: Iterable[Match], period: Period, zone: ZoneInfo) -> Parts:
    found = Counter(
        match.ending.reason
        for match in matches
        if match.ending is not None and _held(period, zone, match.ending.at)
    )
    return {reason.value: found[reason] for reason in TerminationReason}


def _stories(stories: Iterable[Story], period: Period, zone: ZoneInfo) -> Parts:
    sent = [story for story in stories if _held(period, zone, story.submitted_at)]
    cleared = sum(story.status is StoryStatus.CLEARED for story in sent)
    return {"cleared": cleared, "not_cleared": len(sent) - cleared}


def _by_status(guardians: Iterable[Guardian]) -> Parts:
    found = Counter(guardian.status for guardian in guardians)
    return {status.value: found[status] for status in GuardianStatus}


def _reached(guardians: Iterable[Guardian]) -> Parts:
    found = Counter(step for guardian in guardians for step in guardian.reached)
    return {status.value: found[status.value] for status in FUNNEL}
