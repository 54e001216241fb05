"""What goes out about messages."""

from datetime import datetime

from services.notifications.messages.values import MessageStatus
from shared.api.models import View


class MessageView(View):
    """The status of a message, without its text and address."""

    message_id: str
    template: str
    wording_id: str | None
    audience: str
    reference: str
    status: MessageStatus
    channel: str | None
    reason: str | None
    attempts: int
    created_at: datetime
    sent_at: datetime | None
