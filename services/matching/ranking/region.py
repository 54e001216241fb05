"""The question of a whole region: every suitable pair of its waiting families and its guardians.

A family that waits longer and a guardian that covers more are worth more; the headquarters decides.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

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

# What all needs covered are worth; beside it the same district is worth a third as much, a guardian
# without families a sixtieth, and a family's month of waiting, hour by hour, three fifths.
COVERAGE = 600_000
NEARNESS = 2_000 // 3
LIGHT_LOAD = 1_000
MOST_LOAD = 10
WAITING_HOUR = 500
# A floor is missed only where it would cost more than two families of the most worth.
FLOOR = 2


class Fit(NamedTuple):
    """How a guardian suits a family: the rule it fails first, or the help it gives.

    `beyond` is the help that is too far or has no room; `worth` what speaks for the pair beside
    the needs and the waiting.
    """

    failed: Rule | None
    covered: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    worth: int = 0

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """Judge a pair."""
        failed = first_failed(facts)
        if failed is not None:
            return cls(failed)
        covered = tuple(facts.covered)
        beyond = tuple(kind for kind in facts.offers if kind not in covered)
        return cls(None, covered, beyond, _worth(facts, covered))


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
        self._judging = Judging(self._standings, ground)

    def problem(self, now: datetime) -> Problem:
        """Return all suitable pairs with their worth; `failed` counts why the others are none."""
        pairs, self.failed = Pairs(), []
        for family in self.families:
            seeker = self._seeker(family, now)
            fits = [*self._judging.fits(seeker)]
            self.failed.append(Counter(fit.failed for fit in fits if fit.failed))
            late = family.waits_longer(timedelta(hours=LATE_HOURS), now)
            pairs.add(seeker, fits, late=late)
        return pairs.problem(self._standings)

    def facts(self, number: int, guardian: int) -> Facts:
        """Return what is judged of one of the families and one of the guardians."""
        return facts_of(self._seeker(self.families[number]), self._standings[guardian], self.ground)

    def newcomer(self, guardian: Guardian, now: datetime) -> Newcomer:
        """Return a guardian that there is not, with the families that it could help."""
        judging = Judging([Standing(guardian, None)], self.ground)
        families: list[int] = []
        worths: list[int] = []
        for number, family in enumerate(self.families):
            seeker = Seeker(family, now=now)
            for fit in judging.fits(seeker):
                if fit.failed is None:
                    families.append(number)
                    worths.append(_waited(seeker) + _helped(fit, _share(seeker.kinds)))
        return Newcomer(
            places=guardian.free_capacity,
            kinds=[each.category for each in guardian.capabilities],
            families=packed(families),
            worths=packed(worths),
        )

    def _seeker(self, family: Family, now: datetime | None = None) -> Seeker:
        return Seeker(family, self._refusals.get(family.family_id, NO_REFUSALS), now)


class Judging:
    """Judges each guardian once for all families that are alike to it."""

    def __init__(self, standings: list[Standing], ground: Ground) -> None:
        self._standings, self._ground = standings, ground
        self._known: dict[Hashable, list[dict[Hashable, Fit]]] = defaultdict(
            lambda: [{} for _ in standings]
        )
        self._near: dict[str | None, list[tuple[int, ...]]] = {}

    def fits(self, seeker: Seeker) -> Iterator[Fit]:
        """Yield how each guardian suits a family."""
        known_of, near = self._known[seeker.origin], self._nearness(seeker.family.district)
        for standing, known, nearness in zip(self._standings, known_of, near, strict=True):
            noticed = standing.noticed(seeker, nearness)
            fit = known.get(noticed)
            named = not seeker.named.isdisjoint(standing.names)
            if fit is None or named:
                fit = Fit.of(facts_of(seeker, standing, self._ground))
            if not named:
                known[noticed] = fit
            yield fit

    def _nearness(self, district: str | None) -> list[tuple[int, ...]]:
        if district not in self._near:
            self._near[district] = [
                each.nearness(district, self._ground) for each in self._standings
            ]
        return self._near[district]


class Pairs:
    """Every suitable pair of a region, family after family, in the numbers of a problem."""

    def __init__(self) -> None:
        self._shares: list[dict[str, int]] = []
        self._choices: list[int] = []
        self._guardians: list[int] = []
        self._worths: list[int] = []
        self._withheld: dict[int, list[str]] = {}
        self._floors = Floors()

    def add(self, seeker: Seeker, fits: list[Fit], *, late: bool) -> None:
        """Add the pairs of one more family."""
        share, waited = _share(seeker.kinds), _waited(seeker)
        suitable = [(number, fit) for number, fit in enumerate(fits) if fit.failed is None]
        for number, fit in suitable:
            if fit.beyond:
                self._withheld[len(self._guardians)] = [*fit.beyond]
            self._guardians.append(number)
            self._worths.append(waited + _helped(fit, share))
        helps = {number: fit.covered for number, fit in suitable}
        self._floors.note(len(self._shares), helps, seeker.family.district, late=late)
        self._shares.append(share)
        self._choices.append(len(suitable))

    def problem(self, standings: list[Standing]) -> Problem:
        """Return the question for the solver."""
        places = [standing.free_capacity for standing in standings]
        room = [standing.room for standing in standings]
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


def _helped(fit: Fit, share: Mapping[str, int]) -> int:
    """Return what a pair is worth beside the family's waiting."""
    return fit.worth + sum(map(share.__getitem__, fit.covered))


def _worth(facts: Facts, covered: Iterable[str]) -> int:
    near = NEARNESS * NEARNESS_POINTS[farthest(facts, covered).nearness]
    load = LIGHT_LOAD * max(0, MOST_LOAD - facts.load)
    return near + load + sum(finer_points(facts).values())


def _waited(seeker: Seeker) -> int:
    urgent = seeker.family.profile.urgent
    return WAITING_HOUR * waiting_points(urgent, seeker.waited_hours)
