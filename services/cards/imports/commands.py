"""What a clerk sends about a table of holders."""

from services.cards.imports.values import TableOf
from shared.api.models import Command, RegionQuery
from shared.domain import DistrictCode, RegionCode


class BatchesQuery(RegionQuery):
    """The tables of a region; a district for a leader or an office of several."""

    district_id: DistrictCode | None = None


class OpenBatch(Command):
    """A table to come, of holders or of partners' shops; a dry run makes nothing of its lines."""

    region: RegionCode
    kind: TableOf = TableOf.HOLDERS
    dry_run: bool = True
