"""What is answered to a search: the same fields with a card and without one."""

from services.cards.cards.values import CardStatus
from shared.api.models import View


class FoundCard(View):
    """The card, by the id of which it is blocked; no name, no contact, no number."""

    found: bool
    id: str | None = None
    status: CardStatus | None = None
    district_id: str | None = None
    last4: str | None = None
