"""The task to call a person who is not reached in writing."""

from datetime import datetime, timedelta

from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import PHONE_TASK, Destination
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.repository import Messages
from services.notifications.messages.values import MessageStatus, derived_id
from services.notifications.preferences.domain import UNWANTED
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.templates.domain import Template
from services.notifications.templates.values import Audience
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_subjects.domain import Ending
from services.notifications.work_subjects.repository import WorkSubjects
from services.notifications.work_subjects.values import Mark, WorkKind
from shared.events.notifications import MessageDelivered
from shared.messaging.recipients import Refused
from shared.principal import system
from shared.reference import calendar, regions
from shared.storage.rows import Row

CALL_WITHIN = timedelta(days=1)
# So long a call may take: who speaks about what expires just now may still say at the end what was
# heard, and a correction looks again whether it is over (so seldom that it holds up no other news).
CALL_TAKES = timedelta(hours=1)
# Why a person is not called with what it knows.
NOT_NEEDED = "not_needed"
# Who knows the person; others are called by the headquarters.
_CALLERS = {
    Audience.HOLDER: Audience.LEADER,
    Audience.PARTNER: Audience.LEADER,
    Audience.VOLUNTEER: Audience.VOLUNTEER_COORDINATOR,
}


def phone_task(message: Message, now: datetime) -> WorkItem:
    """Return the task to call a person and tell the news, by tomorrow or the next working day."""
    urgent = message.urgent and not message.acknowledges
    return WorkItem(
        item_id=derived_id("wrk", now, message.message_id),
        message_id=message.message_id,
        role=_CALLERS.get(Audience(message.audience), Audience.HQ).reader,
        region=message.region,
        district_id=message.district_id,
        kind=WorkKind.TELL_BY_PHONE.value,
        raised=Mark(source=message.message_id, at=now),
        template=message.template,
        variant=message.variant,
        reference=message.about,
        about=message.for_family,
        urgent=urgent,
        due_at=_call_by(message, now, urgent),
        expires_at=message.expires_at and message.expires_at + CALL_TAKES,
        by_phone=True,
        news=(message.template,),
        calls=(message.message_id,),
        created_at=now,
    )


def is_known_anyway(message: Message, destination: Destination) -> bool:
    """Whether a person would be called only to hear what it has just done itself.

    Where something written did not reach it the call shows whether its contact is right.
    """
    tried = message.refused_channels or message.doubts or message.attempts
    return message.acknowledges and destination.channel == PHONE_TASK and not tried


def destination_of_call(
    message: Message,
    template: Template,
    envelopes: Envelopes,
    preferences: PreferencesRepository,
) -> Destination | Refused:
    """Return where a person is called whatever other way there is by now, or why not at all."""
    wishes = preferences.of(message.person_id) if message.person_id else None
    if wishes is not None and not wishes.wants(template.optional):
        return Refused(reference=message.reference, refused=UNWANTED)
    by_phone = message.model_copy(update={"by_phone": True, "refused_channels": ()})
    return envelopes.destination(by_phone, template)


def rows_of_work_without(
    message: Message, messages: Messages, items: WorkItems, subjects: WorkSubjects, now: datetime
) -> list[Row]:
    """Return the rows of the work that a message has left behind, which has arrived after all."""
    if message.status is MessageStatus.HANDED_OVER:
        return _rows_of_call_without(message, messages, items, subjects, now)
    if message.status is MessageStatus.FAILED:
        return _rows_of_check_without(message, items, subjects, now)
    return []


def _rows_of_call_without(
    message: Message, messages: Messages, items: WorkItems, subjects: WorkSubjects, now: datetime
) -> list[Row]:
    """Return the rows of the call that was to tell a message which has arrived after all.

    It is over when that was its only news; else the other news stays in it.
    """
    subject = subjects.of(message.filed_under)
    kind = WorkKind.TELL_BY_PHONE.value
    opened = items.get_many(each.item_id for each in subject.open if each.kind == kind)
    item = next((each for each in opened if message.message_id in each.calls), None)
    if item is None:
        return []
    left = messages.get_many(each for each in item.calls if each != message.message_id)
    rest = [phone_task(each, now) for each in left if each.status is MessageStatus.HANDED_OVER]
    if rest:
        return [items.row(item.without(message.message_id, rest))]
    mark = Mark(source=message.message_id, at=now)
    arrived = Ending(kind=kind, mark=mark, by=MessageDelivered.detail_type())
    ended = item.end(arrived, system("notifications").id, now)
    return [items.row(ended), subjects.row(subject.closed(item.item_id))]


def _rows_of_check_without(
    message: Message, items: WorkItems, subjects: WorkSubjects, now: datetime
) -> list[Row]:
    """Return the rows of the work to check a contact that a message has reached after all.

    It is over when no other message failed. That this one had is no reason for such work later.
    """
    kind = WorkKind.CHECK_CONTACT.value
    mark = Mark(source=message.message_id, at=now)
    arrived = Ending(
        kind=kind, detail=message.message_id, mark=mark, by=MessageDelivered.detail_type()
    )
    subject, rows = subjects.of(message.filed_under).noted(arrived), list[Row]()
    for item in items.get_many(each.item_id for each in subject.open if each.kind == kind):
        if message.message_id in item.undelivered:
            item = item.without_undelivered(message.message_id)
            if not item.undelivered:
                item = item.end(arrived, system("notifications").id, now)
                subject = subject.closed(item.item_id)
            rows.append(items.row(item))
    return [subjects.row(subject), *rows]


def _call_by(message: Message, now: datetime, urgent: bool) -> datetime:
    """Return until when to call: a day from now, and on no day off unless it is urgent.

    What expires earlier is said in time.
    """
    due_at, zone = now + CALL_WITHIN, regions.zone(message.region)
    day = calendar.local_date(zone, due_at)
    if not (urgent or regions.is_working_day(message.region, day)):
        due_at = calendar.end_of_day(zone, regions.working_day_from(message.region, day))
    return min(due_at, message.expires_at or due_at)
