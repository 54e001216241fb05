"""The partitions of lists: rows are filed under these keys, callers reach what they claim.

Guarantee: a partition is built from verified claims; a region or district that the caller does not
hold is answered as one that does not exist.
"""

from dataclasses import dataclass
from typing import Self

from shared.errors import Forbidden, Invalid, NotFound
from shared.principal import Principal
from shared.reference import regions
from shared.storage.list_keys import EVERYWHERE, UNASSIGNED, org_key, person_key, region_key


def whole_own_list(region: str | None, **filters: object) -> None:
    """Refuse a region, or another filter, where a caller lists all of its own: none is ignored."""
    if region is not None:
        raise Invalid("own_list_has_no_region", "region")
    for name, value in filters.items():
        if value is not None:
            raise Invalid("own_list_has_no_filter", name)


@dataclass(frozen=True, slots=True)
class Partition:
    """The part of a list that a caller's claims reach; there is no other way to build one."""

    key: str
    region: str | None = None
    district: str | None = None
    org: str | None = None
    person: str | None = None

    @classmethod
    def of_region(
        cls, principal: Principal, region: str | None = None, *, pointer: str = "region"
    ) -> Self:
        """Return a claimed region: the one asked for (where `pointer` says), or the only one."""
        chosen = _claimed_region(principal, region, pointer)
        return cls(region_key(chosen), region=chosen)

    @classmethod
    def everywhere(cls, principal: Principal) -> Self:
        """Return what concerns all regions; only nationwide claims reach it."""
        if not principal.nationwide:
            raise NotFound("region")
        return cls(region_key(EVERYWHERE), region=EVERYWHERE)

    @classmethod
    def of_district(
        cls,
        principal: Principal,
        district: str | None = None,
        region: str | None = None,
        *,
        pointer: str = "district_id",
    ) -> Self:
        """Return a claimed district of a region's rows, whose sort keys begin with the district.

        A caller with a region and no districts may name any of it, where `pointer` says.
        """
        chosen = _claimed_region(principal, region, "region")
        if district is None:
            if len(principal.districts) != 1:
                raise Invalid("district_required", pointer)
            district = principal.districts[0]
        if principal.districts and district not in principal.districts:
            raise NotFound("district", pointer=pointer)
        return cls(region_key(chosen), region=chosen, district=district)

    @classmethod
    def of_org(cls, principal: Principal) -> Self:
        """Return what belongs to the caller's organisation."""
        if principal.org is None:
            raise Forbidden("list")
        return cls(org_key(principal.org), org=principal.org)

    @classmethod
    def of_person(cls, principal: Principal) -> Self:
        """Return what belongs to the caller, or to the family the caller acts for."""
        return cls(person_key(principal.acts_for), person=principal.acts_for)

    @classmethod
    def unassigned(cls, principal: Principal) -> Self:
        """Return what no region has yet; only nationwide claims reach it."""
        if not principal.nationwide:
            raise Forbidden("list")
        return cls(UNASSIGNED)


def _claimed_region(principal: Principal, region: str | None, pointer: str) -> str:
    if region is None:
        if principal.nationwide or len(principal.regions) != 1:
            raise Invalid("region_required", pointer)
        return principal.regions[0]
    if not principal.covers(region):
        raise NotFound("region", pointer=pointer)
    if principal.nationwide:
        regions.region(region, pointer)  # no claim names it, so it may be none
    return region
