"""What people send to sign in."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from shared.api.models import Command
from shared.domain import VISIBLE_ASCII
from shared.privacy.contact import normalise_phone, single_line
from shared.reference.code_lists import Listed
from shared.sign_in.values import SignInCode


def _by_channel(given: str, info: ValidationInfo) -> str:
    """Return a contact as it is kept: a phone for a text message, for a messenger any address."""
    return single_line(given) if info.data.get("channel") == "bot" else normalise_phone(given)


class RequestCode(Command):
    """The phone that the service knows, or for the channel `bot` the address in the messenger.

    The code goes to the phone, or to the messenger that the service knows.
    """

    channel: Annotated[Literal["sms", "bot"], Listed("sign_in_channel")] = "sms"
    contact: Annotated[
        str, Field(min_length=1, max_length=200, repr=False), AfterValidator(_by_channel)
    ]

    def phone(self) -> str | None:
        """Return the contact as a phone, unless it can only be an address."""
        try:
            return normalise_phone(self.contact)
        except PydanticCustomError:
            return None

    def index(self, of_phone: Callable[[str], str], of_address: Callable[[str], str]) -> str:
        """Return what the contact is found by; the address in a messenger looks like no phone."""
        phone = self.phone()
        return of_address(self.contact) if phone is None else of_phone(phone)


class RequestBinding(RequestCode):
    """The phone of the person who writes in a chat; `chat` is the bot's own name of that chat."""

    chat: str = Field(min_length=1, max_length=128, pattern=VISIBLE_ASCII, repr=False)


class ConfirmBinding(Command):
    """The six digits that the person typed in the chat."""

    code: SignInCode = Field(repr=False)


class EnterCode(Command):
    """The six digits, and what the person signs in on."""

    code: SignInCode = Field(repr=False)
    device: Annotated[str, Listed("device_kind")] = "phone"


class RenewTokens(Command):
    """The refresh token of a device; it is good once."""

    refresh_token: str = Field(min_length=1, max_length=256, repr=False)


class ConfirmContactChange(Command):
    """The codes that came to the old and to the new contact."""

    old_code: SignInCode = Field(repr=False)
    new_code: SignInCode = Field(repr=False)
