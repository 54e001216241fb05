"""Which figures people ask for."""

from pydantic import Field

from shared.api.models import Command
from shared.domain import Month, RegionCode


class StatisticsQuery(Command):
    """A month of the region's calendar."""

    month: Month


class ReportQuery(Command):
    """A region, and the month or quarter that new cards and uses are reported for."""

    region: RegionCode
    month: Month | None = None
    quarter: str | None = Field(default=None, pattern=r"^20\d{2}-Q[1-4]$")
