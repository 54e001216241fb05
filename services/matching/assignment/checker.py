"""Checks an answer of the solver with nothing but sums: it shares no code and no library with it.

The answer is possible when no place, no limited kind and no family is used twice; it is worth what
it says, less what missed floors take; and the prices bound every assignment, so the answer is the
best when it is worth as much.
"""

from collections import Counter
from itertools import islice
from typing import NamedTuple

from services.matching.assignment.problem import Floor, Problem, Solution, unpacked


class Wrong(Exception):
    """The solver's answer is not possible, or not worth what it says."""


class Pair(NamedTuple):
    """A family that a guardian may help, by its place among all pairs, and the pair's worth."""

    family: int
    place: int
    guardian: int
    worth: int

    def kinds(self, problem: Problem) -> list[str]:
        """Return the kinds that the family is given."""
        room, without = problem.room[self.guardian], problem.withheld.get(self.place, ())
        share = problem.shares[self.family]
        return [kind for kind in share if kind in room and kind not in without]


def proven_bound(problem: Problem, solution: Solution) -> int:
    """Return what no assignment can exceed, by the answer's prices alone; refuse a wrong answer."""
    _require_whole(problem, solution)
    pairs = _pairs(problem)
    value = _value(problem, solution, pairs)
    if value != solution.value or value > solution.bound:
        raise Wrong("value")
    return _bound(problem, solution, pairs)


def _require_whole(problem: Problem, solution: Solution) -> None:
    """Refuse an answer to another question, as of a function of an older release.

    Only what is limited has a price.
    """
    prices, rooms = solution.prices, problem.room
    sizes = (
        (solution.guardians, problem.choices),
        (prices.places, problem.places),
        (solution.gains, problem.newcomers),
    )
    known = all(
        0 <= each.guardian < len(rooms) and rooms[each.guardian].get(each.kind) is not None
        for each in prices.kinds
    )
    if not known or any(len(answered) != len(asked) for answered, asked in sizes):
        raise Wrong("size")


def _pairs(problem: Problem) -> list[list[Pair]]:
    """Return the pairs of each family."""
    columns = enumerate(zip(unpacked(problem.guardians), unpacked(problem.worths), strict=True))
    return [
        [Pair(family, place, *pair) for place, pair in islice(columns, count)]
        for family, count in enumerate(problem.choices)
    ]


def _value(problem: Problem, solution: Solution, pairs: list[list[Pair]]) -> int:
    """Return what the answer is worth, when it is possible."""
    places: Counter[int] = Counter()
    given: Counter[tuple[int, str]] = Counter()
    helped: dict[int, set[str]] = {}
    value = 0
    for family, guardian in enumerate(solution.guardians):
        if guardian is None:
            continue
        pair = next((each for each in pairs[family] if each.guardian == guardian), None)
        without = solution.without.get(family, [])
        kinds = pair.kinds(problem) if pair else []
        if pair is None or {*kinds} <= {*without}:
            raise Wrong("pair")
        left_out = [kind for kind in without if kind in kinds]
        value += pair.worth - sum(problem.shares[family][kind] for kind in left_out)
        helped[family] = {*kinds} - {*without}
        places[guardian] += 1
        given.update((guardian, kind) for kind in kinds if kind not in without)
    if any(taken > problem.places[guardian] for guardian, taken in places.items()):
        raise Wrong("places")
    for (guardian, kind), families in given.items():
        room = problem.room[guardian][kind]
        if room is not None and families > room:
            raise Wrong("kinds")
    return value - problem.floor_worth * sum(_short(floor, helped) for floor in problem.floors)


def _short(floor: Floor, helped: dict[int, set[str]]) -> int:
    """Return how many families a floor misses."""
    counted = [family for family in floor.families if family in helped]
    if floor.kind is not None:
        counted = [family for family in counted if floor.kind in helped[family]]
    return max(0, floor.least - len(counted))


def _bound(problem: Problem, solution: Solution, pairs: list[list[Pair]]) -> int:
    """Return the price of all places and kinds, and for each family the most it would gain.

    A family of a floor is helped for the floor's price on top, which the floor itself pays.
    """
    prices = solution.prices.places
    kinds = {(each.guardian, each.kind): each.price for each in solution.prices.kinds}
    floors = solution.prices.floors
    if min([*prices, *kinds.values(), *floors], default=0) < 0:
        raise Wrong("prices")
    if max(floors, default=0) > problem.floor_worth:
        raise Wrong("floors")
    bound = sum(price * most for price, most in zip(prices, problem.places, strict=True))
    for (guardian, kind), price in kinds.items():
        bound += price * (problem.room[guardian][kind] or 0)
    extra: list[dict[str | None, int]] = [{} for _ in problem.shares]
    for floor, price in zip(problem.floors, floors, strict=False):
        bound -= price * floor.least
        for family in floor.families:
            extra[family][floor.kind] = extra[family].get(floor.kind, 0) + price
    dear = {guardian for guardian, _ in kinds}
    for own, more in zip(pairs, extra, strict=True):
        # Where no kind has a price all of them are given, as in the pair's worth.
        gains = (
            (_helped(problem, pair, kinds, more) if more or pair.guardian in dear else pair.worth)
            - prices[pair.guardian]
            for pair in own
        )
        bound += max([0, *gains])
    return bound


def _helped(
    problem: Problem,
    pair: Pair,
    prices: dict[tuple[int, str], int],
    extra: dict[str | None, int],
) -> int:
    """Return what a pair is worth after the prices of its kinds, in its best way.

    Kinds that are too dear are left out, but never all of them: then the least dear one is given.
    """
    share, kinds = problem.shares[pair.family], pair.kinds(problem)
    alone = pair.worth - sum(share[kind] for kind in kinds)
    kept = [
        share[kind] - prices.get((pair.guardian, kind), 0) + extra.get(kind, 0) for kind in kinds
    ]
    return alone + extra.get(None, 0) + (sum(max(0, gain) for gain in kept) or max(kept, default=0))
