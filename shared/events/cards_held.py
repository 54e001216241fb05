"""Events of cards that wait for a leader; cards publishes them."""

from shared.events.base import Event
from shared.events.cards import _OfCard


class CardHeld(_OfCard, Event):
    """A card waits for a leader: its holder may have another, by the file's number or the phone.

    No till and no holder gets it before; one that is `activated` was in its holder's hands already.
    """

    district_id: str
    because: str
    other_card_ids: tuple[str, ...]
    activated: bool = False


class CardHoldDecided(_OfCard, Event):
    """A leader said whose a held card is: it goes on, or has ended as the second of its person."""

    district_id: str
    decision: str
