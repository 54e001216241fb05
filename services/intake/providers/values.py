"""What a provider is described by."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared import ids

ProviderId = Annotated[str, Field(pattern=ids.pattern("prv"))]


class Sector(StrEnum):
    """The four sides of the public-and-state model; a private person is none of them."""

    __list__ = "provider_sector"

    STATE = "state"
    NGO = "ngo"
    BUSINESS = "business"
    MEDIA = "media"
