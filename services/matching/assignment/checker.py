"""Checks an answer of the solver with nothing but sums: it shares no code and no library with it.

The answer is possible when no place, no limited kind and no family is used twice; it is worth what
it says, less what missed floors take; and the prices bound every assignment, so the answer is the
best when it is worth as much.
"""

from collections import Counter

from services.matching.assignment.prices import PriceList
from services.matching.assignment.problem import Floor, Problem, Solution


class Wrong(Exception):
    """The solver's answer is not possible, or not worth what it says."""


def proven_bound(problem: Problem, solution: Solution) -> int:
    """Return what no assignment can exceed, by the answer's prices alone; refuse a wrong answer."""
    _require_whole(problem, solution)
    priced = PriceList(problem, solution)
    value = _value(problem, solution, priced)
    if value != solution.value or value > solution.bound:
        raise Wrong("value")
    return _bound(problem, solution, priced)


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


def _value(problem: Problem, solution: Solution, priced: PriceList) -> int:
    """Return what the answer is worth, when it is possible."""
    places: Counter[int] = Counter()
    given: Counter[tuple[int, str]] = Counter()
    helped: dict[int, set[str]] = {}
    value = 0
    for family, guardian in enumerate(solution.guardians):
        if guardian is None:
            continue
        pair = priced.pairs[family].get(guardian)
        kinds = {*priced.kinds(family, guardian)} if pair else set[str]()
        without = {*solution.without.get(family, ())}
        if pair is None or kinds <= without:
            raise Wrong("pair")
        value += pair.worth - sum(problem.shares[family][kind] for kind in kinds & without)
        helped[family] = kinds - without
        places[guardian] += 1
        given.update((guardian, kind) for kind in helped[family])
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


def _bound(problem: Problem, solution: Solution, priced: PriceList) -> int:
    """Return the price of all places and kinds, and for each family the most it would gain.

    A family of a floor is helped for the floor's price on top, which the floor itself pays.
    """
    prices = solution.prices
    if min([*prices.places, *prices.floors, *(each.price for each in prices.kinds)], default=0) < 0:
        raise Wrong("prices")
    if max(prices.floors, default=0) > problem.floor_worth:
        raise Wrong("floors")
    bound = sum(price * most for price, most in zip(prices.places, problem.places, strict=True))
    bound += sum(
        each.price * (problem.room[each.guardian][each.kind] or 0) for each in prices.kinds
    )
    bound -= sum(
        price * floor.least for floor, price in zip(problem.floors, prices.floors, strict=False)
    )
    for family, own in enumerate(priced.pairs):
        bound += max([0, *(priced.net(family, guardian) for guardian in own)])
    return bound
