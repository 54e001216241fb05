"""What each pair is worth at the prices of an answer: for its proof, and to say why not another.

The solver shares nothing with it. A family that wants another guardian than its own would have to
be worth more than that one asks, in places and kinds that run out.
"""

from collections import Counter, defaultdict
from itertools import islice
from typing import NamedTuple

from services.matching.assignment.problem import Problem, Solution, unpacked

NO_FLOORS: Counter[str | None] = Counter()


class Pair(NamedTuple):
    """A pair's place among all, and its worth."""

    place: int
    worth: int


class PriceList:
    """The pairs of a region, of each family by guardian, and the prices of an answer."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        columns = enumerate(zip(unpacked(problem.guardians), unpacked(problem.worths), strict=True))
        self.pairs = [
            {guardian: Pair(place, worth) for place, (guardian, worth) in islice(columns, count)}
            for count in problem.choices
        ]
        self._problem, self._places = problem, solution.prices.places
        self._kinds = {(each.guardian, each.kind): each.price for each in solution.prices.kinds}
        self._dear = {guardian for guardian, _ in self._kinds}
        self._floors: dict[int, Counter[str | None]] = defaultdict(Counter)
        for floor, price in zip(problem.floors, solution.prices.floors, strict=False):
            for family in floor.families if price else ():
                self._floors[family][floor.kind] += price

    def kinds(self, family: int, guardian: int) -> list[str]:
        """Return the kinds of help that the guardian gives to the family."""
        room = self._problem.room[guardian]
        without = self._problem.withheld.get(self.pairs[family][guardian].place, ())
        return [
            kind for kind in self._problem.shares[family] if kind in room and kind not in without
        ]

    def asked(self, family: int, guardian: int) -> int:
        """Return what a guardian costs a family: its place, and the limited kinds it would use."""
        worth = self.pairs[family][guardian].worth
        return self._places[guardian] + worth - self._helped(family, guardian, NO_FLOORS)

    def net(self, family: int, guardian: int) -> int:
        """Return what a family gains by a guardian after all prices.

        A family of a floor is helped for the floor's price on top.
        """
        extra = self._floors.get(family, NO_FLOORS)
        return self._helped(family, guardian, extra) - self._places[guardian]

    def _helped(self, family: int, guardian: int, extra: Counter[str | None]) -> int:
        """Return what a pair is worth after the prices of its kinds, in its best way.

        Kinds that are too dear are left out, but never all of them: then the least dear one is
        given.
        """
        worth = self.pairs[family][guardian].worth
        if not extra and guardian not in self._dear:
            return worth
        share, given = self._problem.shares[family], self.kinds(family, guardian)
        kept = [share[kind] - self._kinds.get((guardian, kind), 0) + extra[kind] for kind in given]
        best = sum(max(0, gain) for gain in kept) or max(kept, default=0)
        return worth - sum(share[kind] for kind in given) + extra[None] + best
