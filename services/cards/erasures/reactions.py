"""What follows when a holder is erased: her earlier cards, and her files at other offices."""

from collections.abc import Callable

from services.cards.cards.repository import Cards, read_again
from services.cards.erasures.repository import Files
from services.cards.erasures.use_cases import save_erased_card, save_erased_file
from shared import clock
from shared.events.base import Event, Received
from shared.events.cards import CardErased
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


def erase_next_card(
    received: Received[CardErased], context: CommandContext, cards: Cards, vault: Vault
) -> None:
    """Erase the next card of an erased holder; the one after it follows by its event.

    When a file has no more, the next file of the person begins, unless she has a card again.
    """
    event = received.event
    if not event.holder_too:
        return
    found = cards.list_by_holder(event.region, event.holder_ref)
    left = (each for each in found if each.erased_at is None)
    if (card := next(left, None)) is not None:
        save_erased_card(card.erase(clock.now()), context, cards, vault, holder_too=True)
        return
    files = Files(cards)
    others = files.of_same_person((event.region, event.holder_ref))
    if not all(each.ended for cards_of in others.values() for each in cards_of):
        return
    for file, cards_of in others.items():
        if cards_of and not files.is_erased(file):
            last = cards_of[-1].erase(clock.now())
            with read_again():  # a file may have a card again
                save_erased_file(last, cards_of, context, cards, vault)
            return


REACTIONS: dict[type[Event], Callable[..., None]] = {CardErased: erase_next_card}
LOOKS_AGAIN = (erase_next_card,)
