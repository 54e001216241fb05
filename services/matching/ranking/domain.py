"""Which guardians suit a family, best first, and why each of the others does not.

A guardian is unsuitable by the first rule it fails, in the order of `Rule`. Suitable ones are
ordered by coverage, then same district, then free capacity (more first), then load (less first),
then id, so that the list is the same for everybody who asks.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from services.matching.bonds.values import LastRefusal, Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import GuardianStatus
from shared.domain import CodeEnum, ValueObject


class Rule(CodeEnum, of="candidate_rule"):
    """Why a guardian cannot be proposed to a family, in the order of checking."""

    OTHER_PROGRAMME = "other_programme"
    PAUSED = "paused"
    NOT_READY = "not_ready"
    REQUIREMENT_EXPIRED = "requirement_expired"
    EXCLUDED_BY_CONFLICT = "excluded_by_conflict"
    REFUSED_LATELY = "refused_lately"
    NO_FREE_CAPACITY = "no_free_capacity"
    NO_NEEDED_CATEGORY = "no_needed_category"


# Only where the pair was refused before.
Shown = Annotated[LastRefusal | None, Field(exclude_if=lambda refusal: refusal is None)]


class Candidate(ValueObject):
    """A guardian that may be proposed, with the reasons for its rank."""

    guardian_id: str
    title: str | None
    coverage: float
    covered: tuple[str, ...]
    uncovered: tuple[str, ...]
    same_district: bool
    free_capacity: int
    load: int
    last_refusal: Shown = None


class Unsuitable(ValueObject):
    """A guardian that may not be proposed, with the first rule it fails."""

    guardian_id: str
    title: str | None
    rule: Rule
    last_refusal: Shown = None


class Ranking(ValueObject):
    """The answer for one family."""

    case_id: str
    candidates: tuple[Candidate, ...]
    unsuitable: tuple[Unsuitable, ...]


class Standing:
    """A guardian with the kinds of help it has room for, worked out once for all families.

    What its legal form requires must be proved `on` the day of the match.
    """

    def __init__(self, guardian: Guardian, on: date, without: Iterable[str] = ()) -> None:
        self.guardian = guardian
        self.proved = not guardian.unproved(on)
        self.areas: dict[str, tuple[str, ...]] = {}
        self.room: dict[str, int | None] = {}
        used = guardian.promised
        for offer in guardian.capabilities:
            kind = offer.category
            room = None if offer.max_families is None else offer.max_families - used[kind]
            if kind not in without and (room is None or room > 0):
                self.areas[kind] = offer.districts or guardian.districts
                self.room[kind] = room

    def gives_in(self, district: str | None, kinds: Iterable[str]) -> bool:
        """Return whether it gives all these kinds in the district."""
        return all(not self.areas[k] or district in self.areas[k] for k in kinds)


def wanted(family: Family) -> dict[str, int]:
    """Return how many of the family's open needs each kind of help would meet."""
    return dict(sorted(Counter(need.category for need in family.open_needs).items()))


NO_REFUSALS = Refusals()


def rank(
    family: Family, guardians: list[Guardian], on: date, refusals: Refusals = NO_REFUSALS
) -> Ranking:
    """Return every guardian, either ranked or with the rule that excludes it."""
    in_order = sorted(guardians, key=lambda each: each.guardian_id)
    judged = [judge(family, each, on, refusals) for each in in_order]
    suitable = [each for each in judged if isinstance(each, Candidate)]
    return Ranking(
        case_id=family.case_id,
        candidates=tuple(sorted(suitable, key=_order)),
        unsuitable=tuple(each for each in judged if isinstance(each, Unsuitable)),
    )


def _order(each: Candidate) -> tuple[float, bool, int, int]:
    return -each.coverage, not each.same_district, -each.free_capacity, each.load


def judge(
    family: Family,
    guardian: Guardian,
    on: date,
    refusals: Refusals = NO_REFUSALS,
    without: Iterable[str] = (),
) -> Candidate | Unsuitable:
    """Judge one guardian for one family, with the reasons; `without` are kinds it lacks."""
    kinds, standing = wanted(family), Standing(guardian, on, without)
    covered = fits(family, kinds, standing, refusals)
    last = refusals.last(guardian.guardian_id)
    if isinstance(covered, Rule):
        return Unsuitable(
            guardian_id=guardian.guardian_id,
            title=guardian.title,
            rule=covered,
            last_refusal=last,
        )
    return Candidate(
        guardian_id=guardian.guardian_id,
        title=guardian.title,
        coverage=sum(kinds[kind] for kind in covered) / sum(kinds.values()),
        covered=tuple(covered),
        uncovered=tuple(kind for kind in kinds if kind not in covered),
        same_district=standing.gives_in(family.district, covered),
        free_capacity=guardian.free_capacity,
        load=len(guardian.places),
        last_refusal=last,
    )


def fits(
    family: Family, kinds: Iterable[str], standing: Standing, refusals: Refusals
) -> list[str] | Rule:
    """Return the wanted kinds that the guardian gives, or the rule it fails."""
    guardian = standing.guardian
    if guardian.programme is not family.programme:
        return Rule.OTHER_PROGRAMME
    if guardian.status is GuardianStatus.PAUSED:
        return Rule.PAUSED
    if guardian.status not in (GuardianStatus.READY, GuardianStatus.CARING):
        return Rule.NOT_READY
    if not standing.proved:
        return Rule.REQUIREMENT_EXPIRED
    if guardian.guardian_id in family.excluded:
        return Rule.EXCLUDED_BY_CONFLICT
    if refusals.hold_for(family, guardian):
        return Rule.REFUSED_LATELY
    if guardian.free_capacity <= 0:
        return Rule.NO_FREE_CAPACITY
    return [kind for kind in kinds if kind in standing.areas] or Rule.NO_NEEDED_CATEGORY
