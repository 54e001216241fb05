"""The contact of a holder, sealed under her own key."""

from services.cards.holders.domain import Holder
from shared import clock
from shared.errors import Invalid, NotFound
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Channel, Contact, kept_contact, takes_texts
from shared.privacy.vault import Vault
from shared.sign_in.values import CONTACT_CHANGE_KEPT
from shared.storage.rows import RawWrite

CONTACT = "contact"


def open_contact(holder: Holder, by: Principal, purpose: str, vault: Vault) -> Contact | None:
    """Return the holder's contact, if it can still be read."""
    try:
        fields = vault.open(_subject(holder), CONTACT, FIELDS, by, purpose)
    except NotFound:
        return None
    return kept_contact(fields)


def seal_contact(holder: Holder, contact: Contact, vault: Vault) -> list[RawWrite]:
    """Return the rows of a contact that replaces the earlier one."""
    return vault.seal(_subject(holder), CONTACT, contact.fields())


def seal_for_change(
    holder: Holder, change_id: str, contact: Contact, vault: Vault
) -> list[RawWrite]:
    """Return the rows of a contact that is only needed while it changes."""
    expires_at = clock.wall() + CONTACT_CHANGE_KEPT
    return vault.seal(_subject(holder), change_id, contact.fields(), expires_at=expires_at)


def open_for_change(holder: Holder, change_id: str, by: Principal, vault: Vault) -> Contact:
    """Return the contact that was kept for a change; raises NotFound when its time is over."""
    fields = vault.open(_subject(holder), change_id, FIELDS, by, "change_contact")
    return Contact.model_validate(fields)


def contact_index(contact: Contact | None, vault: Vault) -> str | None:
    """Return the keyed index by which a holder signs in: of the phone, else of the messenger.

    A new contact whose number gets no text messages is refused: its code would never arrive.
    """
    if contact is None:
        return None
    if contact.channel is Channel.SMS and not takes_texts(contact.phone or ""):
        raise Invalid("sms_needs_mobile", "/contact/phone")
    if contact.phone is not None:
        return phone_index(contact.phone, vault)
    by_bot = contact.channel is Channel.BOT and contact.address is not None
    return messenger_index(contact.address or "", vault) if by_bot else None


def phone_index(phone: str, vault: Vault) -> str:
    """Return the keyed index of a phone."""
    return vault.blind_index("phone", phone)


def messenger_index(address: str, vault: Vault) -> str:
    """Return the keyed index of an address in a messenger."""
    return vault.blind_index("messenger", address)


def subject_of(region: str, file_number: str) -> str:
    """Return the name of a holder in the vault, whose key seals all that is hers."""
    return f"holder|{region}|{file_number}"


def _subject(holder: Holder) -> str:
    return subject_of(holder.region, holder.file_numbers[0])
