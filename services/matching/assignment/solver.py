"""Solves the assignment of a whole region, in a function of its own that reads no table.

Where the flow gives more of a kind of help than a guardian has, a mixed-integer program decides;
what the flow is worth stays an upper bound.
"""

import time
from heapq import heapify, heappop, heappush
from typing import Any

from services.matching.assignment.network import Network, Numbers, Pick, bound_by, flow, prices_of
from services.matching.assignment.problem import Gain, Method, Newcomer, Prices, Problem, Solution
from shared.observability import note, observed

# The API waits 12 s, of which a cold start takes some.
PROGRAM_SECONDS = 8.0


@observed("solve-assignment")
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Solve an assignment in numbers; the Lambda function."""
    problem = Problem.model_validate(event)
    solution = solve(problem, PROGRAM_SECONDS)
    note(
        method=solution.method,
        families=len(problem.choices),
        guardians=len(problem.places),
        pairs=sum(problem.choices),
    )
    return solution.model_dump(mode="json")


def solve(problem: Problem, seconds: float) -> Solution:
    """Return the best assignment; where it takes a program, the best found in so many seconds."""
    until = time.monotonic() + seconds
    network = Network(problem)
    chosen = flow(network)
    price = prices_of(network, chosen)
    prices = Prices(places=price.tolist())
    bound = bound_by(network, price)
    picks = network.picks(chosen)
    method: Method = "flow"
    if _value(picks) < bound or network.exceeded(picks):
        picks, bound, better = _program(network, bound, until)
        prices, method = better or prices, "program"
        if _value(picks) < bound and _value(picks) < _value(fallback := greedy(network)):
            picks, method = fallback, "greedy"
    solution = _solution(network, picks, method, bound, prices)
    return solution.model_copy(update={"gains": _gains(network, chosen, problem.newcomers)})


def _program(network: Network, bound: int, until: float) -> tuple[list[Pick], int, Prices | None]:
    try:
        # Its imports take longer than the flow, and few regions need them.
        from services.matching.assignment.program import program

        return program(network, bound, until)
    except (AssertionError, RuntimeError, ValueError) as failure:  # all that MathOpt raises
        note(error=failure)
        return [], bound, None


def _gains(network: Network, chosen: Numbers, newcomers: list[Newcomer]) -> list[Gain]:
    """Try each newcomer by solving the whole again."""
    before = int(network.worth[chosen].sum())
    gains = []
    for newcomer in newcomers:
        joined = network.joined_by(newcomer)
        helped = flow(joined)
        value = int(joined.worth[helped].sum()) - before
        gains.append(Gain(families=len(helped) - len(chosen), value=value))
    return gains


def greedy(network: Network) -> list[Pick]:
    """Pick the most valuable pair that is still possible, again and again."""
    places = network.places.tolist()
    room = dict(network.limits)
    helped: set[int] = set()
    waiting = [(-pick.worth, pick) for pick in network.picks()]
    heapify(waiting)
    picks: list[Pick] = []
    while waiting:
        _, pick = heappop(waiting)
        given = network.given(pick)
        if not given or pick.family in helped or not places[pick.guardian]:
            continue
        if out := tuple(kind for kind in given if room.get((pick.guardian, kind)) == 0):
            rest = network.leave_out(pick, out)
            heappush(waiting, (-rest.worth, rest))
            continue
        picks.append(pick)
        helped.add(pick.family)
        places[pick.guardian] -= 1
        for kind in given:
            if (pick.guardian, kind) in room:
                room[pick.guardian, kind] -= 1
    return picks


def _value(picks: list[Pick]) -> int:
    return sum(pick.worth for pick in picks)


def _solution(
    network: Network, picks: list[Pick], method: Method, bound: int, prices: Prices
) -> Solution:
    guardians: list[int | None] = [None] * network.families
    for pick in picks:
        guardians[pick.family] = pick.guardian
    return Solution(
        guardians=guardians,
        without={pick.family: list(pick.without) for pick in picks if pick.without},
        method=method,
        value=_value(picks),
        bound=bound,
        prices=prices,
    )
