"""What only the holder may know, sealed: a card's number and code, and the holder's contact.

Number and code are sealed under a key of the card, the contact under one of the holder, so that an
old card can be erased beside a living one. Older cards keep all under the holder's key.

    card|<card id>           the record of the card's id: number, code
    holder|<region>|<ref>    `contact`, and the records of older cards
"""

from collections.abc import Iterable

from services.cards.cards.domain import Card
from services.cards.holders.vault_records import CONTACT, subject_of
from shared import keyring
from shared.errors import NotFound
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Contact, kept_contact
from shared.privacy.vault import RecordFields, Vault
from shared.storage.command_context import CommandContext
from shared.storage.rows import RawWrite

NUMBER = "number"
CODE = "code"


def seal_card(
    card: Card, number: str, code: str, contact: Contact | None, vault: Vault
) -> list[RawWrite]:
    """Return the rows of a new card's number and code, and of the contact when there is one."""
    writes = vault.seal(_subject(card), card.id, {NUMBER: number, CODE: code}, new_subject=True)
    if contact is None:
        vault.require_living(_holder(card))
        return writes
    return writes + seal_contact(card, contact, vault)


def seal_code(card: Card, number: str, code: str, vault: Vault) -> list[RawWrite]:
    """Return the rows of a code that replaces the earlier one."""
    return vault.seal(_subject(card), card.id, {NUMBER: number, CODE: code})


def seal_contact(card: Card, contact: Contact, vault: Vault) -> list[RawWrite]:
    """Return the rows of a contact that replaces the earlier one."""
    return vault.seal(_holder(card), CONTACT, contact.fields())


def open_card(
    card: Card, by: Principal | CommandContext, purpose: str, vault: Vault
) -> dict[str, str]:
    """Return the number and the code of a card."""
    return vault.open(_subject(card), card.id, (NUMBER, CODE), by, purpose)


def number_of(card: Card) -> RecordFields:
    """Return the name of a card's number in the vault."""
    return RecordFields(_subject(card), card.id, (NUMBER,))


def number_and_code_of(card: Card) -> RecordFields:
    """Return the name of a card's number and code in the vault."""
    return RecordFields(_subject(card), card.id, (NUMBER, CODE))


def open_contact(
    card: Card, by: Principal | CommandContext, purpose: str, vault: Vault
) -> Contact | None:
    """Return the holder's contact, if one was given."""
    try:
        fields = vault.open(_holder(card), CONTACT, FIELDS, by, purpose)
    except NotFound:
        return None
    return kept_contact(fields)


def subjects_of(card: Card) -> tuple[str, str]:
    """Return whose keys seal what is kept for a card: its own and its holder's."""
    return _subject(card), _holder(card)


def erase_card(card: Card, vault: Vault) -> list[RawWrite]:
    """Return the row by which number and code of a card are gone; its holder stays readable."""
    return vault.erase(_subject(card))


def forget_contact(card: Card, vault: Vault) -> list[RawWrite]:
    """Return the row by which a holder's contact is gone, for as long as no new one is given."""
    return vault.forget(_holder(card), CONTACT)


def erase_holder(card: Card, cards: Iterable[Card], vault: Vault) -> list[RawWrite]:
    """Return the rows that make all that was sealed for a holder and their cards unreadable."""
    own = [row for each in cards for row in vault.erase(_subject(each))]
    return vault.erase(_holder(card)) + own


def code_hash(handle: str, code: str) -> str:
    """Return the hash by which an activation code is compared."""
    return keyring.from_env().sign("activation-code", f"{handle}|{code}".encode()).hex()


def _subject(card: Card) -> str:
    """Return whose key seals the number and the code."""
    return f"card|{card.id}"


def _holder(card: Card) -> str:
    """Return the holder, whose key seals the contact."""
    return subject_of(card.region, card.holder_ref)
