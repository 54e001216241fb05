"""What answers signing in."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from shared.api.models import View
from shared.domain import CodeOf
from shared.identity.devices import Device
from shared.identity.people_tokens import device_of
from shared.principal import Principal


class CodeRequested(View):
    """Where to enter the code; it comes only to a contact that the service knows."""

    id: str
    expires_in: int


class Tokens(View):
    """The tokens of a device, as OAuth 2.0 names them; the refresh token is good once.

    A bot's chat has none: the bot renews it by its own token.
    """

    device_id: str
    access_token: str = Field(repr=False)
    token_type: str = "Bearer"
    expires_in: int
    refresh_token: str | None = Field(default=None, repr=False)


class DeviceView(View):
    """A device or a bot's chat in which the person is signed in."""

    id: str
    kind: Annotated[str, CodeOf("device_kind")]
    bot: str | None
    created_at: datetime
    used_at: datetime
    this_one: bool
    version: int

    @classmethod
    def of_device(cls, device: Device, caller: Principal) -> Self:
        """Return the view of a device for the one who uses it or another."""
        return cls.of(device, this_one=device_of(caller) == device.id)
