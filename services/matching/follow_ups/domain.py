"""One of the two calls to a family after the start of help, until it is done, missed or dropped."""

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
# When the headquarters gets its tasks of the day.
MORNING = time(9)

OPEN = (FollowUpStatus.PLANNED, FollowUpStatus.DUE)


class Attempt(ValueObject):
    """One call that was made."""

    at: datetime
    by: str
    result: Annotated[str, CodeOf("follow_up_result")]


class FollowUp(ValueObject):
    """A promised call: due in the morning of its day, missed after two days of grace."""

    kind: FollowUpKind
    due_on: date
    next_on: date
    region: str
    status: FollowUpStatus = FollowUpStatus.PLANNED
    attempts: tuple[Attempt, ...] = ()
    result: Annotated[str, CodeOf("follow_up_result")] | None = None
    on_time: bool | None = None

    @classmethod
    def plan(cls, kind: FollowUpKind, started_on: date, region: str) -> Self:
        """Plan the call of that kind for help that started on that day."""
        due_on = _due_day(kind, started_on)
        return cls(kind=kind, due_on=due_on, next_on=due_on, region=region)

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
            return calendar.end_of_day(zone, max(self.due_on + GRACE, self.next_on))
        return None

    def advance(self) -> Self:
        """Do what the next moment asks for: a planned call falls due, a due one is missed."""
        planned = self.status is FollowUpStatus.PLANNED
        return self._with(status=FollowUpStatus.DUE if planned else FollowUpStatus.MISSED)

    def call(self, result: str, by: str, at: datetime, zone: ZoneInfo) -> Self:
        """Record a call; a family that does not answer is called again, three times at most."""
        if self.status in (FollowUpStatus.DONE, FollowUpStatus.CANCELLED):
            raise IllegalStep("call_already_settled")
        today = calendar.local_date(zone, at)
        if today < self.due_on:
            raise IllegalStep("call_too_early", due_on=self.due_on)
        called = self._with(attempts=(*self.attempts, Attempt(at=at, by=by, result=result)))
        if result == FollowUpResult.UNREACHABLE and self.open and self.attempt < MAX_ATTEMPTS:
            return called._with(status=FollowUpStatus.PLANNED, next_on=today + timedelta(days=1))
        on_time = today <= self.due_on + GRACE
        return called._with(status=FollowUpStatus.DONE, result=result, on_time=on_time)

    def cancel(self) -> Self:
        """Drop a call that is still open, because the care has ended."""
        return self._with(status=FollowUpStatus.CANCELLED) if self.open else self


def _due_day(kind: FollowUpKind, started_on: date) -> date:
    """Return the day of a call; a month too short lends its last day."""
    if kind is FollowUpKind.TWO_WEEKS:
        return started_on + timedelta(days=14)
    return calendar.add_months(started_on, 1)


def next_call(calls: Iterable[FollowUp], zone: ZoneInfo) -> FollowUp | None:
    """Return the call that time changes next."""
    moments = ((call.next_moment(zone), call) for call in calls)
    coming = [(moment, call) for moment, call in moments if moment is not None]
    return min(coming, key=lambda each: each[0])[1] if coming else None
