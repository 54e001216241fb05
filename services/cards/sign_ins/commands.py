"""What people send to sign in."""

from typing import Annotated, Literal

from pydantic import Field

from services.cards.sign_ins.values import SignInCode
from shared.api.models import Command
from shared.privacy.contact import Phone
from shared.reference.code_lists import Listed


class RequestCode(Command):
    """The phone that the office knows; the code goes there, or to the messenger given with it."""

    contact: Phone = Field(repr=False)
    channel: Annotated[Literal["sms", "bot"], Listed("sign_in_channel")] = "sms"


class RequestBinding(RequestCode):
    """The phone of the person who writes in a chat; `chat` is the bot's own name of that chat."""

    chat: str = Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$", repr=False)


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
