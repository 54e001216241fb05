"""The parts of an address that a provider calls."""

from typing import Annotated

from pydantic import Field

ProviderName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
CallBackToken = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]{1,512}$")]
