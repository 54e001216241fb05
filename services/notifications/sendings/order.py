"""One person's messages go out in the order of what happened, not of the queue."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.messages.domain import ARRIVING, Message
from services.notifications.messages.values import FIRST_WAIT, LONGEST_WAIT, MessageStatus
from services.notifications.pacing.values import Daytime
from shared.reference import calendar

ON_THE_WAY = (MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.JOINED)


def waits_until(
    message: Message, now: datetime, daytime: Daytime, about: Sequence[Message]
) -> datetime | None:
    """Return until when a message waits for its turn, or None.

    `about` is the latest of its subject. What says the same as the last of it that its person got
    that day waits for the next one.
    """
    if not message.is_to_person:
        return None
    if not has_waited(message, now, daytime) and _earlier_is_on_its_way(
        message, now, daytime, about
    ):
        return now + FIRST_WAIT
    return daytime.next_day(now) if _repeats(message, now, daytime, about) else None


def is_said_later(message: Message, about: Sequence[Message]) -> bool:
    """Return whether later news says the same, and waits as well or was sent."""
    return _may_be_one(message) and any(
        each.status in (*ON_THE_WAY, *ARRIVING)
        and message.comes_before(each)
        and message.says_the_same(each)
        for each in about
    )


def _earlier_is_on_its_way(
    message: Message, now: datetime, daytime: Daytime, about: Sequence[Message]
) -> bool:
    """Return whether the same person has earlier news of the same subject on the way.

    What waits for the morning holds up nothing urgent, what waits for more news nothing: it goes
    along with this one. What is meant for another day, is unknown, failed or has been tried for
    too long holds up nothing.
    """
    return any(
        each.status in ON_THE_WAY
        and each.comes_before(message)
        and not each.gathers
        and not each.in_quiet_hours(now, daytime)
        and not _is_meant_for_later(each, now)
        for each in about
    )


def _repeats(message: Message, now: datetime, daytime: Daytime, about: Sequence[Message]) -> bool:
    sent = [each for each in about if each.status in ARRIVING and each.comes_before(message)]
    last = max(sent, key=lambda each: each.raised.place, default=None)
    if last is None or last.sent_at is None or not _may_be_one(message) or message.attempts:
        return False
    days = {calendar.local_date(daytime.zone, each) for each in (last.sent_at, now)}
    return len(days) == 1 and last.says_the_same(message)


def _may_be_one(message: Message) -> bool:
    """Return whether a message may be left out for another: a code or a form is each its own."""
    return message.is_to_person and not (message.urgent or message.form_id)


def _is_meant_for_later(message: Message, now: datetime) -> bool:
    """Return whether it was never tried, and is to go out on another day."""
    due_at = message.due_at
    return not message.attempts and due_at is not None and due_at > now + LONGEST_WAIT


def has_waited(message: Message, now: datetime, daytime: Daytime) -> bool:
    """Return whether it could have gone out for so long that it waits for no other message."""
    made = message.created_at
    since = made if message.urgent else daytime.next_moment(made)
    return now >= since + message.longest_wait
