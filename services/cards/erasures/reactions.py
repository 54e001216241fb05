"""What follows when a holder is erased: her earlier cards, one after another."""

from collections.abc import Callable

from services.cards.cards.repository import Cards
from services.cards.erasures.use_cases import save_erased_card
from shared import clock
from shared.events.base import Event, Received
from shared.events.cards import CardErased
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


def erase_next_card(
    received: Received[CardErased], context: CommandContext, cards: Cards, vault: Vault
) -> None:
    """Erase the next card of an erased holder; the one after it follows by its event."""
    event = received.event
    if not event.holder_too:
        return
    found = cards.list_by_holder(event.region, event.holder_ref)
    left = (each for each in found if each.ended and each.erased_at is None)
    if (card := next(left, None)) is not None:
        save_erased_card(card.erase(clock.now()), context, cards, vault, holder_too=True)


REACTIONS: dict[type[Event], Callable[..., None]] = {CardErased: erase_next_card}
