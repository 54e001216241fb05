"""What is asked about families by staff."""

from services.intake.families.values import HolderRef
from shared.api.models import Command, RegionQuery
from shared.domain import DistrictCode


class ListShared(RegionQuery):
    """Which office of the caller's is meant."""

    district_id: DistrictCode | None = None


class JoinCardHolder(Command):
    """The personal file number under which cards know a member of the family."""

    holder_ref: HolderRef
