"""One of the two calls to a family after the start of help, until it is done, missed or dropped.

Facts have days of their own, whenever they were recorded: the promise counts from the first help,
and a call is in time by the day on which it was made. What people are asked for counts from the day
on which the programme could know of it: no task is weeks old when it comes.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from services.matching.follow_ups.values import FollowUpKind, FollowUpResult, FollowUpStatus
from shared.domain import CodeOf, ValueObject
from shared.errors import IllegalStep
from shared.reference import calendar

MAX_ATTEMPTS = 3
GRACE = timedelta(days=2)
EARLY = timedelta(days=1)
# When the headquarters gets its tasks of the day.
MORNING = time(9)

OPEN = (FollowUpStatus.PLANNED, FollowUpStatus.DUE)


class Attempt(ValueObject):
    """One call that was made."""

    at: datetime
    by: str
    result: Annotated[str, CodeOf("follow_up_result")]


class FollowUp(ValueObject):
    """A promised call: due in the morning of its day, missed after two days of grace.

    `due_on` is the day promised to the family; `asked_on` is when the headquarters is asked, later
    when the help was recorded later.
    """

    kind: FollowUpKind
    due_on: date
    asked_on: date
    next_on: date
    region: str
    status: FollowUpStatus = FollowUpStatus.PLANNED
    attempts: tuple[Attempt, ...] = ()
    result: Annotated[str, CodeOf("follow_up_result")] | None = None
    on_time: bool | None = None

    @classmethod
    def plan(cls, kind: FollowUpKind, started_on: date, recorded_on: date, region: str) -> Self:
        """Plan the call of that kind for help that started and was recorded on these days."""
        due_on = _due_day(kind, started_on)
        asked_on = max(due_on, recorded_on)
        return cls(kind=kind, due_on=due_on, asked_on=asked_on, next_on=asked_on, region=region)

    def move(self, started_on: date, recorded_on: date) -> Self:
        """Follow another start of the help, once it is known; a settled call stays.

        A call that was asked for too early is planned anew.
        """
        due_on = _due_day(self.kind, started_on)
        if not self.open or due_on == self.due_on:
            return self
        if due_on > self.due_on:
            later = max(due_on, self.asked_on)
            planned = {"asked_on": later, "next_on": max(later, self.next_on)}
            return self._with(status=FollowUpStatus.PLANNED, due_on=due_on, **planned)
        asked_on = max(due_on, min(self.asked_on, recorded_on))
        next_on = self.next_on if self.attempts else asked_on
        return self._with(due_on=due_on, asked_on=asked_on, next_on=next_on)

    def resume(self, today: date) -> Self:
        """Be asked for again after a time in which no call was asked for."""
        if not self.open:
            return self
        asked_on, next_on = max(self.asked_on, today), max(self.next_on, today)
        return self._with(asked_on=asked_on, next_on=next_on)

    def miss_unasked(self) -> Self:
        """Miss a call that could not be asked for before the next one was due."""
        return self._with(status=FollowUpStatus.MISSED)

    @property
    def open(self) -> bool:
        """Whether the headquarters still has to call."""
        return self.status in OPEN

    @property
    def attempt(self) -> int:
        """Which attempt is next, from 1."""
        return len(self.attempts) + 1

    def next_moment(self, zone: ZoneInfo) -> datetime | None:
        """Return when time alone next changes the call."""
        if self.status is FollowUpStatus.PLANNED:
            return datetime.combine(self.next_on, MORNING, zone).astimezone(UTC)
        if self.status is FollowUpStatus.DUE:
            return calendar.end_of_day(zone, max(self.asked_on + GRACE, self.next_on))
        return None

    def advance(self) -> Self:
        """Do what the next moment asks for: a planned call falls due, a due one is missed."""
        planned = self.status is FollowUpStatus.PLANNED
        return self._with(status=FollowUpStatus.DUE if planned else FollowUpStatus.MISSED)

    def may_be_made(self, at: datetime, zone: ZoneInfo) -> bool:
        """Return whether a call at that moment counts: it is to be made still and not early."""
        return not self.settled and not self._early(calendar.local_date(zone, at))

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to call for; a missed call may still be made."""
        return self.status in (FollowUpStatus.DONE, FollowUpStatus.CANCELLED)

    def _early(self, day: date) -> bool:
        return day < self.due_on - EARLY

    def call(self, result: str, by: str, at: datetime, now: datetime, zone: ZoneInfo) -> Self:
        """Record a call made at a moment; without an answer it is made again, on three days.

        A family that was never reached has not been called in time.
        """
        if self.settled:
            raise IllegalStep("call_already_settled")
        day, today = calendar.local_date(zone, at), calendar.local_date(zone, now)
        if self._early(day):
            raise IllegalStep("call_too_early", due_on=self.due_on)
        called = self._with(attempts=(*self.attempts, Attempt(at=at, by=by, result=result)))
        silent = result == FollowUpResult.UNREACHABLE
        if silent and day in {calendar.local_date(zone, each.at) for each in self.attempts}:
            raise IllegalStep("call_tried_that_day", day=day)
        if silent and self.attempt < MAX_ATTEMPTS:
            next_on = max(day + timedelta(days=1), today)
            return called._with(status=FollowUpStatus.PLANNED, next_on=next_on)
        on_time = not silent and day <= self.due_on + GRACE
        return called._with(status=FollowUpStatus.DONE, result=result, on_time=on_time)

    def take_back(self, today: date, zone: ZoneInfo) -> Self:
        """Undo the last call, which was not made so: the family is to be called today, or later."""
        if not self.attempts:
            raise IllegalStep("no_call_to_correct")
        left = self.attempts[:-1]
        days = [calendar.local_date(zone, each.at) + timedelta(days=1) for each in left[-1:]]
        next_on = max(self.asked_on, today, *days)
        status = FollowUpStatus.DUE if next_on <= today else FollowUpStatus.PLANNED
        return self._with(status=status, attempts=left, result=None, on_time=None, next_on=next_on)

    def end_with(self, at: datetime, zone: ZoneInfo) -> Self:
        """Leave a call that is open as the end of the care at that moment does: missed, or none."""
        tried = [calendar.local_date(zone, each.at) + timedelta(days=1) for each in self.attempts]
        passed = at > calendar.end_of_day(zone, max([self.asked_on + GRACE, *tried[-1:]]))
        return self._with(status=FollowUpStatus.MISSED) if self.open and passed else self.cancel()

    def cancel(self) -> Self:
        """Drop a call that is still open, because the care has ended."""
        return self._with(status=FollowUpStatus.CANCELLED) if self.open else self


def _due_day(kind: FollowUpKind, started_on: date) -> date:
    """Return the day of a call; a month too short lends its last day."""
    if kind is FollowUpKind.TWO_WEEKS:
        return started_on + timedelta(days=14)
    return calendar.add_months(started_on, 1)


def plan_calls(started_on: date, recorded_on: date, region: str) -> tuple[FollowUp, ...]:
    """Plan the calls of help that started on one day and was recorded on another."""
    planned = (FollowUp.plan(kind, started_on, recorded_on, region) for kind in FollowUpKind)
    return _without_stale(planned, recorded_on)


def move_calls(
    calls: Iterable[FollowUp], started_on: date, recorded_on: date
) -> tuple[FollowUp, ...]:
    """Move the open calls to another start of the help, known by that day."""
    return _without_stale((call.move(started_on, recorded_on) for call in calls), recorded_on)


def resume(calls: Iterable[FollowUp], today: date) -> tuple[FollowUp, ...]:
    """Ask for the open calls again, whose days may have passed while an ending was decided."""
    return _without_stale((call.resume(today) for call in calls), today)


def _without_stale(calls: Iterable[FollowUp], today: date) -> tuple[FollowUp, ...]:
    """Miss the calls that were not asked for before a later one was due."""
    found = tuple(calls)
    passed = [call.due_on for call in found if call.open and call.due_on <= today]
    stale = [
        call
        for call in found
        if call.status is FollowUpStatus.PLANNED
        and not call.attempts
        and any(call.due_on < later for later in passed)
    ]
    return tuple(call.miss_unasked() if call in stale else call for call in found)


def next_call(calls: Iterable[FollowUp], zone: ZoneInfo) -> FollowUp | None:
    """Return the call that time changes next."""
    moments = ((call.next_moment(zone), call) for call in calls)
    coming = [(moment, call) for moment, call in moments if moment is not None]
    return min(coming, key=lambda each: each[0])[1] if coming else None
