"""Which guardians suit the waiting families."""

from datetime import datetime
from typing import Self

from services.matching import settings
from services.matching.assignment.problem import Solution
from services.matching.families.domain import Family
from services.matching.families.policy import family_resource
from services.matching.families.repository import WAITING
from services.matching.forms import OfRegion
from services.matching.headquarters.policy import authorise_region
from services.matching.matches.repository import Desk
from services.matching.policy import POLICY
from services.matching.ranking.domain import Ranking, rank
from services.matching.ranking.suggestions import Region, Suggestions
from shared import aws, clock, functions
from shared.api.models import View
from shared.errors import Unavailable
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.list_keys import region_key
from shared.storage.repository import Page

MAX_FAMILIES = 300
RETRY_SECONDS = 30


class WaitingView(View):
    """A family that waits for a guardian: district and needs, nothing else."""

    case_id: str
    district: str | None
    categories: tuple[str, ...]
    flagged_at: datetime | None
    waiting_hours: int

    @classmethod
    def of(cls, family: Family) -> Self:
        """The family and its age on the list, in full hours."""
        since = family.flagged_at or clock.now()
        return cls(
            case_id=family.case_id,
            district=family.district,
            categories=family.open_categories,
            flagged_at=family.flagged_at,
            waiting_hours=int((clock.now() - since).total_seconds() // 3600),
        )


def list_waiting(query: OfRegion, caller: Principal, desk: Desk) -> Page[WaitingView]:
    """The families that wait, longest first."""
    where = Partition.of_region(caller, query.region)
    partition = POLICY.require_list(caller, "list", "Family", where)
    return desk.families.page(
        "by_region",
        partition,
        WaitingView.of,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=WAITING,
    )


def view_candidates(case_id: str, caller: Principal, desk: Desk) -> Ranking:
    """The guardians of the region for one family, and why the others do not suit."""
    family = desk.families.get(case_id)
    POLICY.require(caller, "view_candidates", family_resource(family))
    return rank(family, desk.guardians.of_region(region_key(family.region)))


def view_suggestions(region: str, caller: Principal, desk: Desk) -> Suggestions:
    """A suggested guardian for everybody who waits in the region."""
    authorise_region(region, "view_suggestions", caller)
    partition = region_key(region)
    families = desk.families.waiting(partition, MAX_FAMILIES + 1)
    asked = Region(families[:MAX_FAMILIES], desk.guardians.of_region(partition))
    # Solved in a function of its own: the solver's libraries are larger than this one's.
    function = settings.assignment_function()
    unsolved = Unavailable("assignment_unavailable", retry_after=RETRY_SECONDS)
    problem = asked.problem(clock.now())
    solution = functions.ask(aws.client("lambda"), function, problem, Solution, unsolved)
    return asked.suggestions(solution, more_waiting=len(families) > MAX_FAMILIES)
