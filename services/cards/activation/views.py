"""What a holder sees of a card put into use."""

from services.cards.cards.values import CardStatus
from shared.api.models import View


class ActivatedCard(View):
    """The card is in use. `qr_secret` lets the phone show its turning code; it is shown once.

    A leader who puts a card into use gets none: the holder's phone asks by `hand_over_code`.
    """

    id: str
    version: int
    status: CardStatus
    handle: str | None = None
    generation: int | None = None
    qr_secret: str | None = None
