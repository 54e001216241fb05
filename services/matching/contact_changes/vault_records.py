"""The contact of a guardian or a volunteer while it changes, beside the one that counts."""

from services.matching.applications.vault_records import CONTACT
from shared import clock
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Contact, kept_contact
from shared.privacy.vault import Vault
from shared.sign_in.values import CONTACT_CHANGE_KEPT
from shared.storage.rows import RawWrite

# What is sealed beside the contact itself: the organisation's own, and the person's role.
OF_ORGANISATION = ("title", "inn", "ogrn")
OF_PERSON = (*FIELDS, "person_role")
PURPOSE = "change_contact"

Fields = dict[str, str]


def seal_new(owner_id: str, change_id: str, fields: Fields, vault: Vault) -> list[RawWrite]:
    """Return the rows of a contact that waits for its codes."""
    return _for_a_day(owner_id, f"{change_id}#new", fields, vault)


def open_new(owner_id: str, change_id: str, by: Principal, vault: Vault) -> Fields:
    """Return the contact that waits for its codes; raises NotFound when its time is over."""
    return vault.open(owner_id, f"{change_id}#new", OF_PERSON, by, PURPOSE)


def replace(
    owner_id: str,
    keeps: tuple[str, ...],
    change_id: str,
    fields: Fields,
    by: Principal,
    vault: Vault,
) -> list[RawWrite]:
    """Return the rows by which a contact takes the place of another, which is kept for a day.

    What an owner `keeps` is not the person's.
    """
    before = vault.open(owner_id, CONTACT, (*FIELDS, *keeps), by, PURPOSE)
    own = {name: before[name] for name in keeps}
    former = {name: before[name] for name in FIELDS if name in before}
    return [
        *vault.seal(owner_id, CONTACT, own | fields),
        *_for_a_day(owner_id, f"{change_id}#former", former, vault),
    ]


def open_present(owner_id: str, by: Principal, vault: Vault) -> Contact | None:
    """Return the contact that counts, before codes are sent there."""
    return kept_contact(vault.open(owner_id, CONTACT, FIELDS, by, PURPOSE))


def open_former(owner_id: str, change_id: str, by: Principal, vault: Vault) -> Contact:
    """Return the contact that was replaced; raises NotFound when its time is over."""
    return contact_of(vault.open(owner_id, f"{change_id}#former", FIELDS, by, PURPOSE))


def contact_of(fields: Fields) -> Contact:
    """Return the contact among what is sealed with it."""
    return Contact.model_validate({name: fields[name] for name in FIELDS if name in fields})


def _for_a_day(owner_id: str, record: str, fields: Fields, vault: Vault) -> list[RawWrite]:
    return vault.seal(owner_id, record, fields, expires_at=clock.wall() + CONTACT_CHANGE_KEPT)
