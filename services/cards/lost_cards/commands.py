"""What a person who lost the card can say of it."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from shared.api.models import Command, FileNumber
from shared.domain import RegionCode
from shared.office_values import identifier
from shared.privacy.contact import Phone

# The bounds come first, else they are missing in the document.
LastFour = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}$"),
    BeforeValidator(lambda said: identifier(said) if isinstance(said, str) else said),
]


class FindLostCard(Command):
    """Two or all of: the number of the office's file, the phone, the last four digits."""

    region: RegionCode | None = None
    holder_ref: FileNumber | None = Field(default=None, repr=False)
    phone: Phone | None = Field(default=None, repr=False)
    last4: LastFour | None = None

    def signs(self) -> tuple[str, ...]:
        """Return the names of what is known."""
        named = {"holder_ref": self.holder_ref, "phone": self.phone, "last4": self.last4}
        return tuple(name for name, value in named.items() if value is not None)
