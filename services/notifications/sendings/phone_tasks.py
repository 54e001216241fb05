"""The task to call a person who is not reached in writing."""

from datetime import datetime, timedelta

from services.notifications.messages.domain import Message
from services.notifications.messages.values import derived_id
from services.notifications.templates.values import Audience
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_subjects.values import Mark, WorkKind
from shared.reference import calendar, regions

CALL_WITHIN = timedelta(days=1)


def phone_task(message: Message, now: datetime) -> WorkItem:
    """Return the task to call a person and tell the news, by tomorrow or the next working day."""
    of_holder = message.audience == Audience.HOLDER
    caller = Audience.LEADER if of_holder else Audience.HQ
    return WorkItem(
        item_id=derived_id("wrk", now, message.message_id),
        message_id=message.message_id,
        role=caller.reader,
        region=message.region,
        district_id=message.district_id,
        kind=WorkKind.TELL_BY_PHONE.value,
        raised=Mark(source=message.message_id, at=now),
        template=message.template,
        variant=message.variant,
        reference=message.about,
        about=message.for_family,
        urgent=message.urgent,
        due_at=_call_by(message, now),
        facts=message.facts,
        by_phone=True,
        news=(message.template,),
        calls=(message.message_id,),
        created_at=now,
    )


def _call_by(message: Message, now: datetime) -> datetime:
    """Return until when to call: a day from now, and on no day off unless it is urgent."""
    due_at, zone = now + CALL_WITHIN, regions.zone(message.region)
    day = calendar.local_date(zone, due_at)
    if message.urgent or regions.is_working_day(message.region, day):
        return due_at
    return calendar.end_of_day(zone, regions.working_day_from(message.region, day))
