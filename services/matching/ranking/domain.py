"""Which guardians suit a family, best first, and why each of the others does not.

A guardian is unsuitable by the first rule it fails, in the order of `Rule`. Suitable ones are
ordered by coverage, then same district, then free capacity (more first), then load (less first),
then id, so that the list is the same for everybody who asks.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.facts import Fact, Status

PROPOSABLE = (Status.READY, Status.CARING)


class Rule(StrEnum):
    """Why a guardian cannot be proposed to a family, in the order of checking."""

    OTHER_PROGRAMME = "other_programme"
    PAUSED = "paused"
    NOT_READY = "not_ready"
    EXCLUDED_BY_CONFLICT = "excluded_by_conflict"
    NO_FREE_CAPACITY = "no_free_capacity"
    NO_NEEDED_CATEGORY = "no_needed_category"


class Candidate(Fact):
    """A guardian that may be proposed, with the reasons for its rank."""

    guardian_id: str
    coverage: float
    covered: tuple[str, ...]
    uncovered: tuple[str, ...]
    same_district: bool
    free_capacity: int
    load: int

    @property
    def order(self) -> tuple[float, bool, int, int, str]:
        """Smaller is better."""
        return (
            -self.coverage,
            not self.same_district,
            -self.free_capacity,
            self.load,
            self.guardian_id,
        )


class Unsuitable(Fact):
    """A guardian that may not be proposed, with the first rule it fails."""

    guardian_id: str
    rule: Rule


class Ranking(Fact):
    """The answer for one family."""

    case_id: str
    candidates: tuple[Candidate, ...]
    unsuitable: tuple[Unsuitable, ...]


class Wish:
    """A family as ranking sees it, worked out once for all guardians."""

    __slots__ = ("district", "excluded", "family", "kinds", "programme", "total")

    def __init__(self, family: Family) -> None:
        self.family = family
        self.programme = family.programme
        self.district = family.district
        self.excluded = frozenset(family.excluded)
        wanted = Counter(need.category for need in family.open_needs)
        self.kinds = dict(sorted(wanted.items()))
        self.total = wanted.total()


class Standing:
    """A guardian as ranking sees it, worked out once for all families."""

    __slots__ = ("areas", "barred", "free", "guardian_id", "load", "programme", "room")

    def __init__(self, guardian: Guardian, without: Iterable[str] = ()) -> None:
        """`without` names kinds of help that are taken by others."""
        self.guardian_id = guardian.guardian_id
        self.programme = guardian.programme
        self.barred = _barred(guardian.status)
        self.free = guardian.free_capacity
        self.load = len(guardian.places)
        self.areas: dict[str, tuple[str, ...]] = {}
        self.room: dict[str, int | None] = {}
        used = Counter(kind for place in guardian.places for kind in place.categories)
        for offer in guardian.capabilities:
            kind = offer.category.value
            room = None if offer.max_families is None else offer.max_families - used[kind]
            if kind not in without and (room is None or room > 0):
                self.areas[kind] = offer.districts or guardian.districts
                self.room[kind] = room


class Fit(NamedTuple):
    """What a suitable guardian does for a family."""

    covered: list[str]
    same_district: bool


def rank(family: Family, guardians: list[Guardian]) -> Ranking:
    """Every guardian of the region, either ranked or with the rule that excludes it."""
    wish = Wish(family)
    suitable: list[Candidate] = []
    unsuitable: list[Unsuitable] = []
    for guardian in guardians:
        judged = verdict(wish, Standing(guardian))
        if isinstance(judged, Candidate):
            suitable.append(judged)
        else:
            unsuitable.append(judged)
    return Ranking(
        case_id=family.case_id,
        candidates=tuple(sorted(suitable, key=lambda candidate: candidate.order)),
        unsuitable=tuple(sorted(unsuitable, key=lambda judged: judged.guardian_id)),
    )


def judge(family: Family, guardian: Guardian) -> Candidate | Unsuitable:
    """One guardian for one family."""
    return verdict(Wish(family), Standing(guardian))


def verdict(wish: Wish, standing: Standing) -> Candidate | Unsuitable:
    """One guardian for one family, with the reasons."""
    fit = fits(wish, standing)
    if isinstance(fit, Rule):
        return Unsuitable(guardian_id=standing.guardian_id, rule=fit)
    return Candidate(
        guardian_id=standing.guardian_id,
        coverage=sum(wish.kinds[kind] for kind in fit.covered) / wish.total,
        covered=tuple(fit.covered),
        uncovered=tuple(kind for kind in wish.kinds if kind not in fit.covered),
        same_district=fit.same_district,
        free_capacity=standing.free,
        load=standing.load,
    )


def fits(wish: Wish, standing: Standing) -> Fit | Rule:
    """Whether the guardian suits the family; called for every pair of a region, so it is lean."""
    if standing.programme is not wish.programme:
        return Rule.OTHER_PROGRAMME
    if standing.barred is not None:
        return standing.barred
    if standing.guardian_id in wish.excluded:
        return Rule.EXCLUDED_BY_CONFLICT
    if standing.free <= 0:
        return Rule.NO_FREE_CAPACITY
    areas = standing.areas
    covered = [kind for kind in wish.kinds if kind in areas]
    if not covered:
        return Rule.NO_NEEDED_CATEGORY
    district = wish.district
    for kind in covered:
        if district not in areas[kind]:
            return Fit(covered, False)
    return Fit(covered, True)


def _barred(status: Status) -> Rule | None:
    if status is Status.PAUSED:
        return Rule.PAUSED
    return None if status in PROPOSABLE else Rule.NOT_READY
