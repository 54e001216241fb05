"""Prices of places, limited kinds and floors: the program without its demand for whole families.

Solved by column generation: a small program is given the ways that gain most at its own prices
until none is left. Whole prices bound every assignment, whatever they are, so stopping early is
no fault.
"""

import time
from typing import Any

import numpy as np

from services.matching.assignment.columns import Columns, Duals, whole
from services.matching.assignment.master import Master
from services.matching.assignment.network import Numbers, Pick

# Ways of one family at the beginning, and new ones in each round.
FIRST, MOST_NEW = 6, 5
GAIN = 1e-4


def relax(columns: Columns, known: list[Pick], places: Numbers, until: float) -> Duals:
    """Return the whole prices that prove most; `known` ways and prices of places begin."""
    network = columns.network
    nothing = np.zeros(len(columns.room), np.int64)
    best = Duals(places, nothing, np.zeros(len(network.floors), np.int64))
    bound = columns.bound(best)
    master = Master(columns)
    inside: set[Pick] = set()
    first = columns.best_ways(_best(columns, columns.gains(best), FIRST), best)
    new = [*dict.fromkeys((*known, *first))]
    while new and time.monotonic() < until:
        for pick in new:
            master.add(pick)
        inside.update(new)
        answer = master.relaxed(until)
        if not (answer.has_primal_feasible_solution() and answer.has_dual_feasible_solution()):
            break
        families, exact = master.duals(answer)
        rounded = Duals(
            whole(exact.places), whole(exact.limits), whole(exact.floors, network.floor_worth)
        )
        if (proven := columns.bound(rounded)) < bound:
            best, bound = rounded, proven
        new = [pick for pick in _gaining(columns, exact, families) if pick not in inside]
    return best


def _gaining(columns: Columns, exact: Duals, families: np.ndarray) -> list[Pick]:
    """Return the best ways by which a family would gain more than it does."""
    excess = columns.gains(exact) - families[columns.network.family]
    rows = _best(columns, excess, MOST_NEW)
    return list(columns.best_ways(rows[excess[rows] > GAIN], exact))


def _best(columns: Columns, gains: Any, most: int) -> Numbers:
    """Return so many pairs of each family: those by which it gains most."""
    of = columns.network.family
    pairs: Numbers = np.lexsort((-gains, of))
    return pairs[np.arange(len(pairs)) - np.searchsorted(of, of[pairs]) < most]
