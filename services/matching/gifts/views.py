"""What goes out about a gift: to the family, and to the headquarters that speaks for it."""

from datetime import date, datetime
from typing import Annotated

from services.matching.codes import StepCode
from services.matching.gifts.values import GiftStatus
from shared.api.models import View
from shared.domain import CodeOf


class GiftView(View):
    """A gift of the family."""

    gift_id: str
    kind: Annotated[str, CodeOf("gift_kind")]
    on: date
    resource_id: str
    offered_at: datetime
    status: GiftStatus
    next_steps: tuple[StepCode, ...]
    version: int
