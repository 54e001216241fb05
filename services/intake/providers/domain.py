"""Organisations that a family can be sent to, or that help headquarters to help."""

from pydantic import BaseModel, ConfigDict

from shared.domain import CodeEnum


class Sector(CodeEnum, of="provider_sector"):
    """The four sides of the public-and-state model; a private person is none of them."""

    STATE = "state"
    NGO = "ngo"
    BUSINESS = "business"
    MEDIA = "media"


class Provider(BaseModel):
    """One organisation of a region and the kinds of help it gives, always free."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    version: int = 0
    provider_id: str
    name: str
    sector: Sector
    region: str
    services: tuple[str, ...]
