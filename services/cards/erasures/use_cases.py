"""What is kept of a card that has ended is erased, and of its holder unless another card lives."""

import contextlib

from services.cards.cards import events, vault_records
from services.cards.cards.domain import Card
from services.cards.cards.policy import load_authorised
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardId
from services.cards.holders.repository import Holders
from shared import clock
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.store import NameTaken

ERASED_AT_ONCE = 6  # cards of one holder, so that the commit stays small


def erase_holder(card_id: CardId, context: CommandContext, cards: Cards, vault: Vault) -> Receipt:
    """Erase what is kept of a card that has ended, and of its holder unless another card lives."""
    card = load_authorised(card_id, "erase_holder", context.actor, cards).erase(clock.now())
    found = cards.list_by_holder(card.region, card.holder_ref)
    if all(each.ended for each in found):
        writes = vault_records.erase_holder(card, [card, *_others(card, found)], vault)
        person = Holders(cards.store).erased(card.region, card.holder_ref)
        with contextlib.suppress(NameTaken):
            event = events.erased(card, holder_too=True)
            return cards.save_erased(context, card, writes, event, person)
    return save_erased_card(card, context, cards, vault, holder_too=False)


def save_erased_card(
    card: Card, context: CommandContext, cards: Cards, vault: Vault, *, holder_too: bool
) -> Receipt:
    """Store that a card is erased; whose the number of its file is stays as it is."""
    event = events.erased(card, holder_too=holder_too)
    return cards.save(context, card, events=[event], writes=vault_records.erase_card(card, vault))


def _others(card: Card, found: list[Card]) -> list[Card]:
    """Return the latest other cards, which are unreadable at once; each older one follows."""
    return [each for each in found if each.id != card.id][-ERASED_AT_ONCE:]
