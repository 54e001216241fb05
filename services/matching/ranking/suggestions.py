"""A suggested guardian for every waiting family of a region at once, and how good that is.

A family that waits longer and a guardian that covers more are worth more; the headquarters decides.
All suitable pairs take part. A kind of help that is limited to some families is given to no more of
them: further families may have the same guardian for the rest of what they need.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from services.matching.assignment.problem import Method, Problem, Solution, packed
from services.matching.bonds.values import Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.ranking.domain import (
    NO_REFUSALS,
    Candidate,
    Rule,
    Standing,
    fits,
    judge,
    wanted,
)
from shared.domain import ValueObject

COVERAGE = 600_000
SAME_DISTRICT = 200_000
FREE_PLACE = 1_000
MAX_FREE_PLACES = 10
WAITING_HOUR = 500
LONGEST_WAIT_HOURS = 720


class Suggestion(ValueObject):
    """One family with the guardian that fits best into the whole."""

    case_id: str
    guardian_id: str
    title: str | None
    coverage: float
    uncovered: tuple[str, ...]
    same_district: bool


class Suggestions(ValueObject):
    """The whole assignment; `gap` is the share of the optimum that can at most be missing.

    `method` says how it was found: `flow` and `program` are exact up to the gap, `greedy` replaces
    them when time was short. `more_waiting` is true when more families wait than one answer holds.
    """

    suggestions: tuple[Suggestion, ...]
    without: tuple[str, ...]
    value: int
    bound: int
    gap: float
    method: Method
    more_waiting: bool


class Region:
    """The waiting families and the guardians of a region on a day, in the order of their ids.

    `refusals` are those that may still hold, by the id of the family.
    """

    def __init__(
        self,
        families: Iterable[Family],
        guardians: Iterable[Guardian],
        on: date,
        refusals: Mapping[str, Refusals] | None = None,
    ) -> None:
        self._on = on
        self._refusals = refusals or {}
        self._families = sorted(families, key=lambda family: family.case_id)
        self._guardians = sorted(guardians, key=lambda guardian: guardian.guardian_id)

    def problem(self, now: datetime) -> Problem:
        """Return all suitable pairs with their worth."""
        standings = [Standing(guardian, self._on) for guardian in self._guardians]
        shares: list[dict[str, int]] = []
        choices: list[int] = []
        guardians: list[int] = []
        worths: list[int] = []
        for family in self._families:
            kinds = wanted(family)
            total = sum(kinds.values())
            share = {kind: round(COVERAGE * count / total) for kind, count in kinds.items()}
            waited = _waited(family, now)
            refused = self._refusals.get(family.family_id, NO_REFUSALS)
            before = len(guardians)
            for number, standing in enumerate(standings):
                covered = fits(family, kinds, standing, refused)
                if not isinstance(covered, Rule):
                    near = standing.gives_in(family.district, covered)
                    free = min(standing.guardian.free_capacity, MAX_FREE_PLACES)
                    helped = sum(share[kind] for kind in covered)
                    guardians.append(number)
                    worths.append(waited + FREE_PLACE * free + SAME_DISTRICT * near + helped)
            shares.append(share)
            choices.append(len(guardians) - before)
        return Problem(
            places=[max(0, guardian.free_capacity) for guardian in self._guardians],
            room=[standing.room for standing in standings],
            shares=shares,
            choices=choices,
            guardians=packed(guardians),
            worths=packed(worths),
        )

    def suggestions(self, solution: Solution, *, more_waiting: bool) -> Suggestions:
        """Return the solution in the words of the headquarters."""
        chosen = list(enumerate(solution.guardians))
        return Suggestions(
            suggestions=tuple(
                self._suggestion(family, guardian, solution.without.get(family, ()))
                for family, guardian in chosen
                if guardian is not None
            ),
            without=tuple(self._families[n].case_id for n, guardian in chosen if guardian is None),
            value=solution.value,
            bound=solution.bound,
            gap=(solution.bound - solution.value) / (solution.bound or 1),
            method=solution.method,
            more_waiting=more_waiting,
        )

    def _suggestion(self, family: int, guardian: int, without: Iterable[str]) -> Suggestion:
        helped = self._families[family]
        judged = judge(helped, self._guardians[guardian], self._on, without=without)
        if not isinstance(judged, Candidate):
            raise ValueError("the solution names a guardian that does not suit")
        return Suggestion(
            case_id=helped.case_id,
            guardian_id=judged.guardian_id,
            title=judged.title,
            coverage=judged.coverage,
            uncovered=judged.uncovered,
            same_district=judged.same_district,
        )


def _waited(family: Family, now: datetime) -> int:
    hours = round((now - (family.flagged_at or now)).total_seconds() / 3600)
    return WAITING_HOUR * min(max(hours, 0), LONGEST_WAIT_HOURS)
