"""What only the holder may know, sealed under the holder's own key: number, code, contact."""

from functools import cache

from services.cards.cards.domain import Card
from shared import keyring
from shared.errors import NotFound
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault
from shared.storage import connection
from shared.storage.command_context import CommandContext
from shared.storage.rows import RawWrite

CONTACT = "contact"
NUMBER = "number"
CODE = "code"


@cache
def vault() -> Vault:
    """The vault of this service."""
    return Vault(connection.store(), keyring.from_env())


def subject_of(card: Card) -> str:
    """The holder, whose key seals all cards that they ever have."""
    return f"holder|{card.region}|{card.holder_ref}"


def seal(card: Card, number: str, code: str, contact: Contact | None = None) -> list[RawWrite]:
    """The rows of a new card, with the contact when the holder gave one."""
    records = {card.id: {NUMBER: number, CODE: code}}
    if contact is not None:
        records[CONTACT] = contact.fields()
    return vault().seal_records(subject_of(card), records)


def seal_contact(card: Card, contact: Contact) -> list[RawWrite]:
    """The rows of a contact that stands in for the earlier one."""
    return vault().seal(subject_of(card), CONTACT, contact.fields())


def open_card(card: Card, by: Principal | CommandContext, purpose: str) -> dict[str, str]:
    """Number and code."""
    return vault().open(subject_of(card), card.id, (NUMBER, CODE), by, purpose)


def open_contact(card: Card, by: Principal | CommandContext, purpose: str) -> Contact | None:
    """The holder's contact, if one was given."""
    try:
        fields = vault().open(subject_of(card), CONTACT, FIELDS, by, purpose)
    except NotFound:
        return None
    return Contact.model_validate(fields)


def code_hash(handle: str, code: str) -> str:
    """What is kept of an activation code to compare with."""
    return keyring.from_env().sign("activation-code", f"{handle}|{code}".encode()).hex()
