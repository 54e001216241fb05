"""What is judged of a family and a guardian: plain values, and how they are worked out."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from services.matching.bonds.values import Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import CLOSE_BY, GuardianStatus, Programme
from services.matching.reach.domain import NEAREST, Ground, Nearness, Way
from shared.domain import AidCategory, CodeOf, LanguageCode

NO_REFUSALS = Refusals()
AT_HAND = (Nearness.SAME_DISTRICT, Nearness.NEIGHBOUR)


# Not frozen, though nothing changes it: a region makes thousands, and freezing takes longest.
@dataclass(slots=True)
class Offer:
    """A needed kind of help that a guardian gives: how near, and to how many more families."""

    way: Way
    room: int | None = None

    @property
    def near(self) -> bool:
        """Whether the family is within reach of this help."""
        return self.way.nearness is not Nearness.TOO_FAR


@dataclass(slots=True)
class Facts:
    """All that is judged of a family and a guardian.

    `proved` says whether all that its legal form requires is valid on the day; `refused`, whether
    the pair still rests. `needs` counts the open needs of each kind, `offers` are those kinds that
    the guardian gives; `way` leads to the nearest district in which it helps at all. `hindrances`
    are the conditions of the home that the guardian cannot work in, `liked` what it prefers and
    finds in the family. Of what families said of it only `feedback` is known, the mean of many.
    """

    guardian_id: str
    family_programme: Programme
    guardian_programme: Programme
    family_region: str
    status: GuardianStatus
    proved: bool
    excluded: bool
    refused: bool
    way: Way
    needs: dict[AidCategory, int]
    offers: dict[AidCategory, Offer]
    free_capacity: int
    load: int
    guardian_region: str | None = None
    urgent: bool = False
    waited_hours: int = 0
    family_time: Annotated[str, CodeOf("contact_time")] | None = None
    guardian_times: tuple[Annotated[str, CodeOf("day_part")], ...] = ()
    hindrances: tuple[Annotated[str, CodeOf("home_condition")], ...] = ()
    feedback: float | None = None
    family_language: LanguageCode = "ru"
    guardian_languages: tuple[LanguageCode, ...] = ("ru",)
    liked: tuple[Annotated[str, CodeOf("guardian_preference")], ...] = ()

    @property
    def covered(self) -> list[str]:
        """The needed kinds that the guardian gives near enough and has room for."""
        return [kind for kind, offer in self.offers.items() if offer.near and offer.room != 0]


def farthest(facts: Facts, kinds: Iterable[str]) -> Way:
    """Return the way to the help that is farthest of these kinds."""
    ways = [facts.offers[kind].way for kind in kinds]
    return max(ways, key=lambda way: (NEAREST[way.nearness], way.km or 0), default=facts.way)


def nearest_km(facts: Facts) -> int | None:
    """Return how far the nearest help is that is needed; None when no centre is known."""
    known = (offer.way.km for offer in facts.offers.values() if offer.way.km is not None)
    return min(known, default=None)


class Standing:
    """A guardian with what it offers and has promised, worked out once for all families.

    What its legal form requires is proved or not `on` the day of the match; None asks for no proof.
    """

    def __init__(self, guardian: Guardian, on: date | None) -> None:
        self.guardian = guardian
        self.names = frozenset({guardian.guardian_id, guardian.inn_index or guardian.guardian_id})
        self.free_capacity = guardian.free_capacity
        self.proved = on is None or not guardian.unproved(on)
        self.load = len(guardian.places)
        self.feedback = guardian.feedback.mean
        terms = guardian.terms
        self.radius = terms.radius_km
        self.languages = terms.languages
        self.times = tuple(sorted({slot.part for slot in terms.schedule}))
        self.exclusions = frozenset(terms.exclusions)
        self.preferences = frozenset(terms.preferences)
        self.room: dict[str, int | None] = {}
        self.areas: dict[str, tuple[str, ...]] = {}
        promised = guardian.promised
        for offer in guardian.capabilities:
            kind, most = offer.category, offer.max_families
            self.room[kind] = None if most is None else max(0, most - promised[kind])
            self.areas[kind] = offer.district_ids or guardian.district_ids
        self.kinds = frozenset(self.areas)
        areas = self.areas.values()
        self.area = tuple(sorted({each for area in areas for each in area})) if all(areas) else ()

    def nearness(self, district: str | None, ground: Ground) -> tuple[int, ...]:
        """Return how near the guardian and each kind of its help are to a district."""
        areas = (self.area, *self.areas.values())
        return tuple(NEAREST[ground.way(district, each, self.radius).nearness] for each in areas)

    def noticed(self, seeker: "Seeker", nearness: tuple[int, ...]) -> Hashable:
        """Return by what of a family the guardian is judged, unless the family has named it.

        Families of one programme and region that are alike in it are judged alike; where it gives
        nothing that is needed, nothing else matters.
        """
        shared = self.kinds & seeker.asked
        return shared and (
            shared,
            nearness,
            self.exclusions & seeker.conditions,
            self.times and seeker.time,
            self.preferences & seeker.traits,
            seeker.language in self.languages,
        )


class Seeker:
    """A family with what it needs and how long it has waited, worked out once for all guardians."""

    def __init__(
        self, family: Family, refusals: Refusals = NO_REFUSALS, now: datetime | None = None
    ) -> None:
        self.family = family
        self.kinds = wanted(family)
        self.asked = frozenset(self.kinds)
        self.excluded = frozenset(family.excluded)
        self.refusals = refusals
        self.named = self.excluded | refusals.names
        self.waited_hours = 0 if now is None else family.waited_hours(now)
        self.conditions = frozenset(family.conditions)
        self.traits = frozenset(family.profile.traits)
        self.time = family.profile.preferred_time
        self.language = family.profile.language
        self.origin = (family.programme, family.region)


def wanted(family: Family) -> dict[str, int]:
    """Return how many of the family's open needs each kind of help would meet."""
    counts = dict.fromkeys(family.open_categories, 0)
    for need in family.open_needs:
        counts[need.category] += 1
    return counts


def facts_of(seeker: Seeker, standing: Standing, ground: Ground) -> Facts:
    """Return what is judged of a family and a guardian."""
    family, guardian = seeker.family, standing.guardian
    way = ground.way(family.district, standing.area, standing.radius)
    liked = standing.preferences & seeker.traits
    if CLOSE_BY in standing.preferences and way.nearness in AT_HAND:
        liked |= {CLOSE_BY}
    return Facts(
        guardian_id=guardian.guardian_id,
        family_programme=family.programme,
        guardian_programme=guardian.programme,
        family_region=family.region,
        guardian_region=guardian.region,
        status=guardian.status,
        proved=standing.proved,
        excluded=guardian.is_one_of(seeker.excluded),
        refused=seeker.refusals.hold_for(family, guardian),
        way=way,
        needs=seeker.kinds,
        offers=_offers(seeker, standing, ground),
        free_capacity=standing.free_capacity,
        load=standing.load,
        urgent=family.profile.urgent,
        waited_hours=seeker.waited_hours,
        family_time=seeker.time,
        guardian_times=standing.times,
        hindrances=tuple(sorted(standing.exclusions & seeker.conditions)),
        feedback=standing.feedback,
        family_language=seeker.language,
        guardian_languages=standing.languages,
        liked=tuple(sorted(liked)),
    )


def _offers(seeker: Seeker, standing: Standing, ground: Ground) -> dict[AidCategory, Offer]:
    """Return what is needed and given, each kind with the way to it and its room."""
    district, radius = seeker.family.district, standing.radius
    return {
        kind: Offer(ground.way(district, standing.areas[kind], radius), standing.room[kind])
        for kind in seeker.kinds
        if kind in standing.areas
    }
