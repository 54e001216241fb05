"""What a provider is described by."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

ProviderId = Annotated[str, Field(pattern=pattern("prv"))]


class Sector(CodeEnum, of="provider_sector"):
    """The four sides of the public-and-state model; a private person is none of them."""

    STATE = "state"
    NGO = "ngo"
    BUSINESS = "business"
    MEDIA = "media"
