"""What the staff of a region asks of its list of providers."""

from typing import Annotated

from pydantic import Field

from services.intake.providers.values import Sector
from shared.api.models import Command, RegionQuery
from shared.domain import RegionCode
from shared.privacy.contact import Line
from shared.reference.code_lists import Listed


class EditProvider(Command):
    """What an organisation is called, which side it is of and how it helps; that has no price."""

    name: Line
    sector: Sector
    services: list[Annotated[str, Listed("aid_category")]] = Field(min_length=1, max_length=30)


class RegisterProvider(EditProvider):
    """An organisation joins the list of a region."""

    region: RegionCode


class ListProviders(RegionQuery):
    """Which providers to list."""

    sector: Sector | None = None
