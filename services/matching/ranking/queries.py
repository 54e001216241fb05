"""What is read of guardians for waiting families."""

from collections.abc import Sequence

from services.matching.assignment.client import AssignmentSolver
from services.matching.families.policy import load_authorised
from services.matching.families.repository import Families
from services.matching.families.values import CaseId
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import authorise_region
from services.matching.ranking.commands import CandidatesQuery
from services.matching.ranking.domain import judge_pair, rank
from services.matching.ranking.suggestions import Region, Suggestions
from services.matching.ranking.values import Candidate
from services.matching.ranking.views import CandidatesView
from services.matching.reach.queries import ground_of, guardians_in_reach
from services.matching.reach.repository import Reaches
from shared import clock
from shared.domain import RegionCode
from shared.principal import Principal
from shared.storage import cursors
from shared.storage.list_keys import region_key

MAX_FAMILIES = 300
MOST_UNSUITABLE = 100
PLACE = "place"


def view_candidates(
    case_id: CaseId,
    query: CandidatesQuery,
    caller: Principal,
    families: Families,
    guardians: Guardians,
    reaches: Reaches,
) -> CandidatesView:
    """Rank the guardians within reach of one family, and say why the others do not suit."""
    family = load_authorised(case_id, "view_candidates", caller, families)
    ground = ground_of(family.region)
    found = guardians_in_reach(
        family, family.open_categories, ground, reaches, guardians, others=MOST_UNSUITABLE
    )
    ranking = rank(family, found, ground)
    scope = f"candidates|{case_id}"
    start = int(cursors.open_cursor(query.cursor, caller.id, scope)[PLACE]) if query.cursor else 0
    end = start + query.limit
    more = cursors.seal({PLACE: str(end)}, caller.id, scope)
    asked = guardians.get(query.guardian_id) if query.guardian_id else None
    return CandidatesView.of(
        ranking,
        candidates=ranking.candidates[start:end],
        unsuitable=ranking.unsuitable[:MOST_UNSUITABLE],
        suitable_count=len(ranking.candidates),
        first=_name(ranking.candidates, 0),
        standby=_name(ranking.candidates, 1),
        next_cursor=more if end < len(ranking.candidates) else None,
        asked=judge_pair(family, asked, ground) if asked else None,
    )


def _name(candidates: Sequence[Candidate], place: int) -> str | None:
    return candidates[place].guardian_id if place < len(candidates) else None


def view_suggestions(
    region: RegionCode,
    caller: Principal,
    families: Families,
    guardians: Guardians,
    solver: AssignmentSolver,
) -> Suggestions:
    """Suggest a guardian for every waiting family, with the proof of how good that is."""
    authorise_region(region, "view_suggestions", caller)
    partition = region_key(region)
    waiting = families.waiting(partition, MAX_FAMILIES + 1)
    found = guardians.of_region(partition)
    asked = Region(waiting[:MAX_FAMILIES], found, ground_of(region))
    solution = solver.solve(asked.problem(clock.now()))
    return asked.suggestions(solution, more_waiting=len(waiting) > MAX_FAMILIES)
