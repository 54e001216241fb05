"""Whom the club calls about a partner: sealed, shown to the club only, forgotten at the end."""

from services.cards.cards import vault_records as sealed
from services.cards.cards.commands import ContactView
from services.cards.partners.domain import Partner
from shared.errors import NotFound
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Contact
from shared.storage.rows import RawWrite

PURPOSE = "partner_matter"


def seal(partner: Partner, contact: Contact | None) -> list[RawWrite]:
    """The rows of a new partner's contact."""
    if contact is None:
        return []
    writes = sealed.vault().seal(
        _subject(partner), sealed.CONTACT, contact.fields(), new_subject=True
    )
    return list(writes)


def forget(partner: Partner) -> list[RawWrite]:
    """The end of the contact with the end of the partnership."""
    return sealed.vault().erase(_subject(partner)) if partner.has_contact else []


def show(partner: Partner, caller: Principal) -> ContactView:
    """How to reach the business; every look is in the audit."""
    if not partner.has_contact:
        raise NotFound("contact")
    fields = sealed.vault().open(_subject(partner), sealed.CONTACT, FIELDS, caller, PURPOSE)
    return ContactView.model_validate(Contact.model_validate(fields).model_dump())


def _subject(partner: Partner) -> str:
    return f"partner|{partner.id}"
