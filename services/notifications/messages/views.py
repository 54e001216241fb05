"""What goes out about messages."""

from datetime import datetime
from typing import Annotated

from services.notifications.messages.domain import Message
from services.notifications.messages.values import MessageStatus
from services.notifications.templates.repository import Templates
from shared.api.models import View
from shared.domain import CodeOf


class MessageView(View):
    """The status of a message, without its text and address."""

    message_id: str
    template: str
    wording_id: str | None
    audience: Annotated[str, CodeOf("message_audience")]
    reference: str
    region: str
    status: MessageStatus
    channel: Annotated[str, CodeOf("notification_channel")] | None
    provider: str | None
    reason: Annotated[str, CodeOf("message_failure_reason")] | None
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    doubts: tuple[str, ...]
    segments: int | None
    kopecks: int | None


class OwnMessageView(View):
    """A message as its reader finds it: what it was about, how it came, and what is known of it."""

    message_id: str
    subject: str
    reference: str
    region: str
    status: MessageStatus
    channel: Annotated[str, CodeOf("notification_channel")] | None
    reason: Annotated[str, CodeOf("message_failure_reason")] | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None

    @classmethod
    def of_message(cls, message: Message) -> "OwnMessageView":
        """Show a message under the title of its template."""
        template = Templates.connect().by_name.get(message.template)
        return cls.of(message, subject=template.subject if template else "")
