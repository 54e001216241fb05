"""What follows from a phone that the staff has changed: the code of a card goes to the new one."""

from collections.abc import Callable

from services.cards.cards import use_cases
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardStatus
from shared.events.base import Event, Received
from shared.events.cards import HolderContactChanged
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


def send_code(
    received: Received[HolderContactChanged], context: CommandContext, cards: Cards, vault: Vault
) -> None:
    """Send a new code for a card that waits for one; what went elsewhere before is void.

    One that is off gets a new code as well, which is sent when it is found. The staff may have
    named a card that another has replaced.
    """
    event = received.event
    waiting = event.living_card_id if event.card_id else None
    card = cards.find(waiting) if waiting else None
    if card is None or card.activation is not None:
        return
    if card.status in (CardStatus.ISSUED, CardStatus.BLOCKED):
        off = card.status is CardStatus.BLOCKED
        use_cases.save_new_code(card, context, cards, vault, off=off)


REACTIONS: dict[type[Event], Callable[..., None]] = {HolderContactChanged: send_code}
