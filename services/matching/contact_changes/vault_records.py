"""The contact of a guardian while it changes, beside the one that counts."""

from services.matching.applications.vault_records import CONTACT
from shared import clock
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault
from shared.sign_in.values import CONTACT_CHANGE_KEPT
from shared.storage.rows import RawWrite

# What is sealed beside the contact itself: the organisation's own, and the person's role.
OF_ORGANISATION = ("title", "inn", "ogrn")
OF_PERSON = (*FIELDS, "person_role")
PURPOSE = "change_contact"

Fields = dict[str, str]


def seal_new(guardian_id: str, change_id: str, fields: Fields, vault: Vault) -> list[RawWrite]:
    """Return the rows of a contact that waits for its codes."""
    return _for_a_day(guardian_id, f"{change_id}#new", fields, vault)


def open_new(guardian_id: str, change_id: str, by: Principal, vault: Vault) -> Fields:
    """Return the contact that waits for its codes; raises NotFound when its time is over."""
    return vault.open(guardian_id, f"{change_id}#new", OF_PERSON, by, PURPOSE)


def replace(
    guardian_id: str, change_id: str, fields: Fields, by: Principal, vault: Vault
) -> list[RawWrite]:
    """Return the rows by which a contact takes the place of another, which is kept for a day."""
    before = vault.open(guardian_id, CONTACT, (*OF_PERSON, *OF_ORGANISATION), by, PURPOSE)
    own = {name: before[name] for name in OF_ORGANISATION if name in before}
    former = {name: before[name] for name in FIELDS if name in before}
    return [
        *vault.seal(guardian_id, CONTACT, own | fields),
        *_for_a_day(guardian_id, f"{change_id}#former", former, vault),
    ]


def open_former(guardian_id: str, change_id: str, by: Principal, vault: Vault) -> Contact:
    """Return the contact that was replaced; raises NotFound when its time is over."""
    fields = vault.open(guardian_id, f"{change_id}#former", FIELDS, by, PURPOSE)
    return Contact.model_validate(fields)


def _for_a_day(guardian_id: str, record: str, fields: Fields, vault: Vault) -> list[RawWrite]:
    return vault.seal(guardian_id, record, fields, expires_at=clock.wall() + CONTACT_CHANGE_KEPT)
