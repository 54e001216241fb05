"""Which change of a message publishes which event."""

from datetime import datetime
from typing import TypedDict

from services.notifications.messages.domain import Message
from shared.events.base import Event
from shared.events.notifications import (
    MessageDelivered,
    MessageFailed,
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


def message_delivered(message: Message, before: Message) -> list[Event]:
    """Return the event of a message that has reached its person, the first time that is known."""
    if message.delivered_at is None or before.delivered_at is not None:
        return []
    fields, channel = event_fields(message), message.channel or ""
    return [MessageDelivered(**fields, channel=channel, delivered_at=message.delivered_at)]


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
