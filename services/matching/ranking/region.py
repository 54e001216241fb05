"""The question of a whole region: every suitable pair of its waiting families and its guardians.

A family that waits longer and a guardian that covers more are worth more; the headquarters decides.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from services.matching.assignment.problem import Newcomer, Problem, packed
from services.matching.bonds.values import Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.ranking.floors import LATE_HOURS, Floors
from services.matching.ranking.judging.facts import (
    NO_REFUSALS,
    Facts,
    Seeker,
    Standing,
    facts_of,
    farthest,
)
from services.matching.ranking.judging.rules import first_failed
from services.matching.ranking.judging.score import NEARNESS_POINTS, finer_points, waiting_points
from services.matching.ranking.values import Rule
from services.matching.reach.domain import Ground

COVERAGE = 600_000
NEARNESS = 2_000 // 3
LIGHT_LOAD = 1_000
MOST_LOAD = 10
WAITING_HOUR = 500
# A floor is missed only where it would cost more than two families of the most worth.
FLOOR = 2


class Region:
    """The waiting families and the guardians of a region on a day, in the order of their ids.

    `refusals` are those that may still hold, by the id of the family; without a day no proof is
    asked of guardians.
    """

    def __init__(
        self,
        families: Iterable[Family],
        guardians: Iterable[Guardian],
        ground: Ground,
        on: date | None,
        refusals: Mapping[str, Refusals] | None = None,
    ) -> None:
        self.ground = ground
        self._refusals = refusals or {}
        self.failed: list[Counter[Rule]] = []
        self.families = sorted(families, key=lambda family: family.case_id)
        self.guardians = sorted(guardians, key=lambda guardian: guardian.guardian_id)
        self._standings = [Standing(guardian, on) for guardian in self.guardians]

    def problem(self, now: datetime) -> Problem:
        """Return all suitable pairs with their worth; `failed` counts why the others are none."""
        pairs, seekers = Pairs(), (self._seeker(family, now) for family in self.families)
        self.failed = [pairs.add(seeker, self._standings, self.ground) for seeker in seekers]
        return pairs.problem(self._standings)

    def facts(self, number: int, guardian: int) -> Facts:
        """Return what is judged of one of the families and one of the guardians."""
        return facts_of(self._seeker(self.families[number]), self._standings[guardian], self.ground)

    def newcomer(self, guardian: Guardian, now: datetime) -> Newcomer:
        """Return a guardian that there is not, with the families that it could help."""
        standing = Standing(guardian, None)
        families: list[int] = []
        worths: list[int] = []
        for number, family in enumerate(self.families):
            seeker = Seeker(family, now=now)
            facts = facts_of(seeker, standing, self.ground)
            if first_failed(facts) is None:
                families.append(number)
                share = _share(seeker.kinds)
                worths.append(_waited(seeker) + _worth(facts, facts.covered, share))
        places = guardian.free_capacity
        return Newcomer(
            places=places,
            kinds=[each.category for each in guardian.capabilities],
            families=packed(families),
            worths=packed(worths),
        )

    def _seeker(self, family: Family, now: datetime | None = None) -> Seeker:
        return Seeker(family, self._refusals.get(family.family_id, NO_REFUSALS), now)


class Pairs:
    """Every suitable pair of a region, family after family, in the numbers of a problem."""

    def __init__(self) -> None:
        self._shares: list[dict[str, int]] = []
        self._choices: list[int] = []
        self._guardians: list[int] = []
        self._worths: list[int] = []
        self._withheld: dict[int, list[str]] = {}
        self._floors = Floors()

    def add(self, seeker: Seeker, standings: list[Standing], ground: Ground) -> Counter[Rule]:
        """Add the pairs of one more family; return how many guardians fail each rule first."""
        share, waited = _share(seeker.kinds), _waited(seeker)
        late, district = seeker.waited_hours >= LATE_HOURS, seeker.family.district
        before, failed = len(self._guardians), Counter[Rule]()
        for number, standing in enumerate(standings):
            facts = facts_of(seeker, standing, ground)
            rule = first_failed(facts)
            if rule is not None:
                failed[rule] += 1
                continue
            covered = facts.covered
            if far := [kind for kind in facts.offers if kind not in covered]:
                self._withheld[len(self._guardians)] = far
            self._floors.note(len(self._shares), number, district, covered, late=late)
            self._guardians.append(number)
            self._worths.append(waited + _worth(facts, covered, share))
        self._shares.append(share)
        self._choices.append(len(self._guardians) - before)
        return failed

    def problem(self, standings: list[Standing]) -> Problem:
        """Return the question for the solver."""
        places = [max(0, standing.free_capacity) for standing in standings]
        room = [
            {kind: room for kind, room in standing.room.items() if room != 0}
            for standing in standings
        ]
        return Problem(
            places=places,
            room=room,
            shares=self._shares,
            choices=self._choices,
            guardians=packed(self._guardians),
            worths=packed(self._worths),
            withheld=self._withheld,
            floors=self._floors.floors(places, room),
            floor_worth=FLOOR * max(self._worths, default=0),
        )


def _share(kinds: Mapping[str, int]) -> dict[str, int]:
    """Return what each needed kind adds to the worth of a pair."""
    total = sum(kinds.values())
    return {kind: round(COVERAGE * count / total) for kind, count in kinds.items()}


def _worth(facts: Facts, covered: Iterable[str], share: Mapping[str, int]) -> int:
    """Return what a pair is worth beside the family's waiting."""
    helped = sum(share[kind] for kind in covered)
    near = NEARNESS * NEARNESS_POINTS[farthest(facts, covered).nearness]
    load = LIGHT_LOAD * max(0, MOST_LOAD - facts.load)
    return helped + near + load + sum(finer_points(facts).values())


def _waited(seeker: Seeker) -> int:
    urgent = seeker.family.profile.urgent
    return WAITING_HOUR * waiting_points(urgent, seeker.waited_hours)
