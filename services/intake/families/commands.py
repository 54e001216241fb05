"""What is asked about families by offices."""

from shared.api.models import RegionQuery
from shared.domain import DistrictCode


class ListShared(RegionQuery):
    """Which office of the caller's is meant."""

    district_id: DistrictCode | None = None
