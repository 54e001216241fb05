"""What a family sends that shares its phone with others."""

from pydantic import Field

from services.intake.requests.commands import SpokenNumber
from shared.api.models import Command
from shared.sign_in.commands import ConfirmBinding, EnterCode


class FamilyChoice(Command):
    """The number of a request of the family; asked for where several families have the phone."""

    number: SpokenNumber | None = Field(default=None, repr=False)


class EnterFamilyCode(EnterCode, FamilyChoice):
    """The six digits, what the family signs in on, and which family when a phone is shared."""


class ConfirmFamilyBinding(ConfirmBinding, FamilyChoice):
    """The six digits typed in the chat, and which family when a phone is shared."""
