"""A suggested guardian for every waiting family of a region at once, and how good that is.

All suitable pairs take part. A kind of help that is limited to some families is given to no more of
them: further families may have the same guardian for the rest of what they need.
"""

from collections import defaultdict
from functools import cached_property
from typing import Annotated

from services.matching.assignment.checker import proven_bound
from services.matching.assignment.prices import PriceList
from services.matching.assignment.problem import Floor, Method, Problem, Solution
from services.matching.ranking.domain import judge
from services.matching.ranking.region import Region
from services.matching.ranking.values import Candidate, Rule, Title
from shared.domain import AidCategory, CodeOf, ValueObject


class Suggestion(ValueObject):
    """One family with the guardian that fits best into the whole, and the next in line."""

    case_id: str
    number: str
    guardian_id: str
    title: Title = None
    standby_id: str | None = None
    standby_title: Title = None
    coverage: float
    uncovered: tuple[AidCategory, ...]
    same_district: bool


class WhyNot(ValueObject):
    """Why a family is not suggested the guardian that would suit it best.

    Its help was worth more to the families that it is `given_to`, of which so many are
    `waiting_longer`; `price` is what a pair must be worth for its place and its limited kinds.
    """

    case_id: str
    number: str
    guardian_id: str
    title: Title = None
    price: int
    given_to: int
    waiting_longer: int


class Unsuited(ValueObject):
    """Why no guardian of the region suits a family: how many fail each rule first."""

    case_id: str
    number: str
    failed: dict[Rule, int]


class FairShare(ValueObject):
    """Families of a district, or with a kind of need, that have waited longer than 72 hours.

    At least `least` of them should be helped: two thirds of the share for which places suffice.
    """

    district_id: str | None = None
    category: AidCategory | None = None
    families: int
    least: int
    helped: int


class Suggestions(ValueObject):
    """The whole assignment; `gap` is the share of the optimum that can at most be missing.

    `method` says how it was found: `flow` and `program` are exact up to the gap, `greedy` replaces
    them when time was short. `checked_bound` is what the prices alone prove, by sums that share
    nothing with the solver. `more_waiting` is true when more families wait than one answer holds.
    """

    suggestions: tuple[Suggestion, ...]
    without: tuple[str, ...]
    why_not: tuple[WhyNot, ...]
    unsuited: tuple[Unsuited, ...]
    fair_shares: tuple[FairShare, ...]
    value: int
    bound: int
    checked_bound: int
    gap: float
    method: Annotated[Method, CodeOf("assignment_method")]
    more_waiting: bool


class Answer:
    """The solver's answer for a region, checked, in the words of the headquarters."""

    def __init__(self, region: Region, problem: Problem, solution: Solution) -> None:
        self.region = region
        self.problem = problem
        self.solution = solution
        self.checked_bound = proven_bound(problem, solution)
        self._prices = PriceList(problem, solution)
        self._pairs = self._prices.pairs
        self._given: dict[int, list[int]] = defaultdict(list)
        for family, guardian in enumerate(solution.guardians):
            if guardian is not None:
                self._given[guardian].append(family)

    def suggestions(self, *, more_waiting: bool) -> Suggestions:
        """Return each suggested pair, why it is not another, and how far that is proven."""
        solution, families = self.solution, self.region.families
        numbers = range(len(families))
        return Suggestions(
            suggestions=tuple(
                self._suggestion(number, guardian)
                for number, guardian in enumerate(solution.guardians)
                if guardian is not None
            ),
            without=tuple(
                family.case_id
                for family, guardian in zip(families, solution.guardians, strict=True)
                if guardian is None
            ),
            why_not=tuple(why for number in numbers for why in self._why_not(number)),
            unsuited=tuple(self._unsuited(number) for number in numbers if not self._pairs[number]),
            fair_shares=tuple(self._fair_share(floor) for floor in self.problem.floors),
            value=solution.value,
            bound=solution.bound,
            checked_bound=self.checked_bound,
            gap=(solution.bound - solution.value) / (abs(solution.bound) or 1),
            method=solution.method,
            more_waiting=more_waiting,
        )

    @cached_property
    def judged(self) -> dict[int, Candidate]:
        """What the guardian of the answer does for each family, and what it leaves out."""
        return {
            number: self._judge(number, guardian)
            for number, guardian in enumerate(self.solution.guardians)
            if guardian is not None
        }

    def _judge(self, number: int, guardian: int) -> Candidate:
        facts = self.region.facts(number, guardian)
        judged = judge(facts, self.solution.without.get(number, ()))
        if not isinstance(judged, Candidate):
            raise ValueError("the solution names a guardian that does not suit")
        return judged

    def _suggestion(self, number: int, guardian: int) -> Suggestion:
        judged, place = self.judged[number], self._next_in_line(number, guardian)
        family = self.region.families[number]
        standby = None if place is None else self.region.guardians[place]
        return Suggestion(
            case_id=family.case_id,
            number=family.number,
            guardian_id=judged.guardian_id,
            title=self.region.guardians[guardian].title,
            standby_id=None if standby is None else standby.guardian_id,
            standby_title=None if standby is None else standby.title,
            coverage=judged.coverage,
            uncovered=judged.uncovered,
            same_district=judged.same_district,
        )

    def _unsuited(self, number: int) -> Unsuited:
        family, failed = self.region.families[number], self.region.failed[number]
        return Unsuited(case_id=family.case_id, number=family.number, failed=dict(failed))

    def _next_in_line(self, number: int, guardian: int) -> int | None:
        """Return the guardian that is worth most to the family after its price, but for its own."""
        left = [each for each in self._pairs[number] if each != guardian]
        return max(left, key=lambda each: (self._prices.net(number, each), -each), default=None)

    def _fair_share(self, floor: Floor) -> FairShare:
        helped = [
            family
            for family in floor.families
            if (judged := self.judged.get(family))
            and (floor.kind is None or floor.kind in judged.covered)
        ]
        district = self.region.families[floor.families[0]].district
        return FairShare(
            district_id=district if floor.kind is None else None,
            category=floor.kind,
            families=len(floor.families),
            least=floor.least,
            helped=len(helped),
        )

    def _why_not(self, number: int) -> list[WhyNot]:
        """Return why not the guardian that suits the family best, when it got another or none."""
        pairs, own = self._pairs[number], self.solution.guardians[number]
        best = max(pairs, key=lambda each: (pairs[each].worth, -each), default=None)
        if best is None or (own is not None and pairs[own].worth == pairs[best].worth):
            return []
        holders = [self.region.families[each] for each in self._given[best]]
        family = self.region.families[number]
        longer = [
            each
            for each in holders
            if each.flagged_at and family.flagged_at and each.flagged_at < family.flagged_at
        ]
        return [
            WhyNot(
                case_id=family.case_id,
                number=family.number,
                guardian_id=self.region.guardians[best].guardian_id,
                title=self.region.guardians[best].title,
                price=self._prices.asked(number, best),
                given_to=len(holders),
                waiting_longer=len(longer),
            )
        ]
