"""The question of a whole region: every suitable pair of its waiting families and its guardians.

A family that waits longer and a guardian that covers more are worth more; the headquarters decides.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from services.matching.assignment.problem import Newcomer, Problem, packed
from services.matching.bonds.values import Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.ranking.domain import NO_REFUSALS
from services.matching.ranking.floors import LATE_HOURS, Floors
from services.matching.ranking.judging.facts import Facts, Standing, facts_of, farthest, wanted
from services.matching.ranking.judging.rules import first_failed
from services.matching.ranking.judging.score import NEARNESS_POINTS
from services.matching.reach.domain import Ground

COVERAGE = 600_000
NEARNESS = 2_000 // 3
LIGHT_LOAD = 1_000
MOST_LOAD = 10
WAITING_HOUR = 500
LONGEST_WAIT_HOURS = 720
# A floor is missed only where it would cost more than two families of the most worth.
FLOOR = 2


class Region:
    """The waiting families and the guardians of a region on a day, in the order of their ids.

    `refusals` are those that may still hold, by the id of the family.
    """

    def __init__(
        self,
        families: Iterable[Family],
        guardians: Iterable[Guardian],
        ground: Ground,
        on: date,
        refusals: Mapping[str, Refusals] | None = None,
    ) -> None:
        self.ground = ground
        self._on = on
        self._refusals = refusals or {}
        self.families = sorted(families, key=lambda family: family.case_id)
        self.guardians = sorted(guardians, key=lambda guardian: guardian.guardian_id)

    def problem(self, now: datetime) -> Problem:
        """Return all suitable pairs with their worth."""
        standings = [Standing(guardian, self._on) for guardian in self.guardians]
        shares: list[dict[str, int]] = []
        choices: list[int] = []
        guardians: list[int] = []
        worths: list[int] = []
        withheld: dict[int, list[str]] = {}
        floors = Floors()
        for family in self.families:
            kinds = wanted(family)
            share = _share(kinds)
            hours = _hours(family, now)
            waited, late = WAITING_HOUR * min(hours, LONGEST_WAIT_HOURS), hours >= LATE_HOURS
            refused = self._refused(family)
            before = len(guardians)
            for number, standing in enumerate(standings):
                facts = facts_of(family, kinds, standing, self.ground, refused)
                if first_failed(facts) is None:
                    covered = facts.covered
                    if far := [kind for kind in facts.offers if kind not in covered]:
                        withheld[len(guardians)] = far
                    floors.note(len(shares), number, family.district, covered, late=late)
                    guardians.append(number)
                    worths.append(waited + _worth(facts, covered, share))
            shares.append(share)
            choices.append(len(guardians) - before)
        places = [max(0, guardian.free_capacity) for guardian in self.guardians]
        room = [
            {kind: room for kind, room in standing.room.items() if room != 0}
            for standing in standings
        ]
        return Problem(
            places=places,
            room=room,
            shares=shares,
            choices=choices,
            guardians=packed(guardians),
            worths=packed(worths),
            withheld=withheld,
            floors=floors.floors(places, room),
            floor_worth=FLOOR * max(worths, default=0),
        )

    def facts(self, number: int, guardian: int) -> Facts:
        """Return what is judged of one of the families and one of the guardians."""
        family, standing = self.families[number], Standing(self.guardians[guardian], self._on)
        return facts_of(family, wanted(family), standing, self.ground, self._refused(family))

    def newcomer(self, guardian: Guardian, now: datetime) -> Newcomer:
        """Return a guardian that there is not, with the families that it could help."""
        standing = Standing(guardian, None)
        families: list[int] = []
        worths: list[int] = []
        for number, family in enumerate(self.families):
            kinds = wanted(family)
            facts = facts_of(family, kinds, standing, self.ground, NO_REFUSALS)
            if first_failed(facts) is None:
                families.append(number)
                worths.append(_waited(family, now) + _worth(facts, facts.covered, _share(kinds)))
        places = guardian.free_capacity
        return Newcomer(
            places=places,
            kinds=[each.category for each in guardian.capabilities],
            families=packed(families),
            worths=packed(worths),
        )

    def _refused(self, family: Family) -> Refusals:
        return self._refusals.get(family.family_id, NO_REFUSALS)


def _share(kinds: Mapping[str, int]) -> dict[str, int]:
    """Return what each needed kind adds to the worth of a pair."""
    total = sum(kinds.values())
    return {kind: round(COVERAGE * count / total) for kind, count in kinds.items()}


def _worth(facts: Facts, covered: Iterable[str], share: Mapping[str, int]) -> int:
    """Return what a pair is worth beside the family's waiting."""
    helped = sum(share[kind] for kind in covered)
    near = NEARNESS * NEARNESS_POINTS[farthest(facts, covered).nearness]
    return helped + near + LIGHT_LOAD * max(0, MOST_LOAD - facts.load)


def _waited(family: Family, now: datetime) -> int:
    return WAITING_HOUR * min(_hours(family, now), LONGEST_WAIT_HOURS)


def _hours(family: Family, now: datetime) -> int:
    return max(0, round((now - (family.flagged_at or now)).total_seconds() / 3600))
