"""What a region lacks: where families wait for help that has no place, and what would help them.

A newcomer is tried by solving the whole region again with it, so what it gains is no estimate.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from services.matching.assignment.problem import Gain
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import Capability, GuardianStatus, Programme
from services.matching.ranking.suggestions import Answer
from services.matching.reach.domain import Ground, Nearness
from shared.domain import AidCategory, ValueObject

TRIED = 5
KINDS = 3
FAMILIES = 3


class Missing(ValueObject):
    """How many families of a district get no help of a kind, and how many of them no guardian."""

    district_id: str
    category: AidCategory
    families: int
    without_guardian: int


class OneMore(ValueObject):
    """A guardian that there is not: how many more families would have one, and what that gains.

    `proven` is true when no better answer exists, with it and without it.
    """

    district_id: str
    categories: tuple[AidCategory, ...]
    families: int
    more_families_helped: int
    gain: int
    proven: bool


class Shortage(ValueObject):
    """Where capacity is missing, most families first, and which one more guardian would help most.

    `more_waiting` is true when more families wait than one answer holds.
    """

    missing: tuple[Missing, ...]
    one_more: tuple[OneMore, ...]
    more_waiting: bool


def missing_help(answer: Answer) -> tuple[Missing, ...]:
    """Count the families that the best assignment leaves without a kind of help."""
    families: Counter[tuple[str, str]] = Counter()
    alone: Counter[tuple[str, str]] = Counter()
    for number, family in enumerate(answer.region.families):
        judged = answer.judged.get(number)
        for kind in judged.uncovered if judged else family.open_categories:
            place = (family.district or "", kind)
            families[place] += 1
            alone[place] += judged is None
    return tuple(
        Missing(
            district_id=district,
            category=kind,
            families=count,
            without_guardian=alone[district, kind],
        )
        for (district, kind), count in sorted(
            families.items(), key=lambda each: (-each[1], each[0])
        )
    )


def newcomers(answer: Answer, kinds: Iterable[str]) -> list[Guardian]:
    """Return the guardians to be tried: one in each of the districts where most families wait.

    Each would give the `kinds` of help that are missing most to the families within its reach.
    """
    alone = [
        family
        for family, guardian in zip(answer.region.families, answer.solution.guardians, strict=True)
        if guardian is None
    ]
    tried: list[tuple[int, Guardian]] = []
    for district in sorted({family.district for family in alone if family.district}):
        near = [family for family in alone if _reaches(district, family, answer.region.ground)]
        wanted = Counter(kind for family in near for kind in family.open_categories)
        given = [kind for kind, _ in wanted.most_common() if kind in kinds][:KINDS]
        if given:
            helped = sum(bool({*given} & {*family.open_categories}) for family in near)
            tried.append((helped, _newcomer(district, given, alone[0].region)))
    tried.sort(key=lambda each: -each[0])
    return [guardian for _, guardian in tried[:TRIED]]


def one_more(tried: list[Guardian], gains: list[Gain]) -> tuple[OneMore, ...]:
    """Return what each newcomer would change, the most helpful first."""
    found = [
        OneMore(
            district_id=guardian.district_ids[0],
            categories=tuple(each.category for each in guardian.capabilities),
            families=guardian.capacity_families,
            more_families_helped=gain.families,
            gain=gain.value,
            proven=gain.proven,
        )
        for guardian, gain in zip(tried, gains, strict=True)
    ]
    return tuple(
        sorted(found, key=lambda each: (-each.more_families_helped, -each.gain, each.district_id))
    )


def _reaches(district: str, family: Family, ground: Ground) -> bool:
    return ground.way(family.district, (district,)).nearness is not Nearness.TOO_FAR


def _newcomer(district: str, kinds: list[str], region: str) -> Guardian:
    """Return a guardian with what is judged of one, and nothing else."""
    judged: dict[str, Any] = {
        "guardian_id": "",
        "programme": Programme.SERVICE_MEMBER_CARE,
        "region": region,
        "status": GuardianStatus.READY,
        "capabilities": tuple(Capability(category=kind) for kind in kinds),
        "district_ids": (district,),
        "capacity_families": FAMILIES,
    }
    return Guardian.model_construct(**judged)
