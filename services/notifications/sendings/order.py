"""One person's messages go out in the order of what happened, not of the queue."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.messages.domain import ARRIVING, Message
from services.notifications.messages.values import LONGEST_WAIT, MessageStatus
from services.notifications.pacing.values import Daytime
from services.notifications.templates.domain import Template
from services.notifications.templates.values import FIRST_NAME
from services.notifications.templates.wording import variables
from shared.reference import calendar

ON_THE_WAY = (MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.JOINED)


def waits_for_earlier(
    message: Message, now: datetime, daytime: Daytime, about: Sequence[Message]
) -> bool:
    """Return whether the same person has earlier news of the same subject on the way.

    `about` is the latest of the subject. What waits for the morning holds up nothing urgent, what
    waits for more news nothing: it goes along with this one. What is meant for another day, is
    unknown, failed or has been tried for too long holds up nothing.
    """
    if has_waited(message, now, daytime):
        return False
    return any(
        each.status in ON_THE_WAY
        and each.comes_before(message)
        and not each.gathers
        and not each.in_quiet_hours(now, daytime)
        and not _is_meant_for_later(each, now)
        for each in about
    )


def is_said_later(message: Message, template: Template, about: Sequence[Message]) -> bool:
    """Return whether later news says the same, and waits as well or was sent."""
    return _may_be_one(message, template) and any(
        each.status in (*ON_THE_WAY, *ARRIVING)
        and message.comes_before(each)
        and message.says_the_same(each)
        for each in about
    )


def is_said_today(
    message: Message,
    template: Template,
    now: datetime,
    daytime: Daytime,
    about: Sequence[Message],
) -> bool:
    """Return whether the last that its person got of the subject says the same, of that day."""
    sent = [each for each in about if each.status in ARRIVING and each.comes_before(message)]
    last = max(sent, key=lambda each: each.raised.place, default=None)
    if last is None or last.sent_at is None or message.attempts:
        return False
    days = {calendar.local_date(daytime.zone, each) for each in (last.sent_at, now)}
    return len(days) == 1 and last.says_the_same(message) and _may_be_one(message, template)


def _may_be_one(message: Message, template: Template) -> bool:
    """Return whether a message may be left out for another one, since both read the same.

    What its owner fills in at the moment of sending, as a code, and a form are each their own; so
    is what names no subject that distinguishes it from others.
    """
    own = message.urgent or message.form_id or variables(template) - {FIRST_NAME}
    return bool(message.topics) and not own


def _is_meant_for_later(message: Message, now: datetime) -> bool:
    """Return whether it was never tried, and is to go out on another day."""
    due_at = message.due_at
    return not message.attempts and due_at is not None and due_at > now + LONGEST_WAIT


def has_waited(message: Message, now: datetime, daytime: Daytime) -> bool:
    """Return whether it could have gone out for so long that it waits for no other message."""
    made = message.created_at
    since = made if message.urgent else daytime.next_moment(made)
    return now >= since + message.longest_wait
