"""The day of a message's reader, as the region's calendar and the district's clocks say it."""

from datetime import date

from services.notifications.messages.domain import Message
from services.notifications.messages.values import Daytime
from services.notifications.templates.values import Audience
from shared.reference import regions


def daytime_of(message: Message) -> Daytime:
    """Return when the reader of a message may be disturbed; the staff is at work from nine."""
    zone = regions.zone_at(message.region, message.district_id)
    if Audience(message.audience).owner is None:
        return Daytime(zone, _never)
    return Daytime(zone, lambda day: not regions.is_working_day(message.region, day))


def _never(day: date) -> bool:
    return False
