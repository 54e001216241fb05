"""The holder of a card as the recipient of a message, resolved at the moment of sending."""

from collections.abc import Mapping

from services.cards.cards import vault_records
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.holders.repository import Holders
from shared.errors import IllegalStep
from shared.messaging.recipients import Addressee, RecipientQuery
from shared.principal import system
from shared.privacy.vault import Vault

PURPOSE = "notify_holder"


def resolve_holder(query: RecipientQuery, cards: Cards, vault: Vault) -> Addressee:
    """Return the holder of the card that the reference names."""
    card = cards.get(query.reference)
    return holder_of(card, {}, Holders(cards.store), vault)


def holder_of(card: Card, known: Mapping[str, str], holders: Holders, vault: Vault) -> Addressee:
    """Return the holder, with what is known and, if a template names it, the activation code.

    After a theft no code goes to a contact that is as old as that.
    """
    reader = system("resolve_recipients")
    contact = vault_records.open_contact(card, reader, PURPOSE, vault)
    if contact is None:
        raise IllegalStep("no_channel")

    def activation_code() -> str:
        holder = holders.find(card.holder_id)
        stolen = holder.had_stolen_contact(card.stolen_at) if holder else card.stolen_at
        if stolen:
            raise IllegalStep("contact_stolen")
        return vault_records.open_card(card, reader, PURPOSE, vault)[vault_records.CODE]

    return Addressee(contact, {**known, "activation_code": activation_code})
