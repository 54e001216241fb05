"""Checks an answer of the solver with nothing but sums: it shares no code and no library with it.

The answer is possible when no place, no limited kind and no family is used twice; it is worth what
it says; and the prices bound every assignment, so the answer is the best when it is worth as much.
"""

from collections import Counter
from typing import NamedTuple

from services.matching.assignment.problem import Problem, Solution, unpacked


class Wrong(Exception):
    """The solver's answer is not possible, or not worth what it says."""


class Pair(NamedTuple):
    """A family that a guardian may help: the pair's worth, and the kinds that it is given."""

    guardian: int
    worth: int
    kinds: tuple[str, ...]


def proven_bound(problem: Problem, solution: Solution) -> int:
    """Return what no assignment can exceed, by the answer's prices alone; refuse a wrong answer."""
    pairs = _pairs(problem)
    value = _value(problem, solution, pairs)
    if value != solution.value or value > solution.bound:
        raise Wrong("value")
    return _bound(problem, solution, pairs)


def _pairs(problem: Problem) -> list[list[Pair]]:
    """Return the pairs of each family."""
    columns = zip(unpacked(problem.guardians), unpacked(problem.worths), strict=True)
    pairs: list[list[Pair]] = []
    place = 0
    for share, count in zip(problem.shares, problem.choices, strict=True):
        own = []
        for _ in range(count):
            guardian, worth = next(columns)
            without = problem.withheld.get(place, ())
            room = problem.room[guardian]
            kinds = tuple(kind for kind in share if kind in room and kind not in without)
            own.append(Pair(guardian, worth, kinds))
            place += 1
        pairs.append(own)
    return pairs


def _value(problem: Problem, solution: Solution, pairs: list[list[Pair]]) -> int:
    """Return what the answer is worth, when it is possible."""
    places: Counter[int] = Counter()
    given: Counter[tuple[int, str]] = Counter()
    value = 0
    for family, guardian in enumerate(solution.guardians):
        if guardian is None:
            continue
        pair = next((each for each in pairs[family] if each.guardian == guardian), None)
        without = solution.without.get(family, [])
        if pair is None or {*pair.kinds} <= {*without}:
            raise Wrong("pair")
        left_out = [kind for kind in without if kind in pair.kinds]
        value += pair.worth - sum(problem.shares[family][kind] for kind in left_out)
        places[guardian] += 1
        given.update((guardian, kind) for kind in pair.kinds if kind not in without)
    if any(taken > problem.places[guardian] for guardian, taken in places.items()):
        raise Wrong("places")
    for (guardian, kind), families in given.items():
        room = problem.room[guardian][kind]
        if room is not None and families > room:
            raise Wrong("kinds")
    return value


def _bound(problem: Problem, solution: Solution, pairs: list[list[Pair]]) -> int:
    """Return the price of all places and kinds, and for each family the most it would gain."""
    prices = solution.prices.places
    kinds = {(each.guardian, each.kind): each.price for each in solution.prices.kinds}
    if min(prices, default=0) < 0 or min(kinds.values(), default=0) < 0:
        raise Wrong("prices")
    bound = sum(price * most for price, most in zip(prices, problem.places, strict=True))
    for (guardian, kind), price in kinds.items():
        bound += price * (problem.room[guardian][kind] or 0)
    for share, own in zip(problem.shares, pairs, strict=True):
        bound += max((_net(pair, share, prices, kinds) for pair in own), default=0)
    return bound


def _net(
    pair: Pair, share: dict[str, int], prices: list[int], kinds: dict[tuple[int, str], int]
) -> int:
    """Return what a family gains by a pair after its price; a kind too dear is left out."""
    dear = sum(min(share[kind], kinds.get((pair.guardian, kind), 0)) for kind in pair.kinds)
    return max(0, pair.worth - prices[pair.guardian] - dear)
