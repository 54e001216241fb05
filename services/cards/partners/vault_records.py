"""The contact at a partner: sealed, shown to the club only, erased at the end."""

from services.cards.partners.domain import Partner
from shared.errors import NotFound
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Contact, kept_contact
from shared.privacy.vault import Vault
from shared.storage.rows import RawWrite

CONTACT = "contact"
PURPOSE = "partner_matter"


def seal_contact(partner: Partner, contact: Contact | None, vault: Vault) -> list[RawWrite]:
    """Return the rows of a new partner's contact."""
    if contact is None:
        return []
    return vault.seal(subject_of(partner), CONTACT, contact.fields(), new_subject=True)


def change_contact(partner: Partner, contact: Contact, vault: Vault) -> list[RawWrite]:
    """Return the rows that put another contact in place of the partner's."""
    new_subject = not partner.has_contact
    return vault.seal(subject_of(partner), CONTACT, contact.fields(), new_subject=new_subject)


def erase_contact(partner: Partner, vault: Vault) -> list[RawWrite]:
    """Return the row that makes the contact unreadable with the end of the partnership."""
    return vault.erase(subject_of(partner)) if partner.has_contact else []


def open_contact(partner: Partner, reader: Principal, vault: Vault) -> Contact:
    """Return the contact; every read is in the audit."""
    if not partner.has_contact:
        raise NotFound("contact")
    contact = kept_contact(vault.open(subject_of(partner), CONTACT, FIELDS, reader, PURPOSE))
    if contact is None:
        raise NotFound("contact")
    return contact


def subject_of(partner: Partner) -> str:
    """Return the subject under which the contact is sealed, and its readings are recorded."""
    return f"partner|{partner.id}"
