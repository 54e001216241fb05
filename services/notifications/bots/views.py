"""What goes out about bots."""

from datetime import datetime

from services.notifications.bots.values import BotState
from shared.api.models import View


class BotView(View):
    """Whether a messenger sends us what people write, and since when that is known."""

    name: str
    status: BotState
    checked_at: datetime | None
    version: int
