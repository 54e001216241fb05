"""The times that the programme promises; days are the region's own."""

from datetime import UTC, date, datetime, time, timedelta

from services.matching.follow_ups.values import FollowUpKind
from shared.reference import calendar, regions

INTRODUCTION_LIMIT = timedelta(hours=72)
INTRODUCTION_WARNING = timedelta(hours=48)
SECOND_NOTICE_REMINDER = timedelta(hours=24)
SECOND_NOTICE_LIMIT = timedelta(hours=72)
GRACE = timedelta(days=2)
MORNING = time(9)
# Limits are kept to the second: 72:00:00 is in time, 72:00:01 is late.
TICK = timedelta(seconds=1)


def morning_of(region: str, day: date) -> datetime:
    """When the headquarters gets its tasks of the day."""
    return datetime.combine(day, MORNING, regions.zone(region)).astimezone(UTC)


def follow_up_day(kind: FollowUpKind, started_on: date) -> date:
    """When a call is due after the first help; a month too short lends its last day."""
    if kind is FollowUpKind.TWO_WEEKS:
        return started_on + timedelta(days=14)
    return calendar.add_months(started_on, 1)
