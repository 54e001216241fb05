"""What goes out about a gift: to the family, and to the headquarters that speaks for it."""

from datetime import date, datetime

from services.matching.gifts.values import GiftStatus
from shared.api.models import View


class GiftView(View):
    """A gift of the family."""

    gift_id: str
    kind: str
    on: date
    resource_id: str
    offered_at: datetime
    status: GiftStatus
    next_steps: tuple[str, ...]
    version: int
