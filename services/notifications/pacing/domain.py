"""How often one person is disturbed by what can wait; what is urgent knows no pace."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from services.notifications.pacing.values import Daytime
from services.notifications.templates.values import Audience
from shared.domain import Aggregate
from shared.reference import calendar

# After small news more of it waits so long for what else comes, and goes out as one message.
GATHERED_FOR = timedelta(minutes=10)
# How many messages that can wait a person gets on one day; the rest comes the next morning as one.
MOST_A_DAY: Mapping[Audience, int] = {
    Audience.FAMILY: 12,
    Audience.HOLDER: 5,
    Audience.VOLUNTEER: 8,
    Audience.PARTNER: 5,
    # An organisation has several families, and its people are at work.
    Audience.GUARDIAN: 30,
}


class Pace(Aggregate):
    """What a person has got on one day of its calendar, of what could wait."""

    pace_id: str
    sent: int = 0
    last_small_at: datetime | None = None

    def next_moment(
        self,
        audience: Audience,
        made: datetime,
        now: datetime,
        daytime: Daytime,
        *,
        small: bool,
        together: bool,
    ) -> datetime:
        """Return when news that was made then may go out: now, or the moment that it waits for."""
        today = calendar.local_date(daytime.zone, now)
        tomorrow = daytime.starts(today + timedelta(days=1))
        if together:
            day = calendar.local_date(daytime.zone, made)
            first, last = (daytime.starts(day + timedelta(days=each)) for each in (1, 2))
            # What did not fit into one message goes the morning after, however much there is.
            return max(now, first, min(tomorrow, last) if self.sent else now)
        if self.sent >= MOST_A_DAY[audience]:
            return tomorrow
        if small and self.last_small_at is not None:
            return max(now, daytime.next_moment(self.last_small_at + GATHERED_FOR))
        return now

    def count(self, now: datetime, *, small: bool) -> Self:
        """Count a message that goes out now, however much news it has."""
        small_at = now if small else self.last_small_at
        return self._with(sent=self.sent + 1, last_small_at=small_at)
