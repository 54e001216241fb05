"""The day of a reader, as the region's calendar and the district's clocks say it."""

from datetime import date

from services.notifications.pacing.values import Daytime
from services.notifications.templates.values import Audience
from shared.reference import regions


def daytime_of(audience: str, region: str, district: str | None) -> Daytime:
    """Return when readers of a district may be disturbed; the staff is at work from nine."""
    zone = regions.zone_at(region, district)
    if Audience(audience).owner is None:
        return Daytime(zone, _never)
    return Daytime(zone, lambda day: not regions.is_working_day(region, day))


def _never(day: date) -> bool:
    return False
