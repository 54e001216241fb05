"""What people send to change a contact."""

from typing import Annotated, Literal

from services.matching.guardians.values import Invitee
from shared.api.models import Command
from shared.privacy.contact import NewContact
from shared.reference.code_lists import Listed

Evidence = Annotated[str, Listed("match_evidence")]


class StartVolunteerContactChange(Command):
    """The new contact; a code goes there and one to the contact before."""

    contact: NewContact
    consent_processing: Literal[True]

    def fields(self) -> dict[str, str]:
        """Return what is sealed of it."""
        return self.contact.fields()


class StartContactChange(StartVolunteerContactChange):
    """The new person to talk to, with a phone; a code goes there and one to the contact before."""

    contact_role: Invitee

    def fields(self) -> dict[str, str]:
        """Return what is sealed of it."""
        return super().fields() | {"person_role": self.contact_role.value}


class ReplaceVolunteerContact(StartVolunteerContactChange):
    """The same for a volunteer that has no account, or cannot read the old contact.

    `evidence` is how it was known; the old contact gets a message.
    """

    evidence: Evidence


class ReplaceContact(StartContactChange):
    """The same for an organisation that cannot read the old contact.

    `evidence` is how it was known; the old contact gets a message.
    """

    evidence: Evidence
