"""What the staff of a region asks of its list of providers."""

from pydantic import Field

from services.intake.providers.values import AidCategory, Sector
from shared.api.models import Command, Line, RegionQuery
from shared.domain import RegionCode


class RegisterProvider(Command):
    """An organisation joins the list of a region; its help has no price."""

    region: RegionCode
    name: Line
    sector: Sector
    services: list[AidCategory] = Field(min_length=1, max_length=10)


class ListProviders(RegionQuery):
    """Which providers to list."""

    sector: Sector | None = None
