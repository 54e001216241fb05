"""What people send to change a contact."""

from typing import Annotated

from shared.api.models import Command
from shared.privacy.contact import GivenContact
from shared.reference.code_lists import Listed


class StartContactChange(Command):
    """The new contact, with a phone; a code goes there and one to the phone before."""

    contact: GivenContact


class ChangeContact(Command):
    """A new contact of a holder who cannot read the old phone; `evidence` is how she was known.

    The old contact gets a message, unless the phone was reported `stolen`; then the codes that it
    shows at tills are void, too.
    """

    contact: GivenContact
    evidence: Annotated[str, Listed("card_evidence")]
    stolen: bool = False
