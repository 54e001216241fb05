"""Dates that people live by, reckoned on the clocks of a region; moments are stored in UTC.

Every function takes the zone: `shared.reference.regions.zone` reads it, this module reads nothing.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local(zone: ZoneInfo, moment: datetime) -> datetime:
    """Return the moment on the clocks of the zone."""
    return moment.astimezone(zone)


def local_date(zone: ZoneInfo, moment: datetime) -> date:
    """Return the date of the zone at that moment."""
    return local(zone, moment).date()


def start_of_day(zone: ZoneInfo, day: date) -> datetime:
    """Return the first moment of a day of the zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of_day(zone: ZoneInfo, day: date) -> datetime:
    """Return the first moment after a day of the zone, in UTC."""
    return start_of_day(zone, day + timedelta(days=1))


def add_months(day: date, months: int) -> date:
    """Return the same day some calendar months later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months(first: str, last: str) -> tuple[str, ...]:
    """Return the months from one to another, both included, as 2026-09."""
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return tuple(f"{each // 12:04d}-{each % 12 + 1:02d}" for each in range(begin, end + 1))


def month_before(month: str) -> str:
    """Return the month before one."""
    return f"{add_months(date.fromisoformat(f'{month}-01'), -1):%Y-%m}"


def add_working_days(day: date, number: int, is_working: Callable[[date], bool]) -> date:
    """Return the day that is so many working days later."""
    left = number
    while left:
        day += timedelta(days=1)
        left -= is_working(day)
    return day
