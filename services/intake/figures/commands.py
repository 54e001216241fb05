"""What comes in about figures."""

from pydantic import Field

from shared.api.models import Command
from shared.domain import RegionCode


class FiguresQuery(Command):
    """Of which region and calendar year; this year when none is named."""

    region: RegionCode | None = None
    year: int | None = Field(default=None, ge=2000, le=2100)
