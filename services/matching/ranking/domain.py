"""Which guardians suit a family, best first, and why each of the others does not.

What is judged of a pair is one plain value, `Facts`; the rules and the order know nothing else, so
a decision that keeps its facts can be judged again. A guardian is unsuitable by the first rule of
`RULES` that it fails. Suitable ones are ordered by coverage, then nearness (the same district
first), then load (less first), then id: the list is the same for everybody who asks.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.matching.bonds.values import Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import AT_WORK, GuardianStatus, Programme
from services.matching.ranking.values import Candidate, Points, Ranking, Rule, Unsuitable
from services.matching.reach.domain import NEAREST, Ground, Nearness, Way
from shared.errors import IllegalStep

# Raised with every change of the rules or of the order.
RULE_VERSION = "2026-11-2"

COVERAGE_POINTS = 1000
NEARNESS_POINTS: Mapping[Nearness, int] = {
    Nearness.SAME_DISTRICT: 300,
    Nearness.NEIGHBOUR: 200,
    Nearness.WITHIN_REACH: 100,
    Nearness.TOO_FAR: 0,
}
LOAD_POINTS = 99

NO_REFUSALS = Refusals()


@dataclass(frozen=True, slots=True)
class Offer:
    """A needed kind of help that a guardian gives: how near, and to how many more families."""

    way: Way
    room: int | None = None

    @property
    def near(self) -> bool:
        """Whether the family is within reach of this help."""
        return self.way.nearness is not Nearness.TOO_FAR


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is judged of a family and a guardian.

    `proved` says whether all that its legal form requires is valid on the day; `refused`, whether
    the pair still rests. `needs` counts the open needs of each kind, `offers` are those kinds that
    the guardian gives; `way` leads to the nearest of all its districts.
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
    needs: dict[str, int]
    offers: dict[str, Offer]
    free_capacity: int
    load: int
    guardian_region: str | None = None

    @property
    def covered(self) -> list[str]:
        """The needed kinds that the guardian gives near enough and has room for."""
        return [kind for kind, offer in self.offers.items() if offer.near and offer.room != 0]


RULES: tuple[tuple[Rule, Callable[[Facts], bool]], ...] = (
    (Rule.OTHER_PROGRAMME, lambda facts: facts.guardian_programme is not facts.family_programme),
    (Rule.OTHER_REGION, lambda facts: facts.guardian_region != facts.family_region),
    (Rule.PAUSED, lambda facts: facts.status is GuardianStatus.PAUSED),
    (Rule.NOT_READY, lambda facts: facts.status not in AT_WORK),
    (Rule.REQUIREMENT_EXPIRED, lambda facts: not facts.proved),
    (Rule.EXCLUDED_BY_CONFLICT, lambda facts: facts.excluded),
    (Rule.REFUSED_LATELY, lambda facts: facts.refused),
    (Rule.NO_FREE_CAPACITY, lambda facts: facts.free_capacity <= 0),
    (Rule.NO_NEEDED_CATEGORY, lambda facts: not facts.offers),
    (Rule.TOO_FAR, lambda facts: not any(offer.near for offer in facts.offers.values())),
    (Rule.NO_ROOM_FOR_CATEGORY, lambda facts: not facts.covered),
)


class Standing:
    """A guardian with what it offers and has promised, worked out once for all families.

    What its legal form requires is proved or not `on` the day of the match; None asks for no proof.
    """

    def __init__(self, guardian: Guardian, on: date | None) -> None:
        self.guardian = guardian
        self.proved = on is None or not guardian.unproved(on)
        self.load = len(guardian.places)
        self.room: dict[str, int | None] = {}
        self.areas: dict[str, tuple[str, ...]] = {}
        promised = guardian.promised
        for offer in guardian.capabilities:
            kind, most = offer.category, offer.max_families
            self.room[kind] = None if most is None else max(0, most - promised[kind])
            self.areas[kind] = offer.districts or guardian.districts
        areas = [*self.areas.values(), guardian.districts]
        everywhere = not all(areas)
        self.area = () if everywhere else tuple(sorted({each for area in areas for each in area}))


def wanted(family: Family) -> dict[str, int]:
    """Return how many of the family's open needs each kind of help would meet."""
    counts = dict.fromkeys(family.open_categories, 0)
    for need in family.open_needs:
        counts[need.category] += 1
    return counts


def facts_of(
    family: Family,
    kinds: dict[str, int],
    standing: Standing,
    ground: Ground,
    refusals: Refusals,
) -> Facts:
    """Return what is judged of a family and a guardian."""
    guardian, district = standing.guardian, family.district
    return Facts(
        guardian_id=guardian.guardian_id,
        family_programme=family.programme,
        guardian_programme=guardian.programme,
        family_region=family.region,
        guardian_region=guardian.region,
        status=guardian.status,
        proved=standing.proved,
        excluded=guardian.guardian_id in family.excluded,
        refused=refusals.hold_for(family, guardian),
        way=ground.way(district, standing.area),
        needs=kinds,
        offers={
            kind: Offer(ground.way(district, standing.areas[kind]), standing.room[kind])
            for kind in kinds
            if kind in standing.areas
        },
        free_capacity=guardian.free_capacity,
        load=standing.load,
    )


def first_failed(facts: Facts) -> Rule | None:
    """Return the first rule that a guardian fails, or None when it may be proposed."""
    return next((rule for rule, fails in RULES if fails(facts)), None)


def judge(facts: Facts, without: Iterable[str] = ()) -> Candidate | Unsuitable:
    """Return the judgement on one guardian for one family; `without` is help it leaves out."""
    failed = first_failed(facts)
    if failed is not None:
        return Unsuitable(guardian_id=facts.guardian_id, rule=failed)
    covered = [kind for kind in facts.covered if kind not in {*without}]
    met, all_needs = sum(facts.needs[kind] for kind in covered), sum(facts.needs.values())
    way = farthest(facts, covered)
    return Candidate(
        guardian_id=facts.guardian_id,
        coverage=met / all_needs,
        covered=tuple(covered),
        uncovered=tuple(kind for kind in facts.needs if kind not in covered),
        same_district=way.nearness is Nearness.SAME_DISTRICT,
        nearness=way.nearness,
        km=way.km,
        free_capacity=facts.free_capacity,
        load=facts.load,
        points=Points.of(
            coverage=COVERAGE_POINTS * round(1000 * met / all_needs),
            nearness=NEARNESS_POINTS[way.nearness],
            load=max(0, LOAD_POINTS - facts.load),
        ),
    )


def farthest(facts: Facts, kinds: Iterable[str]) -> Way:
    """Return the way to the help that is farthest of these kinds."""
    ways = [facts.offers[kind].way for kind in kinds]
    return max(ways, key=lambda way: (NEAREST[way.nearness], way.km or 0), default=facts.way)


class Pairing:
    """A family with all that its guardians are judged by: districts, the day, and refusals."""

    def __init__(
        self, family: Family, ground: Ground, on: date, refusals: Refusals = NO_REFUSALS
    ) -> None:
        self.family = family
        self._kinds = wanted(family)
        self._ground = ground
        self._on = on
        self._refusals = refusals

    def facts(self, guardian: Guardian) -> Facts:
        """Return what is judged of a guardian."""
        standing = Standing(guardian, self._on)
        return facts_of(self.family, self._kinds, standing, self._ground, self._refusals)

    def judged(self, guardian: Guardian) -> Candidate | Unsuitable:
        """Return the judgement on a guardian, named, with the pair's last refusal."""
        here = guardian.region == self.family.region
        return judge(self.facts(guardian))._with(
            title=guardian.title if here else None,
            last_refusal=self._refusals.last(guardian.guardian_id),
        )

    def require_suitable(self, guardian: Guardian) -> tuple[Facts, Candidate]:
        """Return what was judged and the judgement; refuse a guardian that fails a rule."""
        facts = self.facts(guardian)
        judged = judge(facts)
        if isinstance(judged, Unsuitable):
            raise IllegalStep(f"candidate_{judged.rule}", ("view_candidates",))
        return facts, judged

    def rank(self, guardians: Iterable[Guardian]) -> Ranking:
        """Return every guardian, either ranked or with the rule that excludes it."""
        in_order = sorted(guardians, key=lambda each: each.guardian_id)
        judged = [self.judged(each) for each in in_order]
        suitable = [each for each in judged if isinstance(each, Candidate)]
        return Ranking(
            case_id=self.family.case_id,
            rule_version=RULE_VERSION,
            candidates=tuple(sorted(suitable, key=_order)),
            unsuitable=tuple(each for each in judged if isinstance(each, Unsuitable)),
        )


def _order(each: Candidate) -> tuple[int, int]:
    return -each.points.total, each.load
