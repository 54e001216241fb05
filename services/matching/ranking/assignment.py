"""Solves the assignment of a whole region, in a function of its own that reads no table.

Where the flow gives more of a kind of help than a guardian has, a mixed-integer program decides;
what the flow is worth stays an upper bound.
"""

import time
from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np

from services.matching.ranking.network import Network, Numbers, Pick, flow, proven_bound
from services.matching.ranking.problem import Method, Problem, Solution
from shared.observability import note, observed

# The asker waits 12 s, of which a cold start takes some.
PROGRAM_SECONDS = 8.0


@observed("solve-assignment")
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Who should care for whom, as numbers."""
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
    """The best assignment; where it takes a program, the best found within so many seconds."""
    until = time.monotonic() + seconds
    network = Network(problem)
    chosen = flow(network)
    bound = proven_bound(network, chosen)
    picks = [Pick(pair) for pair in chosen.tolist()]
    if not breaks_limit(network, picks):
        return _solution(network, picks, "flow", bound)
    # Its imports take longer than the flow, and few regions need them.
    from services.matching.ranking.program import program

    found, program_bound = program(network, until)
    bound = min(bound, program_bound)
    if _value(network, found) < bound:
        fallback = greedy(network)
        if _value(network, found) < _value(network, fallback):
            return _solution(network, fallback, "greedy", bound)
    return _solution(network, found, "program", bound)


def breaks_limit(network: Network, picks: Sequence[Pick]) -> bool:
    """Whether a guardian would give more of a kind of help than it has."""
    limited = [any(room is not None for room in kinds.values()) for kinds in network.problem.room]
    given = Counter(
        (guardian, kind)
        for pick in picks
        if limited[guardian := int(network.guardian[pick.pair])]
        for kind in network.covered(pick.pair)
        if kind not in pick.without
    )
    rooms = ((count, network.problem.room[who][kind]) for (who, kind), count in given.items())
    return any(room is not None and count > room for count, room in rooms)


def greedy(network: Network) -> list[Pick]:
    """The most valuable pair that is still possible, again and again."""
    places = network.places.tolist()
    room = [dict(kinds) for kinds in network.problem.room]
    open_families = set(range(network.families))
    waiting = [(-worth, pair) for pair, worth in enumerate(network.worth.tolist())]
    heapify(waiting)
    picks: list[Pick] = []
    while waiting:
        key, pair = heappop(waiting)
        family, guardian = int(network.family[pair]), int(network.guardian[pair])
        covered = network.covered(pair) if family in open_families and places[guardian] else []
        pick = Pick(pair, tuple(kind for kind in covered if room[guardian][kind] == 0))
        if len(pick.without) == len(covered):
            continue
        worth = network.worth_of(pick)
        if worth < -key:
            heappush(waiting, (-worth, pair))
            continue
        picks.append(pick)
        open_families.remove(family)
        places[guardian] -= 1
        for kind in covered:
            left = room[guardian][kind]
            if left:
                room[guardian][kind] = left - 1
    return picks


def _value(network: Network, picks: Sequence[Pick]) -> int:
    whole = int(network.worth[_pairs(picks)].sum())
    return whole - sum(network.given_up(pick) for pick in picks if pick.without)


def _solution(network: Network, picks: Sequence[Pick], method: Method, bound: int) -> Solution:
    pairs = _pairs(picks)
    families = network.family[pairs].tolist()
    guardians: list[int | None] = [None] * network.families
    for family, guardian in zip(families, network.guardian[pairs].tolist(), strict=True):
        guardians[family] = guardian
    told = zip(families, picks, strict=True)
    return Solution(
        guardians=guardians,
        without={family: list(pick.without) for family, pick in told if pick.without},
        method=method,
        value=_value(network, picks),
        bound=bound,
    )


def _pairs(picks: Sequence[Pick]) -> Numbers:
    return np.array([pick.pair for pick in picks], np.int64)
