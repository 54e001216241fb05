"""What people send to change the contact of a guardian."""

from typing import Annotated, Literal

from pydantic import Field

from services.matching.guardians.values import Invitee
from shared.api.models import Command
from shared.errors import Invalid
from shared.privacy.contact import NewContact
from shared.reference.code_lists import Listed
from shared.sign_in.values import SignInCode


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


class ConfirmContactChange(Command):
    """The codes that came to the old and to the new contact."""

    old_code: SignInCode = Field(repr=False)
    new_code: SignInCode = Field(repr=False)


class ReplaceContact(StartContactChange):
    """The same for an organisation that cannot read the old contact.

    `evidence` is how it was known; the old contact gets a message.
    """

    evidence: Annotated[str, Listed("match_evidence")]
