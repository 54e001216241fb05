"""What is read of guardians for waiting families."""

from collections.abc import Sequence

from services.matching.assignment.checker import Wrong
from services.matching.assignment.client import RETRY_SECONDS, AssignmentSolver
from services.matching.assignment.problem import Gain, Problem
from services.matching.bonds.domain import FamilyBond
from services.matching.bonds.repository import Bonds
from services.matching.families.domain import Family
from services.matching.families.policy import load_authorised
from services.matching.families.repository import Families
from services.matching.families.values import CaseId
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import authorise_region
from services.matching.ranking.commands import CandidatesQuery
from services.matching.ranking.domain import Pairing
from services.matching.ranking.region import Region
from services.matching.ranking.shortage import Shortage, missing_help, newcomers, one_more
from services.matching.ranking.suggestions import Answer, Suggestions
from services.matching.ranking.values import Candidate, Unsuitable
from services.matching.ranking.views import CandidatesView, ExplainedCandidate
from services.matching.reach.queries import InReach, ground_of
from services.matching.reach.repository import Reaches
from shared import clock
from shared.api.models import Paging
from shared.domain import RegionCode
from shared.errors import Unavailable
from shared.observability import note
from shared.principal import Principal
from shared.reference import code_lists, regions
from shared.storage import cursors
from shared.storage.list_keys import region_key
from shared.storage.repository import Page

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
    bonds: Bonds,
) -> CandidatesView:
    """Rank the guardians within reach of one family, and say why the others do not suit.

    A family that needs no guardian any more has no candidates.
    """
    family = load_authorised(case_id, "view_candidates", caller, families)
    bond = bonds.of_family(family.family_id, family.region)
    pairing, near = pairing_of(family, bond), InReach(family, reaches)
    others = near.others(MOST_UNSUITABLE + 1) if family.required else []
    ranking = pairing.rank(guardians.get_many([*near.helpful, *others]))
    start, end, more = _slice(query, caller, f"candidates|{case_id}")
    asked = guardians.get(query.guardian_id) if query.guardian_id else None
    said = pairing.judged(asked) if asked and family.required else None
    needs = len(family.open_needs)
    return CandidatesView.of(
        ranking,
        number=family.number,
        required=family.required,
        open_match=bond.matches[0].match_id if bond.matches else None,
        candidates=[ExplainedCandidate.of(each, needs) for each in ranking.candidates[start:end]],
        unsuitable=ranking.unsuitable[:MOST_UNSUITABLE],
        more_unsuitable=len(ranking.unsuitable) > MOST_UNSUITABLE,
        suitable_count=len(ranking.candidates),
        first=_name(ranking.candidates, 0),
        standby=_name(ranking.candidates, 1),
        next_cursor=more if end < len(ranking.candidates) else None,
        asked=ExplainedCandidate.of(said, needs) if isinstance(said, Candidate) else said,
    )


def list_unsuitable(
    case_id: CaseId,
    query: Paging,
    caller: Principal,
    families: Families,
    guardians: Guardians,
    reaches: Reaches,
    bonds: Bonds,
) -> Page[Unsuitable]:
    """List every guardian within reach that does not suit a family, by the first rule it fails.

    First those that give what it needs or are not at work, then those that give other help.
    """
    family = load_authorised(case_id, "view_candidates", caller, families)
    pairing = pairing_of(family, bonds.of_family(family.family_id, family.region))
    start, end, more = _slice(query, caller, f"unsuitable|{case_id}")
    near = InReach(family, reaches)
    failed = pairing.rank(guardians.get_many(near.helpful)).unsuitable
    left = end + 1 - len(failed)
    others = near.others(left) if family.required and left > 0 else []
    shown = guardians.get_many(others[max(0, start - len(failed)) : max(0, left - 1)])
    return Page[Unsuitable](
        items=[*failed[start:end], *pairing.rank(shown).unsuitable],
        next_cursor=more if len(failed) + len(others) > end else None,
    )


def _slice(query: Paging, caller: Principal, scope: str) -> tuple[int, int, str]:
    """Return the places between which a page is, and the cursor that goes on behind it."""
    start = int(query.begins(caller.id, scope).get(PLACE, 0))
    end = start + query.limit
    return start, end, cursors.seal({PLACE: str(end)}, caller.id, scope)


def pairing_of(family: Family, bond: FamilyBond) -> Pairing:
    """Return a case with the conflicts and refusals of all cases of its family, as of now."""
    now, region = clock.now(), family.region
    refusals = bond.refusals_at(now)
    today = regions.local_date(region, now)
    return Pairing(bond.seen_from(family), ground_of(region), today, refusals, now)


def _name(candidates: Sequence[Candidate], place: int) -> str | None:
    return candidates[place].guardian_id if place < len(candidates) else None


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
    asked, more_waiting = waiting_region(region, MAX_FAMILIES, families, guardians, bonds)
    return solved(asked, solver).suggestions(more_waiting=more_waiting)


def view_shortage(
    region: RegionCode,
    caller: Principal,
    families: Families,
    guardians: Guardians,
    bonds: Bonds,
    solver: AssignmentSolver,
) -> Shortage:
    """Show where help is missing, and which one more guardian would help most families."""
    authorise_region(region, "view_suggestions", caller)
    asked, more_waiting = waiting_region(region, MAX_FAMILIES, families, guardians, bonds)
    answer = solved(asked, solver)
    tried = newcomers(answer, code_lists.find("guardian_categories").active)
    return Shortage(
        missing=missing_help(answer),
        one_more=one_more(tried, _gains(answer, tried, solver)),
        more_waiting=more_waiting,
    )


def waiting_region(
    region: str, most: int, families: Families, guardians: Guardians, bonds: Bonds
) -> tuple[Region, bool]:
    """Return a region's guardians and the families that wait longest, and whether more wait."""
    asking, more = waiting_pairings(region, most, families, bonds)
    asked = Region(
        [each.family for each in asking],
        [each for each in guardians.of_region(region_key(region)) if not each.decided_against],
        ground_of(region),
        regions.local_date(region, clock.now()),
        {each.family.family_id: each.refusals for each in asking},
    )
    return asked, more


def waiting_pairings(
    region: str, most: int, families: Families, bonds: Bonds
) -> tuple[list[Pairing], bool]:
    """Return the families of a region that wait longest, and whether more wait.

    A family has one match: it takes part with the case that waits longest, and with none while it
    is bound in another. What any of its cases forbids is forbidden here too.
    """
    waiting = families.waiting(region_key(region), most + 1)
    held = bonds.of_families((each.family_id for each in waiting[:most]), region)
    free = dict[str, Pairing]()
    for case in waiting[:most]:
        bond = held[case.family_id]
        if not bond.matches and bond.family_id not in free:
            free[bond.family_id] = pairing_of(case, bond)
    return list(free.values()), len(waiting) > most


def solved(region: Region, solver: AssignmentSolver) -> Answer:
    """Return the best assignment of a region, checked."""
    return _answer(region, region.problem(clock.now()), solver)


def _gains(answer: Answer, tried: Sequence[Guardian], solver: AssignmentSolver) -> list[Gain]:
    """Return what each guardian that there is not would change in an answer."""
    if not tried:
        return []
    region, now = answer.region, clock.now()
    changes = {
        "newcomers": [region.newcomer(each, now) for each in tried],
        "known": answer.solution,
    }
    asked = answer.problem.model_copy(update=changes)
    return _answer(region, asked, solver).solution.gains


def _answer(region: Region, problem: Problem, solver: AssignmentSolver) -> Answer:
    try:
        return Answer(region, problem, solver.solve(problem))
    except Wrong as wrong:
        note(error=wrong)
        raise Unavailable("assignment_unavailable", retry_after=RETRY_SECONDS) from None
