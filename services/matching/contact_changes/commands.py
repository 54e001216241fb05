"""What people send to change the contact of a guardian."""

from typing import Annotated, Literal

from services.matching.guardians.values import Invitee
from shared.api.models import Command
from shared.errors import Invalid
from shared.privacy.contact import NewContact
from shared.reference.code_lists import Listed


class StartContactChange(Command):
    """The new person to talk to, with a phone; a code goes there and one to the contact before."""

    contact: NewContact
    contact_role: Invitee
    consent_processing: Literal[True]

    def phone(self) -> str:
        """Return the phone, without which the new contact proves no one."""
        if self.contact.phone is None:
            raise Invalid("phone_missing", "/contact/phone")
        return self.contact.phone

    def fields(self) -> dict[str, str]:
        """Return what is sealed of it."""
        return self.contact.fields() | {"person_role": self.contact_role.value}


class ReplaceContact(StartContactChange):
    """The same for an organisation that cannot read the old contact.

    `evidence` is how it was known; the old contact gets a message.
    """

    evidence: Annotated[str, Listed("match_evidence")]
