"""Which change of a message publishes which event."""

from datetime import datetime

from services.notifications.messages.domain import Message
from shared.events.notifications import MessageFailed, MessageSent


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


def message_failed(message: Message) -> MessageFailed:
    """Return the event of a message that reaches the person by no channel."""
    return MessageFailed(**event_fields(message), reason=message.reason or "")
