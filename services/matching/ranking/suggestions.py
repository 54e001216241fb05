"""A suggested guardian for every waiting family of a region at once, and how good that is.

A family that waits longer and a guardian that covers more are worth more; the headquarters decides.
All suitable pairs take part. A kind of help that is limited to some families is given to no more of
them: further families may have the same guardian for the rest of what they need.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.matching.assignment.problem import Method, Problem, Solution, packed
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.ranking.domain import (
    NEARNESS_POINTS,
    Facts,
    Standing,
    facts_of,
    farthest,
    first_failed,
    judge,
    wanted,
)
from services.matching.ranking.values import Candidate
from services.matching.reach.domain import Ground
from shared.domain import ValueObject

COVERAGE = 600_000
NEARNESS = 2_000 // 3
LIGHT_LOAD = 1_000
MOST_LOAD = 10
WAITING_HOUR = 500
LONGEST_WAIT_HOURS = 720


class Suggestion(ValueObject):
    """One family with the guardian that fits best into the whole."""

    case_id: str
    guardian_id: str
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
    """The waiting families and the guardians of a region, in the order of their ids."""

    def __init__(
        self, families: Iterable[Family], guardians: Iterable[Guardian], ground: Ground
    ) -> None:
        self._ground = ground
        self._families = sorted(families, key=lambda family: family.case_id)
        self._guardians = sorted(guardians, key=lambda guardian: guardian.guardian_id)

    def problem(self, now: datetime) -> Problem:
        """Return all suitable pairs with their worth."""
        standings = [Standing(guardian) for guardian in self._guardians]
        shares: list[dict[str, int]] = []
        choices: list[int] = []
        guardians: list[int] = []
        worths: list[int] = []
        withheld: dict[int, list[str]] = {}
        for family in self._families:
            kinds = wanted(family)
            total = sum(kinds.values())
            share = {kind: round(COVERAGE * count / total) for kind, count in kinds.items()}
            waited = _waited(family, now)
            before = len(guardians)
            for number, standing in enumerate(standings):
                facts = facts_of(family, kinds, standing, self._ground)
                if first_failed(facts) is None:
                    covered = facts.covered
                    if far := [kind for kind in facts.offers if kind not in covered]:
                        withheld[len(guardians)] = far
                    guardians.append(number)
                    worths.append(waited + _worth(facts, covered, share))
            shares.append(share)
            choices.append(len(guardians) - before)
        return Problem(
            places=[max(0, guardian.free_capacity) for guardian in self._guardians],
            room=[
                {kind: room for kind, room in standing.room.items() if room != 0}
                for standing in standings
            ],
            shares=shares,
            choices=choices,
            guardians=packed(guardians),
            worths=packed(worths),
            withheld=withheld,
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
        standing = Standing(self._guardians[guardian])
        judged = judge(facts_of(helped, wanted(helped), standing, self._ground), without)
        if not isinstance(judged, Candidate):
            raise ValueError("the solution names a guardian that does not suit")
        return Suggestion(
            case_id=helped.case_id,
            guardian_id=judged.guardian_id,
            coverage=judged.coverage,
            uncovered=judged.uncovered,
            same_district=judged.same_district,
        )


def _worth(facts: Facts, covered: Iterable[str], share: Mapping[str, int]) -> int:
    """Return what a pair is worth beside the family's waiting."""
    helped = sum(share[kind] for kind in covered)
    near = NEARNESS * NEARNESS_POINTS[farthest(facts, covered).nearness]
    return helped + near + LIGHT_LOAD * max(0, MOST_LOAD - facts.load)


def _waited(family: Family, now: datetime) -> int:
    hours = round((now - (family.flagged_at or now)).total_seconds() / 3600)
    return WAITING_HOUR * min(max(hours, 0), LONGEST_WAIT_HOURS)
