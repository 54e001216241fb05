"""What is read of a region's districts and of who helps where."""

from functools import lru_cache

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.policy import shown_to
from services.matching.guardians.repository import GUARDIAN, Guardians, of_status
from services.matching.guardians.views import GuardianView, guardian_view
from services.matching.policy import POLICY
from services.matching.reach.commands import RegisterQuery
from services.matching.reach.domain import Ground
from services.matching.reach.repository import Reaches, RegisterPart
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.reference import regions
from shared.storage.repository import Page


def list_guardians(
    query: RegisterQuery, caller: Principal, guardians: Guardians, reaches: Reaches
) -> Page[GuardianView]:
    """List the register of a region, by kind of help, district and status."""
    asked = Partition.of_region(caller, query.region)
    partition, region = POLICY.require_list(caller, "list", "Guardian", asked), asked.region or ""
    if query.district_id is not None:
        regions.check_district(region, query.district_id, "district_id")
    shown = shown_to(caller)
    if query.category is None and query.district_id is None:
        return guardians.page(
            "by_region",
            partition,
            lambda each: guardian_view(shown(each)),
            caller=caller,
            query=query,
            prefix=of_status(query.status) if query.status else GUARDIAN,
        )
    part = RegisterPart(region, query.district_id, query.category, query.status)
    found = reaches.registered(part, caller=caller, query=query)
    names = [each.guardian_id for each in found.items]
    read = {each.guardian_id: each for each in guardians.get_many(names)}
    listed = (read[each] for each in names if _still_there(read[each], part))
    return Page[GuardianView](
        items=[guardian_view(shown(each)) for each in listed], next_cursor=found.next_cursor
    )


def _still_there(guardian: Guardian, part: RegisterPart) -> bool:
    """Return whether a guardian is in a part of the register now: its lists lag by seconds."""
    offers = [each for each in guardian.capabilities if part.kind in (None, each.category)]
    return (
        guardian.visible_region == part.region
        and part.status in (None, guardian.status)
        and any(
            part.district is None or each.given_in(part.district, guardian.district_ids)
            for each in offers
        )
    )


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


class InReach:
    """The guardians near a family, by id: those that may help it, and the others."""

    def __init__(self, family: Family, reaches: Reaches) -> None:
        self._region, self._reaches = family.region, reaches
        self._near = ground_of(family.region).reaching(family.district)
        kinds = family.open_categories
        self.helpful = reaches.found(family.region, self._near, kinds) if family.required else []

    def others(self, most: int) -> list[str]:
        """Return so many that give other help than the family needs, the nearest first."""
        return self._reaches.others(self._region, self._near, self.helpful, most)
