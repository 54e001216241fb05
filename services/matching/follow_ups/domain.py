"""One of the two calls to a family after the start of help, until it is done, missed or dropped."""

from datetime import date, datetime, timedelta
from typing import Literal, Self

from services.matching.follow_ups.values import FollowUpKind, FollowUpResult, FollowUpStatus
from services.matching.matches import time_limits
from shared.domain import ValueObject
from shared.errors import IllegalStep
from shared.reference import calendar, regions

MAX_ATTEMPTS = 3


_OPEN = (FollowUpStatus.PLANNED, FollowUpStatus.DUE)


class Attempt(ValueObject):
    """One time somebody dialled."""

    at: datetime
    by: str
    result: FollowUpResult


class FollowUp(ValueObject):
    """A promised call: due in the morning of its day, missed after two days of grace."""

    kind: FollowUpKind
    due_on: date
    next_on: date
    region: str
    status: FollowUpStatus = FollowUpStatus.PLANNED
    attempts: tuple[Attempt, ...] = ()
    result: FollowUpResult | None = None
    on_time: bool | None = None

    @classmethod
    def plan(cls, kind: FollowUpKind, started_on: date, region: str) -> Self:
        """The call of that kind for help that started on that day."""
        due_on = time_limits.follow_up_day(kind, started_on)
        return cls(kind=kind, due_on=due_on, next_on=due_on, region=region)

    @property
    def open(self) -> bool:
        """Whether somebody still has to call."""
        return self.status in _OPEN

    @property
    def attempt(self) -> int:
        """Which try is next, from 1."""
        return len(self.attempts) + 1

    @property
    def next_moment(self) -> datetime | None:
        """When something happens by itself."""
        if self.status is FollowUpStatus.PLANNED:
            return time_limits.morning_of(self.region, self.next_on)
        if self.status is FollowUpStatus.DUE:
            return calendar.end_of_day(regions.zone(self.region), self._last_day)
        return None

    @property
    def _last_day(self) -> date:
        return max(self.due_on + time_limits.GRACE, self.next_on)

    def fall_due(self, now: datetime) -> tuple[Self, Literal["due", "missed"] | None]:
        """The next thing that time alone has brought, if any."""
        moment = self.next_moment
        if moment is None or now < moment:
            return self, None
        if self.status is FollowUpStatus.PLANNED:
            return self._with(status=FollowUpStatus.DUE), "due"
        return self._with(status=FollowUpStatus.MISSED), "missed"

    def call(self, result: FollowUpResult, by: str, at: datetime) -> Self:
        """The headquarters has called; who does not answer is called again, three times at most."""
        if self.status in (FollowUpStatus.DONE, FollowUpStatus.CANCELLED):
            raise IllegalStep("call_already_settled")
        today = calendar.local_date(regions.zone(self.region), at)
        if today < self.due_on:
            raise IllegalStep("call_too_early", due_on=self.due_on)
        called = self._with(attempts=(*self.attempts, Attempt(at=at, by=by, result=result)))
        if result is FollowUpResult.UNREACHABLE and self.open and self.attempt < MAX_ATTEMPTS:
            return called._with(status=FollowUpStatus.PLANNED, next_on=today + timedelta(days=1))
        on_time = today <= self.due_on + time_limits.GRACE
        return called._with(status=FollowUpStatus.DONE, result=result, on_time=on_time)

    def cancel(self) -> Self:
        """The care has ended; nobody has to call any more."""
        return self._with(status=FollowUpStatus.CANCELLED) if self.open else self

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update=changes)
