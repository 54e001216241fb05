"""Whom a message about a card reaches, asked at the moment of sending."""

from collections.abc import Mapping

from services.cards.cards import vault_records as sealed
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from shared.errors import IllegalStep
from shared.messaging.recipients import Addressee, RecipientQuery
from shared.principal import system

PURPOSE = "notify_holder"


def resolve_holder(ask: RecipientQuery, cards: Cards) -> Addressee:
    """Whom a message about a card reaches."""
    return reach(cards.get(ask.reference), {})


def reach(card: Card, facts: Mapping[str, str]) -> Addressee:
    """The holder, with the facts and the card's activation code for templates that name them."""
    asker = system("resolve_recipients")
    contact = sealed.open_contact(card, asker, PURPOSE)
    if contact is None:
        raise IllegalStep("no_channel")

    def activation_code() -> str:
        return sealed.open_card(card, asker, PURPOSE)[sealed.CODE]

    return Addressee(contact, {**facts, "activation_code": activation_code})
