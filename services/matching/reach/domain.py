"""Where help reaches: how near districts are, and where a guardian is listed.

A guardian's help reaches the districts that it names, their neighbours, and what is within
`REACH_KM` of their centres; without districts it is given in the whole region. A guardian that has
said how far it comes is taken at its word: so far from the centres of its districts, and no more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple, Self

from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import AT_WORK, GuardianStatus
from shared.domain import Aggregate, CodeEnum

# An hour on the road.
REACH_KM = 60
EARTH_KM = 6371.0
EVERYWHERE = "*"
# Where the register has a guardian whatever its districts, or whatever its kinds of help.
ANY = "+"
# The kind under which a guardian is listed that is prepared or rests: nobody is helped by it now.
NOT_AT_WORK = "-"
LISTED = (
    GuardianStatus.CLARIFICATION,
    GuardianStatus.ASSIGNED,
    *AT_WORK,
    GuardianStatus.PAUSED,
)


class Nearness(CodeEnum, of="district_nearness"):
    """How near a family is to where help is given, the nearest first."""

    SAME_DISTRICT = "same_district"
    NEIGHBOUR = "neighbour"
    WITHIN_REACH = "within_reach"
    BY_RADIUS = "by_radius"
    TOO_FAR = "too_far"


NEAREST = {nearness: place for place, nearness in enumerate(Nearness)}


@dataclass(frozen=True, slots=True)
class Way:
    """How near two places are, and their distance; None when one has no centre that is known."""

    nearness: Nearness
    km: int | None


HERE = Way(Nearness.SAME_DISTRICT, 0)
ALL_OVER = Way(Nearness.SAME_DISTRICT, None)
UNKNOWN = Way(Nearness.TOO_FAR, None)


class Ground:
    """The districts of a region: centres in degrees, and which are neighbours."""

    def __init__(
        self,
        centres: Mapping[str, tuple[float, float]],
        neighbours: Mapping[str, Iterable[str]],
    ) -> None:
        self._centres = centres
        self._neighbours = {district: frozenset(found) for district, found in neighbours.items()}
        self._ways: dict[tuple[str | None, tuple[str, ...], int | None], Way] = {}

    def way(self, district: str | None, area: tuple[str, ...], radius_km: int | None = None) -> Way:
        """Return how near a family's district is to the districts in which help is given."""
        if not area:
            return ALL_OVER
        if district in area:
            return HERE
        known = self._ways.get((district, area, radius_km))
        if known is None:
            ways = (self._between(district, each, radius_km) for each in area)
            known = min(ways, key=lambda way: (NEAREST[way.nearness], way.km or 0))
            self._ways[district, area, radius_km] = known
        return known

    def reaching(self, district: str | None, radius_km: int | None = None) -> tuple[str, ...]:
        """Return the districts whose help reaches this one, itself first."""
        if district is None:
            return ()
        others = (
            each
            for each in self._centres
            if each != district
            and self._between(district, each, radius_km).nearness is not Nearness.TOO_FAR
        )
        return (district, *others)

    def _between(self, one: str | None, other: str, radius_km: int | None) -> Way:
        if one is None or one not in self._centres or other not in self._centres:
            return UNKNOWN
        km = _kilometres(self._centres[one], self._centres[other])
        if radius_km is not None and km > radius_km:
            return Way(Nearness.TOO_FAR, km)
        if other in self._neighbours[one] or one in self._neighbours[other]:
            return Way(Nearness.NEIGHBOUR, km)
        if km <= REACH_KM:
            return Way(Nearness.WITHIN_REACH, km)
        return Way(Nearness.TOO_FAR if radius_km is None else Nearness.BY_RADIUS, km)


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Return the distance over the ground by the haversine formula."""
    (north, east), (north_2, east_2) = (map(radians, each) for each in (one, other))
    half = sin((north_2 - north) / 2) ** 2
    half += cos(north) * cos(north_2) * sin((east_2 - east) / 2) ** 2
    return round(2 * EARTH_KM * asin(sqrt(half)))


class Entry(NamedTuple):
    """A place in the lists: a district of a region, and a kind of help.

    One with a `status` is of the register, the others are those in which families look.
    """

    region: str
    district: str
    kind: str
    status: str = ""


def entries_of(guardian: Guardian, ground: Ground) -> frozenset[Entry]:
    """Return under which districts and kinds of help a guardian is to be found."""
    region = guardian.visible_region
    if region is None:
        return frozenset()
    near = _reached(guardian, region, ground) if guardian.status in LISTED else ()
    return frozenset([*near, *_registered(guardian, region)])


def _places(guardian: Guardian) -> Iterator[tuple[str, str]]:
    """Yield each district in which a guardian gives help of a kind, and the kind."""
    for offer in guardian.capabilities:
        for place in offer.district_ids or guardian.district_ids or (EVERYWHERE,):
            yield place, offer.category


def _reached(guardian: Guardian, region: str, ground: Ground) -> Iterator[Entry]:
    """Yield the lists of candidates: families look around for an hour's drive.

    A guardian that comes from farther is listed there.
    """
    at_work, radius = guardian.status in AT_WORK, guardian.terms.radius_km or 0
    for place, kind in _places(guardian):
        for district in (place,) if radius <= REACH_KM else ground.reaching(place, radius):
            yield Entry(region, district, kind if at_work else NOT_AT_WORK)


def _registered(guardian: Guardian, region: str) -> Iterator[Entry]:
    """Yield the lists of the register: by district, by kind of help, and by both."""
    for place, kind in _places(guardian):
        for district, help_given in ((place, kind), (place, ANY), (ANY, kind)):
            yield Entry(region, district, help_given, guardian.status.value)


class Listing(Aggregate):
    """Under what a guardian is listed; brought up to date in steps of a few rows each."""

    guardian_id: str
    entries: tuple[Entry, ...] = ()
    behind: bool = False

    def follow(self, wanted: frozenset[Entry], most: int) -> tuple[Self, list[Entry], list[Entry]]:
        """Return the listing after one step, with what it adds and what it removes."""
        held = frozenset(self.entries)
        added = list(islice(sorted(wanted - held), most))
        removed = list(islice(sorted(held - wanted), most - len(added)))
        after = (held | {*added}) - {*removed}
        moved = self._with(entries=tuple(sorted(after)), behind=after != wanted)
        return moved, added, removed
