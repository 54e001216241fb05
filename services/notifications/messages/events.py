"""Which change of a message publishes which event."""

from datetime import datetime
from typing import TypedDict

from services.notifications.messages.domain import Message
from shared.events.base import Event
from shared.events.notifications import (
    MessageDelivered,
    MessageFailed,
    MessageRead,
    MessageSent,
    MessageWithheld,
)


def event_fields(message: Message) -> dict[str, str]:
    """Return what every event of a message says."""
    return {
        "region": message.region,
        "message_id": message.message_id,
        "template": message.template,
        "audience": message.audience,
        "reference": message.reference,
    }


def message_sent(message: Message, now: datetime) -> MessageSent:
    """Return the event of a message that a channel has taken."""
    return MessageSent(**event_fields(message), channel=message.channel or "", sent_at=now)


def arrival(after: Message, before: Message) -> list[Event]:
    """Return the events of what is known of a message's arrival for the first time."""
    fields, channel, found = event_fields(after), after.channel or "", list[Event]()
    if after.delivered_at is not None and before.delivered_at is None:
        found.append(MessageDelivered(**fields, channel=channel, delivered_at=after.delivered_at))
    if after.read_at is not None and before.read_at is None:
        found.append(MessageRead(**fields, channel=channel, read_at=after.read_at))
    return found


def sending(after: Message, before: Message) -> list[Event]:
    """Return the events of what is known of a message's sending for the first time."""
    first = after.sent_at is not None and before.sent_at is None
    sent = [message_sent(after, after.sent_at)] if first and after.sent_at else []
    return [*sent, *arrival(after, before)]


def message_failed(message: Message) -> MessageFailed:
    """Return the event of a message that reaches the person by no channel."""
    return MessageFailed(**event_fields(message), **_unsent_fields(message))


def message_withheld(message: Message) -> MessageWithheld:
    """Return the event of a message that the person does not want, or must not get this way."""
    return MessageWithheld(**event_fields(message), **_unsent_fields(message))


class _UnsentFields(TypedDict):
    reason: str
    channel: str | None
    district_id: str | None
    office_id: str | None
    family_id: str | None


def _unsent_fields(message: Message) -> _UnsentFields:
    return {
        "reason": message.reason or "",
        "channel": message.refused_channels[-1] if message.refused_channels else message.channel,
        "district_id": message.district_id,
        "office_id": message.office_id,
        "family_id": message.for_family,
    }
