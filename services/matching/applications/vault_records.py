"""The sealed record of a guardian: its contact person, and its title, which may be a name."""

from services.matching.applications.commands import ApplyAsGuardian
from services.matching.applications.views import GuardianContact
from shared.principal import Principal
from shared.privacy.contact import FIELDS
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.rows import RawWrite

CONTACT = "contact"
SHOWN = ("title", "inn", "ogrn", "name", "person_role", "phone", "address")
SEALED = tuple(dict.fromkeys((*SHOWN, *FIELDS)))


def contact_fields(body: ApplyAsGuardian) -> dict[str, str]:
    """Return what is sealed of an application."""
    return body.contact.fields() | {
        "title": body.title,
        "inn": body.inn,
        "ogrn": body.ogrn,
        "person_role": body.contact_role.value,
    }


def retitled(guardian_id: str, title: str, by: CommandContext, vault: Vault) -> list[RawWrite]:
    """Return the rows by which an organisation has another title; its person stays."""
    kept = vault.open(guardian_id, CONTACT, SEALED, by, "change_title")
    return vault.seal(guardian_id, CONTACT, kept | {"title": title})


def phone_index(phone: str, vault: Vault) -> str:
    """Return the blind index of a phone."""
    return vault.blind_index("contact", phone)


def messenger_index(address: str, vault: Vault) -> str:
    """Return the blind index of an address in a messenger."""
    return vault.blind_index("contact", f"bot:{address}")


def contact_index(body: ApplyAsGuardian, vault: Vault) -> str:
    """Return by which index the contact of an application signs in: its phone, else its address."""
    if body.contact.phone is not None:
        return phone_index(body.contact.phone, vault)
    return messenger_index(body.contact.address or "", vault)


def open_contact(
    guardian_id: str, caller: Principal, purpose: str, vault: Vault
) -> GuardianContact:
    """Return the contact of a guardian, after the audit entry."""
    opened = vault.open(guardian_id, CONTACT, SHOWN, caller, purpose)
    return GuardianContact(guardian_id=guardian_id, **opened)
