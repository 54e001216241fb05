"""The contact of a holder, sealed under her own key."""

from services.cards.holders.domain import Holder
from shared.errors import NotFound
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault

CONTACT = "contact"


def open_contact(holder: Holder, by: Principal, purpose: str, vault: Vault) -> Contact | None:
    """Return the holder's contact, if it can still be read."""
    subject = subject_of(holder.region, holder.file_numbers[0])
    try:
        fields = vault.open(subject, CONTACT, FIELDS, by, purpose)
    except NotFound:
        return None
    return Contact.model_validate(fields)


def contact_index(contact: Contact | None, vault: Vault) -> str | None:
    """Return the keyed index of a contact's phone, by which its holder signs in."""
    phone = contact.phone if contact else None
    return None if phone is None else vault.blind_index("phone", phone)


def subject_of(region: str, file_number: str) -> str:
    """Return the name of a holder in the vault, whose key seals all that is hers."""
    return f"holder|{region}|{file_number}"
