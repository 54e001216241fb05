"""Which part of a region's work a coordinator looks at."""

from services.matching.matches.values import MatchStatus
from services.matching.work_lists.values import Due
from shared.api.models import Command, RegionQuery
from shared.domain import DistrictCode, RegionCode


class WorkQuery(RegionQuery):
    """Which part of the work; `due` leaves out what has time beyond it."""

    stage: MatchStatus | None = None
    district_id: DistrictCode | None = None
    due: Due | None = None


class WorkCountsQuery(Command):
    """Of which region; a caller with one region need not name it."""

    region: RegionCode | None = None
