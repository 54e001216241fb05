"""A suggested guardian for every waiting family of a region at once, and how good that is.

A family that waits longer and a guardian that covers more are worth more; the headquarters decides.
All suitable pairs take part. A kind of help that is limited to some families is given to no more of
them: further families may have the same guardian for the rest of what they need.
"""

from collections.abc import Iterable
from datetime import datetime

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.facts import Fact
from services.matching.ranking.domain import Candidate, Rule, Standing, Wish, fits, verdict
from services.matching.ranking.problem import Method, Problem, Solution, packed

COVERAGE = 600_000
SAME_DISTRICT = 200_000
FREE_PLACE = 1_000
MOST_FREE_PLACES = 10
WAITING_HOUR = 500
LONGEST_WAIT_HOURS = 720


class Suggestion(Fact):
    """One family with the guardian that fits best into the whole."""

    case_id: str
    guardian_id: str
    coverage: float
    uncovered: tuple[str, ...]
    same_district: bool


class Suggestions(Fact):
    """The whole assignment; `gap` is the share of the optimum that can at most be missing.

    `method` says how it was found: `flow` and `program` are exact up to the gap, `greedy` stands in
    when time was short. `more_waiting` is true when more families wait than one answer holds.
    """

    suggestions: tuple[Suggestion, ...]
    without: tuple[str, ...]
    value: int
    bound: int
    gap: float
    method: Method
    more_waiting: bool


class Region:
    """The waiting families and the guardians of a region, in the order of their ids."""

    def __init__(self, families: Iterable[Family], guardians: Iterable[Guardian]) -> None:
        self._families = sorted(families, key=lambda family: family.case_id)
        self._guardians = sorted(guardians, key=lambda guardian: guardian.guardian_id)
        self._wishes = [Wish(family) for family in self._families]

    def problem(self, now: datetime) -> Problem:
        """All suitable pairs with their worth."""
        standings = [Standing(guardian) for guardian in self._guardians]
        numbered = [(n, each, _free_places(each)) for n, each in enumerate(standings)]
        shares = [_shares(wish) for wish in self._wishes]
        choices: list[int] = []
        guardians: list[int] = []
        worths: list[int] = []
        for wish, share in zip(self._wishes, shares, strict=True):
            before = len(guardians)
            waited = _waited(wish.family, now)
            for number, standing, free_places in numbered:
                fit = fits(wish, standing)
                if isinstance(fit, Rule):
                    continue
                covered, same_district = fit
                worth = waited + free_places + (SAME_DISTRICT if same_district else 0)
                for kind in covered:
                    worth += share[kind]
                guardians.append(number)
                worths.append(worth)
            choices.append(len(guardians) - before)
        return Problem(
            places=[max(0, standing.free) for standing in standings],
            room=[standing.room for standing in standings],
            shares=shares,
            choices=choices,
            guardians=packed(guardians),
            worths=packed(worths),
        )

    def suggestions(self, solution: Solution, *, more_waiting: bool) -> Suggestions:
        """The solution in the words of the headquarters."""
        found = list(zip(self._families, solution.guardians, strict=True))
        return Suggestions(
            suggestions=tuple(
                self._suggestion(place, guardian, solution.without.get(place, ()))
                for place, (_, guardian) in enumerate(found)
                if guardian is not None
            ),
            without=tuple(family.case_id for family, guardian in found if guardian is None),
            value=solution.value,
            bound=solution.bound,
            gap=_gap(solution),
            method=solution.method,
            more_waiting=more_waiting,
        )

    def _suggestion(self, place: int, guardian: int, without: Iterable[str]) -> Suggestion:
        wish = self._wishes[place]
        candidate = verdict(wish, Standing(self._guardians[guardian], without))
        if not isinstance(candidate, Candidate):
            raise ValueError("the solution names a guardian that does not suit")
        return Suggestion(
            case_id=wish.family.case_id,
            guardian_id=candidate.guardian_id,
            coverage=candidate.coverage,
            uncovered=candidate.uncovered,
            same_district=candidate.same_district,
        )


def _shares(wish: Wish) -> dict[str, int]:
    return {kind: round(COVERAGE * count / wish.total) for kind, count in wish.kinds.items()}


def _free_places(standing: Standing) -> int:
    return FREE_PLACE * min(standing.free, MOST_FREE_PLACES)


def _waited(family: Family, now: datetime) -> int:
    if family.flagged_at is None:
        return 0
    hours = round((now - family.flagged_at).total_seconds() / 3600)
    return WAITING_HOUR * min(max(hours, 0), LONGEST_WAIT_HOURS)


def _gap(solution: Solution) -> float:
    missing = solution.bound - solution.value
    return missing / solution.bound if missing > 0 else 0.0
