"""What an office reports of a placement."""

from shared.api.models import Command, FileNumber
from shared.domain import Day, DistrictCode, RegionCode


class PlacementEnd(Command):
    """The office reports that a placement ended; a leader may say that it goes on."""

    region: RegionCode
    holder_ref: FileNumber
    district_id: DistrictCode
    ended_on: Day
