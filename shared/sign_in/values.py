"""Ids and constants of signing in, and of changing the contact by which one does."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from shared.domain import without_gaps
from shared.identity.sign_ins import DIGITS, PREFIX
from shared.ids import pattern

BOT = "bot"
CONTACT_CHANGE, CONTACT_CHANGE_KEPT = "cch", timedelta(days=1)

SignInId = Annotated[str, Field(pattern=pattern(PREFIX))]
ContactChangeId = Annotated[str, Field(pattern=pattern(CONTACT_CHANGE))]
DeviceId = Annotated[str, Field(pattern=pattern("dev"))]
SignInCode = Annotated[str, Field(pattern=rf"^[0-9]{{{DIGITS}}}$"), BeforeValidator(without_gaps)]
