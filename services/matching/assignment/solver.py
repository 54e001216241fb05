"""Solves the assignment of a whole region, in a function of its own that reads no table.

Where the flow gives more of a kind of help than a guardian has, a mixed-integer program decides;
what the flow is worth stays an upper bound.
"""

import time
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from services.matching.assignment.network import (
    Network,
    Numbers,
    Pick,
    Room,
    bound_by,
    flow,
    prices_of,
)
from services.matching.assignment.problem import Gain, Method, Newcomer, Prices, Problem, Solution
from shared.observability import note, observed

if TYPE_CHECKING:
    from services.matching.assignment.program import Found

# The API waits 12 s, of which a cold start takes some.
PROGRAM_SECONDS = 8.0
# MathOpt raises the first four; its own errors break on their way out (google/or-tools#4606).
FAILURES = (AssertionError, RuntimeError, ValueError, MemoryError, AttributeError, TypeError)


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
    known = problem.known
    found = Best.of(network, known) if known else best(network, until)
    gains = _gains(network, found, problem.newcomers, until)
    return _solution(network, found).model_copy(update={"gains": gains})


class Best(NamedTuple):
    """The best answer that was found, how, and what no answer can exceed."""

    picks: list[Pick]
    value: int
    bound: int
    method: Method
    prices: Prices

    @classmethod
    def of(cls, network: Network, known: Solution) -> Self:
        """Return an answer that was given before."""
        picks = network.picks_of(known.guardians, known.without)
        return cls(picks, known.value, known.bound, known.method, known.prices)


def best(network: Network, until: float, known: Sequence[Pick] = ()) -> Best:
    """Return the flow where it is possible, else the program's answer, else the greedy one.

    Picks that are `known` to be possible are a beginning.
    """
    chosen = flow(network)
    price = prices_of(network, chosen)
    bound, prices = bound_by(network, price), Prices(places=price.tolist())
    picks = network.picks(chosen)
    if network.value(picks) == bound and not network.exceeded(picks):
        return Best(picks, bound, bound, "flow", prices)
    fallback = max(greedy(network), greedy(network, known), key=network.value)
    method: Method = "greedy"
    least = network.value(fallback)
    found = _program(network, fallback, picks, price, until)
    if found is not None:
        bound, prices = min(bound, found.bound), found.prices
        if (value := network.value(found.picks)) > least or value == bound:
            fallback, least, method = found.picks, value, "program"
    return Best(fallback, least, bound, method, prices)


def _program(
    network: Network, possible: list[Pick], picks: list[Pick], price: Numbers, until: float
) -> "Found | None":
    try:
        # Its imports take longer than the flow, and few regions need them.
        from services.matching.assignment.program import program

        return program(network, possible, picks, price, until)
    except FAILURES as failure:
        note(error=failure)
        return None


def _gains(network: Network, before: Best, newcomers: list[Newcomer], until: float) -> list[Gain]:
    """Try each newcomer by solving the whole again, from the answer without it."""
    gains = []
    for number, newcomer in enumerate(newcomers):
        now = time.monotonic()
        share = (until - now) / (len(newcomers) - number)
        after = best(network.joined_by(newcomer), now + share, before.picks)
        gains.append(
            Gain(
                families=len(after.picks) - len(before.picks),
                value=max(0, after.value - before.value),
                proven=before.value == before.bound and after.value == after.bound,
            )
        )
    return gains


def greedy(network: Network, known: Sequence[Pick] = ()) -> list[Pick]:
    """Pick the most valuable pair that is still possible, again and again, beside `known` picks."""
    room = Room(network)
    picks = [pick for pick in known if room.take(pick)]
    waiting = [(-pick.worth, pick) for pick in network.picks()]
    heapify(waiting)
    while waiting:
        _, pick = heappop(waiting)
        if not room.is_open(pick):
            continue
        if out := room.full(pick):
            rest = network.leave_out(pick, out)
            heappush(waiting, (-rest.worth, rest))
        elif network.given(pick) and room.take(pick):
            picks.append(pick)
    return picks


def _solution(network: Network, found: Best) -> Solution:
    guardians: list[int | None] = [None] * network.families
    for pick in found.picks:
        guardians[pick.family] = pick.guardian
    return Solution(
        guardians=guardians,
        without={pick.family: list(pick.without) for pick in found.picks if pick.without},
        method=found.method,
        value=found.value,
        bound=found.bound,
        prices=found.prices,
    )
