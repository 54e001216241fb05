"""Which guardians suit a family, best first, and why each of the others does not.

A guardian is unsuitable by the first rule it fails, in the order of `Rule`. Suitable ones are
ordered by coverage, then same district, then free capacity (more first), then load (less first),
then id, so that the list is the same for everybody who asks.
"""

from enum import StrEnum

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.facts import Capability, Fact, Status
from services.matching.words import Category


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


def rank(family: Family, guardians: list[Guardian]) -> Ranking:
    """Every guardian of the region, either ranked or with the rule that excludes it."""
    suitable: list[Candidate] = []
    unsuitable: list[Unsuitable] = []
    for guardian in guardians:
        judged = judge(family, guardian)
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
    offers = _offers(guardian)
    covered = tuple(c for c in family.open_categories if c in offers)
    rule = _first_failed(family, guardian, covered)
    if rule is not None:
        return Unsuitable(guardian_id=guardian.guardian_id, rule=rule)
    needs = family.open_needs
    return Candidate(
        guardian_id=guardian.guardian_id,
        coverage=sum(need.category in offers for need in needs) / len(needs),
        covered=covered,
        uncovered=tuple(c for c in family.open_categories if c not in offers),
        same_district=all(_serves(guardian, offers[Category(c)], family) for c in covered),
        free_capacity=guardian.free_capacity,
        load=len(guardian.places),
    )


def _first_failed(family: Family, guardian: Guardian, covered: tuple[str, ...]) -> Rule | None:
    failed = {
        Rule.OTHER_PROGRAMME: guardian.programme is not family.programme,
        Rule.PAUSED: guardian.status is Status.PAUSED,
        Rule.NOT_READY: guardian.status not in (Status.READY, Status.CARING, Status.PAUSED),
        Rule.EXCLUDED_BY_CONFLICT: guardian.guardian_id in family.excluded,
        Rule.NO_FREE_CAPACITY: guardian.free_capacity <= 0,
        Rule.NO_NEEDED_CATEGORY: not covered,
    }
    return next((rule for rule in Rule if failed[rule]), None)


def _offers(guardian: Guardian) -> dict[str, Capability]:
    """What the guardian offers and still has room for."""
    used = [category for place in guardian.places for category in place.categories]
    return {
        capability.category: capability
        for capability in guardian.capabilities
        if capability.max_families is None
        or used.count(capability.category) < capability.max_families
    }


def _serves(guardian: Guardian, capability: Capability, family: Family) -> bool:
    return family.district in (capability.districts or guardian.districts)
