"""Ids and constants of signing in."""

from typing import Annotated

from pydantic import Field

from shared.ids import pattern

SIGN_IN, BINDING = "sign_in", "binding"
BOT = "bot"

SignInId = Annotated[str, Field(pattern=pattern("sgn"))]
DeviceId = Annotated[str, Field(pattern=pattern("dev"))]
SignInCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
