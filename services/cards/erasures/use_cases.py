"""What is kept of a card that has ended is erased, and of its holder unless another card lives."""

import contextlib
from typing import Any

from services.cards.cards import events, vault_records
from services.cards.cards.domain import Card
from services.cards.cards.policy import load_authorised
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardId
from services.cards.erasures.repository import Files
from services.cards.holders.repository import Holders
from services.cards.holders.values import UNCHANGED, HolderChange
from shared import clock
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.transaction import NameTaken

ERASED_AT_ONCE = 4  # cards of one holder, so that the commit stays small


def erase_holder(card_id: CardId, context: CommandContext, cards: Cards, vault: Vault) -> Receipt:
    """Erase what is kept of a card that has ended, and of its holder unless another card lives.

    The holder is the person, whatever offices have a file of hers: the other files follow.
    """
    card = load_authorised(card_id, "erase_holder", context.actor, cards)
    files, own = Files(cards), (card.region, card.holder_ref)
    found, card = files.of_person(card), card.erase(clock.now())
    if all(each.ended for cards_of in found.values() for each in cards_of):
        with contextlib.suppress(NameTaken):
            return save_erased_file(card, found[own], context, cards, vault)
    return save_erased_card(card, context, cards, vault, contact_too=not files.has_card(own))


def save_erased_file(
    card: Card, found: list[Card], context: CommandContext, cards: Cards, vault: Vault
) -> Receipt:
    """Store that the holder of a file is erased, with a card and the latest others of the file.

    Raises NameTaken when the file has a living card after all.
    """
    writes = vault_records.erase_holder(card, [card, *_others(card, found)], vault)
    event = events.erased(card, holder_too=True)
    return cards.save_erased(context, card, writes, event, _stranger(card, cards))


def save_erased_card(
    card: Card,
    context: CommandContext,
    cards: Cards,
    vault: Vault,
    *,
    holder_too: bool = False,
    contact_too: bool = False,
) -> Receipt:
    """Store that a card is erased; whose the number of its file is stays as it is.

    The contact goes too where the person's living card is under the file of another office.
    """
    event = events.erased(card, holder_too=holder_too)
    writes = vault_records.erase_card(card, vault)
    person = UNCHANGED
    if contact_too:
        writes += vault_records.forget_contact(card, vault)
        person = _stranger(card, cards)
    return cards.save(
        context,
        card,
        *person.rows,
        events=[event],
        unique=list(person.unique),
        release=list(person.release),
        writes=writes,
    )


def _stranger(card: Card, cards: Cards) -> HolderChange[Any]:
    """Return what makes the holder of a file a stranger: no phone leads to her."""
    return Holders(cards.store).erased(card.region, card.holder_ref, cards.settled_of_person)


def _others(card: Card, found: list[Card]) -> list[Card]:
    """Return the latest other cards, which are unreadable at once; each older one follows."""
    return [each for each in found if each.id != card.id][-ERASED_AT_ONCE:]
