"""What is read of the headquarters of a region."""

from services.matching.headquarters.domain import Headquarters
from services.matching.headquarters.policy import authorise_region
from services.matching.headquarters.repository import HeadquartersRepository
from shared.domain import RegionCode
from shared.principal import Principal


def view_headquarters(
    region: RegionCode, caller: Principal, headquarters: HeadquartersRepository
) -> Headquarters:
    """Show who works at a region's headquarters."""
    authorise_region(region, "view", caller)
    return headquarters.of(region)
