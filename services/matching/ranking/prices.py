"""What a guardian asks of a family at the prices of the answer, in places and kinds that run out.

A family that wants another guardian than its own would have to be worth more than that.
"""

from collections import Counter, defaultdict
from itertools import accumulate, pairwise

from services.matching.assignment.problem import Problem, Solution, unpacked

NO_FLOORS: Counter[str | None] = Counter()


class PriceList:
    """The pairs of a region with their worth, and the prices of the answer."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        guardians, worths = unpacked(problem.guardians), unpacked(problem.worths)
        ends = [0, *accumulate(problem.choices)]
        self.pairs = [
            dict(zip(guardians[start:end], worths[start:end], strict=True))
            for start, end in pairwise(ends)
        ]
        self._problem, self._places = problem, solution.prices.places
        self._kinds = {(each.guardian, each.kind): each.price for each in solution.prices.kinds}
        self._dear = {guardian for guardian, _ in self._kinds}
        self._withheld: dict[tuple[int, int], list[str]] = {}
        if problem.withheld:
            of = [family for family, count in enumerate(problem.choices) for _ in range(count)]
            self._withheld = {
                (of[pair], guardians[pair]): kinds for pair, kinds in problem.withheld.items()
            }
        self._floors: dict[int, Counter[str | None]] = defaultdict(Counter)
        for floor, price in zip(problem.floors, solution.prices.floors, strict=False):
            for family in floor.families if price else ():
                self._floors[family][floor.kind] += price

    def asked(self, family: int, guardian: int) -> int:
        """Return what a guardian costs a family: its place, and the limited kinds it would use."""
        return self._places[guardian] - self._helped(family, guardian, NO_FLOORS)

    def net(self, family: int, guardian: int) -> int:
        """Return what a family gains by a guardian after all prices, floors counted."""
        extra = self._floors.get(family, NO_FLOORS)
        rest = self.pairs[family][guardian] - self._places[guardian] + extra[None]
        return rest + self._helped(family, guardian, extra)

    def _helped(self, family: int, guardian: int, extra: Counter[str | None]) -> int:
        """Return how much more, or less, the kinds are worth than their full shares."""
        if not extra and guardian not in self._dear:
            return 0
        share, room = self._problem.shares[family], self._problem.room[guardian]
        without = self._withheld.get((family, guardian), ())
        given = [kind for kind in share if kind in room and kind not in without]
        kept = [share[kind] - self._kinds.get((guardian, kind), 0) + extra[kind] for kind in given]
        helped = sum(max(0, gain) for gain in kept) or max(kept)
        return helped - sum(share[kind] for kind in given)
