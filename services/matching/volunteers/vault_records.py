"""The sealed contact of a volunteer, and the blind indexes by which it is known again."""

from shared.privacy.contact import Contact
from shared.privacy.vault import Vault

CONTACT = "contact"
SHOWN = ("name", "channel", "phone", "address")


def contact_index(contact: Contact, vault: Vault) -> str:
    """Return the blind index of where a contact leads."""
    return vault.blind_index("contact", _reached_at(contact))


def person_index(contact: Contact, vault: Vault) -> str:
    """Return the blind index of a person: a family may share one telephone.

    Names are the same in any case, with е for ё, and with more than one space between words.
    """
    name = " ".join(contact.name.casefold().replace("ё", "е").split())
    return vault.blind_index("volunteer", f"{_reached_at(contact)}|{name}")


def _reached_at(contact: Contact) -> str:
    return contact.phone or contact.address or ""
