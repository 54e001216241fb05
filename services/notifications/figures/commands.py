"""What comes in about figures."""

from shared.api.models import Command
from shared.domain import Month, RegionCode


class FiguresQuery(Command):
    """Of which region and month: this month, and all regions for the federation, when not said."""

    region: RegionCode | None = None
    month: Month | None = None
