"""What families ask of the public list."""

from typing import Annotated

from pydantic import Field

from shared.api.models import Command
from shared.domain import DistrictCode, RegionCode
from shared.ids import FORM
from shared.reference.code_lists import Listed

LIMIT = "at most so many outlets"
AFTER = "`next_after` of the page before; it is not bound to a caller"
Position = Annotated[str, Field(pattern=rf"^[A-Z0-9-]{{1,16}}\.par_{FORM}\.out_{FORM}$")]


class PublicQuery(Command):
    """Where and what a family wants to buy."""

    region: RegionCode
    district_id: DistrictCode | None = None
    category: Annotated[str, Listed("partner_category", retired=True)] | None = None
    limit: int = Field(default=50, ge=1, le=100, description=LIMIT)
    after: Position | None = Field(default=None, description=AFTER)


class OutletsQuery(Command):
    """A slice of a partner's outlets."""

    limit: int = Field(default=50, ge=1, le=100, description=LIMIT)
    after: int | None = Field(default=None, ge=1, le=1000, description=AFTER)
