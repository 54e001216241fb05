"""Whom a message about a card reaches, asked at the moment of sending."""

from collections.abc import Mapping

from services.cards.registry import sealed
from services.cards.registry.domain import Card
from services.cards.registry.repository import Cards
from shared.errors import IllegalStep
from shared.messaging import template_variables
from shared.messaging.recipients import Recipient, RecipientQuery, Refused
from shared.principal import system

PURPOSE = "notify_holder"


def resolve_holder(ask: RecipientQuery, cards: Cards) -> Recipient | Refused:
    """Whom a message about a card reaches."""
    return reach(ask, cards.get(ask.reference), {})


def reach(ask: RecipientQuery, card: Card, facts: Mapping[str, str]) -> Recipient | Refused:
    """The holder's contact, with the variables that the template declares."""
    asker = system("resolve_recipients")
    contact = sealed.open_contact(card, asker, PURPOSE)
    way = contact.way(ask.avoid) if contact else None
    if contact is None or way is None:
        raise IllegalStep("no_channel")
    named = template_variables.declared("cards")[ask.template]
    variables = {"first_name": contact.name, **facts}
    if "activation_code" in named:
        variables["activation_code"] = sealed.open_card(card, asker, PURPOSE)[sealed.CODE]
    return Recipient(
        reference=ask.reference,
        channel=way[0],
        address=way[1],
        language=contact.language,
        variables={name: variables[name] for name in named},
    )
