"""What is read of a region's districts and of who helps where."""

from collections.abc import Iterable
from functools import lru_cache

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.reach.domain import Ground
from services.matching.reach.repository import Reaches
from shared.reference import regions

NOWHERE = Ground({}, {})


def ground_of(region: str) -> Ground:
    """Return the districts of a region as this stage has them."""
    known = regions.region(region)
    return _ground(
        tuple(
            (code, (each.centre.latitude, each.centre.longitude), each.neighbours)
            for code, each in known.districts.items()
        )
    )


@lru_cache(maxsize=100)
def _ground(districts: tuple[tuple[str, tuple[float, float], tuple[str, ...]], ...]) -> Ground:
    centres = {code: centre for code, centre, _ in districts}
    return Ground(centres, {code: neighbours for code, _, neighbours in districts})


def guardians_in_reach(
    family: Family,
    kinds: Iterable[str],
    ground: Ground,
    reaches: Reaches,
    guardians: Guardians,
    *,
    others: int,
) -> list[Guardian]:
    """Return every guardian near enough that gives a needed kind, and those not at work there.

    Of the guardians near by that give other help only so many `others` are read.
    """
    near = ground.reaching(family.district)
    found = reaches.found(family.region, near, kinds)
    more = reaches.others(family.region, near, found, others)
    return guardians.get_many([*found, *more])
