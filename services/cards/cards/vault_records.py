"""What only the holder may know, sealed under the holder's own key: number, code, contact."""

from services.cards.cards.domain import Card
from shared import keyring
from shared.errors import NotFound
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import RecordFields, Vault
from shared.storage.command_context import CommandContext
from shared.storage.rows import RawWrite

CONTACT = "contact"
NUMBER = "number"
CODE = "code"


def seal_card(
    card: Card, number: str, code: str, contact: Contact | None, vault: Vault
) -> list[RawWrite]:
    """Return the rows of a card's number and code, and of the contact when there is one."""
    records = {card.id: {NUMBER: number, CODE: code}}
    if contact is not None:
        records[CONTACT] = contact.fields()
    return vault.seal_records(_subject(card), records)


def seal_contact(card: Card, contact: Contact, vault: Vault) -> list[RawWrite]:
    """Return the rows of a contact that replaces the earlier one."""
    return vault.seal(_subject(card), CONTACT, contact.fields())


def open_card(
    card: Card, by: Principal | CommandContext, purpose: str, vault: Vault
) -> dict[str, str]:
    """Return the number and the code of a card."""
    return vault.open(_subject(card), card.id, (NUMBER, CODE), by, purpose)


def number_of(card: Card) -> RecordFields:
    """Return the name of a card's number in the vault."""
    return RecordFields(_subject(card), card.id, (NUMBER,))


def open_contact(
    card: Card, by: Principal | CommandContext, purpose: str, vault: Vault
) -> Contact | None:
    """Return the holder's contact, if one was given."""
    try:
        fields = vault.open(_subject(card), CONTACT, FIELDS, by, purpose)
    except NotFound:
        return None
    return Contact.model_validate(fields)


def erase_holder(card: Card, vault: Vault) -> list[RawWrite]:
    """Return the row that makes everything sealed for a holder unreadable, for ever."""
    return vault.erase(_subject(card))


def code_hash(handle: str, code: str) -> str:
    """Return the hash by which an activation code is compared."""
    return keyring.from_env().sign("activation-code", f"{handle}|{code}".encode()).hex()


def _subject(card: Card) -> str:
    """Return the holder, whose key seals all cards that they ever have."""
    return f"holder|{card.region}|{card.holder_ref}"
