"""The hours of a day in which people may be disturbed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT_STARTS = time(22)
NIGHT_ENDS = time(9)
# On days off people sleep longer.
NIGHT_ENDS_ON_DAYS_OFF = time(10)


@dataclass(frozen=True, slots=True)
class Daytime:
    """When a reader may be disturbed: the clocks, and which days the reader has off."""

    zone: ZoneInfo
    is_day_off: Callable[[date], bool]

    def starts(self, day: date) -> datetime:
        """Return the first moment of a day at which its reader may be disturbed, in UTC."""
        ends = NIGHT_ENDS_ON_DAYS_OFF if self.is_day_off(day) else NIGHT_ENDS
        return datetime.combine(day, ends, self.zone).astimezone(UTC)

    def next_day(self, moment: datetime) -> datetime:
        """Return the first moment of the next day at which its reader may be disturbed."""
        return self.starts(moment.astimezone(self.zone).date() + timedelta(days=1))

    def next_moment(self, moment: datetime) -> datetime:
        """Return the moment itself by day; by night (22 to 9, on days off to 10) the morning."""
        local = moment.astimezone(self.zone)
        if local.time() >= NIGHT_STARTS:
            return self.starts(local.date() + timedelta(days=1))
        return max(moment, self.starts(local.date()))
