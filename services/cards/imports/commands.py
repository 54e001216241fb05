"""What a clerk sends about a table of holders."""

from services.cards.imports.values import Format
from shared.api.models import Command, RegionQuery
from shared.domain import DistrictCode, RegionCode


class BatchesQuery(RegionQuery):
    """The tables of a region; a district for a leader or an office of several."""

    district_id: DistrictCode | None = None


class OpenBatch(Command):
    """A table of holders to come; a dry run checks every line and issues nothing."""

    region: RegionCode
    format: Format = "csv"
    dry_run: bool = True
