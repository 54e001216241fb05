"""What is read of guardians for waiting families."""

from datetime import date

from services.matching.assignment.client import AssignmentSolver
from services.matching.bonds.repository import Bonds
from services.matching.families.policy import load_authorised
from services.matching.families.repository import Families
from services.matching.families.values import CaseId
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import authorise_region
from services.matching.ranking.domain import Ranking, rank
from services.matching.ranking.suggestions import Region, Suggestions
from shared import clock
from shared.domain import RegionCode
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.list_keys import region_key

MAX_FAMILIES = 300


def view_candidates(
    case_id: CaseId, caller: Principal, families: Families, guardians: Guardians, bonds: Bonds
) -> Ranking:
    """Rank the guardians of the region for one family, and say why the others do not suit."""
    family = load_authorised(case_id, "view_candidates", caller, families)
    bond = bonds.of_family(family.family_id, family.region)
    found = guardians.of_region(region_key(family.region))
    return rank(bond.seen_from(family), found, _today(family.region), bond.refusals_at(clock.now()))


def view_suggestions(
    region: RegionCode,
    caller: Principal,
    families: Families,
    guardians: Guardians,
    bonds: Bonds,
    solver: AssignmentSolver,
) -> Suggestions:
    """Suggest a guardian for every waiting family, with the proof of how good that is."""
    authorise_region(region, "view_suggestions", caller)
    partition = region_key(region)
    waiting = families.waiting(partition, MAX_FAMILIES + 1)
    now = clock.now()
    refusals = bonds.refusals_of_region(partition, now)
    asked = Region(waiting[:MAX_FAMILIES], guardians.of_region(partition), _today(region), refusals)
    solution = solver.solve(asked.problem(now))
    return asked.suggestions(solution, more_waiting=len(waiting) > MAX_FAMILIES)


def _today(region: str) -> date:
    return calendar.local_date(regions.zone(region), clock.now())
