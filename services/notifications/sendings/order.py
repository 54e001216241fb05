"""One person's messages go out in the order of what happened, not of the queue."""

from datetime import datetime

from services.notifications.messages.domain import Message
from services.notifications.messages.repository import Messages
from services.notifications.messages.values import LONGEST_WAIT, MessageStatus
from services.notifications.pacing.values import Daytime
from services.notifications.templates.values import Audience

ON_THE_WAY = (MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.JOINED)


def waits_for_earlier(
    message: Message, now: datetime, daytime: Daytime, messages: Messages
) -> bool:
    """Return whether the same person has earlier news of the same subject on the way.

    What waits for the morning holds up nothing urgent, what waits for more news nothing: it goes
    along with this one. What is meant for another day, is unknown, failed or has been tried for
    too long holds up nothing.
    """
    if Audience(message.audience).owner is None or has_waited(message, now, daytime):
        return False
    return any(
        each.status in ON_THE_WAY
        and each.comes_before(message)
        and not each.gathers
        and not each.in_quiet_hours(now, daytime)
        and not _is_meant_for_later(each, now)
        for each in messages.latest_about(message.region, message.reference)
    )


def _is_meant_for_later(message: Message, now: datetime) -> bool:
    """Return whether it was never tried, and is to go out on another day."""
    due_at = message.due_at
    return not message.attempts and due_at is not None and due_at > now + LONGEST_WAIT


def has_waited(message: Message, now: datetime, daytime: Daytime) -> bool:
    """Return whether it could have gone out for so long that it waits for no other message."""
    made = message.created_at
    since = made if message.urgent else daytime.next_moment(made)
    return now >= since + message.longest_wait
