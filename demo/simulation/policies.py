"""Who is proposed to whom: as offices did it, by the list of each family, and by the whole region.

All three obey the same hard rules and act at the same hours.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from services.matching.assignment.checker import proven_bound
from services.matching.assignment.solver import solve
from services.matching.bonds.values import Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.ranking.judging.facts import Facts, Seeker, Standing, facts_of
from services.matching.ranking.judging.rules import first_failed
from services.matching.ranking.judging.score import points_of, waiting_points
from services.matching.ranking.region import Region
from services.matching.reach.domain import NEAREST, Ground

SECONDS = 8.0


class Proposal(NamedTuple):
    """A family, a guardian, and the kinds of help that it would give."""

    family: Family
    guardian: Guardian
    kinds: tuple[str, ...]


class Moment(NamedTuple):
    """All that is known when proposals are made."""

    now: datetime
    families: list[Family]
    guardians: list[Guardian]
    refusals: Mapping[str, Refusals]
    ground: Ground


Policy = Callable[[Moment], list[Proposal]]


def first_come(moment: Moment) -> list[Proposal]:
    """Give each family in its turn the nearest guardian that suits."""
    in_turn = sorted(moment.families, key=lambda each: (each.flagged_at, each.case_id))

    def nearest(facts: Facts) -> tuple[int, ...]:
        return NEAREST[facts.way.nearness], facts.way.km or 0

    return _one_by_one(moment, in_turn, nearest)


def greedy(moment: Moment) -> list[Proposal]:
    """Give each family, the most pressing first, the first of its own list of candidates."""

    def pressing(family: Family) -> tuple[int, str]:
        hours = family.waited_hours(moment.now)
        return -waiting_points(family.profile.urgent, hours), family.case_id

    def first_of_list(facts: Facts) -> tuple[int, ...]:
        return -points_of(facts, facts.covered).total, facts.load

    return _one_by_one(moment, sorted(moment.families, key=pressing), first_of_list)


def ours(moment: Moment) -> list[Proposal]:
    """Assign the whole region at once, as a round does; the answer is checked."""
    region = Region(moment.families, moment.guardians, moment.ground, None, moment.refusals)
    problem = region.problem(moment.now)
    solution = solve(problem, SECONDS)
    proven_bound(problem, solution)
    proposals = []
    for number, guardian in enumerate(solution.guardians):
        if guardian is None:
            continue
        covered = region.facts(number, guardian).covered
        left_out = solution.without.get(number, [])
        kinds = tuple(kind for kind in covered if kind not in left_out)
        proposals.append(Proposal(region.families[number], region.guardians[guardian], kinds))
    return proposals


def _one_by_one(
    moment: Moment, families: list[Family], order: Callable[[Facts], tuple[int, ...]]
) -> list[Proposal]:
    free = {each.guardian_id: Standing(each, None) for each in moment.guardians}
    proposals = []
    for family in families:
        refusals = moment.refusals.get(family.family_id, Refusals())
        seeker = Seeker(family, refusals, moment.now)
        suitable = [
            facts
            for standing in free.values()
            if first_failed(facts := facts_of(seeker, standing, moment.ground)) is None
        ]
        if not suitable:
            continue
        best = min(suitable, key=lambda facts: (order(facts), facts.guardian_id))
        guardian = free[best.guardian_id].guardian
        proposals.append(Proposal(family, guardian, tuple(best.covered)))
        taken = guardian.take_place(family.case_id, tuple(best.covered))
        free[best.guardian_id] = Standing(taken, None)
    return proposals


POLICIES: dict[str, Policy] = {"first_come": first_come, "greedy": greedy, "ours": ours}
