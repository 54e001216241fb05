"""The sealed record of a guardian: its contact person, and its title, which may be a name."""

from services.matching.applications.commands import ApplyAsGuardian
from services.matching.applications.views import GuardianContact
from shared.principal import Principal
from shared.privacy.vault import Vault

CONTACT = "contact"
SHOWN = ("title", "inn", "ogrn", "name", "person_role", "phone", "address")


def contact_fields(body: ApplyAsGuardian) -> dict[str, str]:
    """Return what is sealed of an application."""
    return body.contact.fields() | {
        "title": body.title,
        "inn": body.inn,
        "ogrn": body.ogrn,
        "person_role": body.contact_role.value,
    }


def open_contact(
    guardian_id: str, caller: Principal, purpose: str, vault: Vault
) -> GuardianContact:
    """Return the contact of a guardian, after the audit entry."""
    opened = vault.open(guardian_id, CONTACT, SHOWN, caller, purpose)
    return GuardianContact(guardian_id=guardian_id, **opened)
