"""Prices of places, limited kinds and floors: the program without its demand for whole families.

Solved by column generation: a small program is given the ways that gain most at its own prices
until none is left. Whole prices bound every assignment, whatever they are, so stopping early is
no fault.
"""

import time

import numpy as np
from ortools.math_opt.python import mathopt

from services.matching.assignment.columns import Columns, Duals, whole
from services.matching.assignment.master import Master, limited
from services.matching.assignment.network import Numbers, Pick

# New ways of one family in each round.
MOST_NEW = 5
GAIN = 1e-4


def relax(columns: Columns, known: list[Pick], places: Numbers, until: float) -> Duals:
    """Return the whole prices that prove most; `known` ways and prices of places begin."""
    network = columns.network
    nothing = np.zeros(len(columns.room), np.int64)
    best = Duals(places, nothing, np.zeros(len(network.floors), np.int64))
    bound = columns.bound(best)
    master = Master(columns)
    inside: set[Pick] = set()
    solver = mathopt.IncrementalSolver(master.model, mathopt.SolverType.GLOP)
    new = known
    while new:
        for pick in new:
            master.add(pick)
        inside.update(new)
        answer = solver.solve(params=limited(until))
        if not answer.has_dual_feasible_solution():
            break
        families, exact = master.duals(answer)
        rounded = Duals(
            whole(exact.places), whole(exact.limits), whole(exact.floors, network.floor_worth)
        )
        if (proven := columns.bound(rounded)) < bound:
            best, bound = rounded, proven
        new = [pick for pick in _gaining(columns, exact, families) if pick not in inside]
        if time.monotonic() > until:
            break
    return best


def _gaining(columns: Columns, exact: Duals, families: np.ndarray) -> list[Pick]:
    """Return the best ways by which a family would gain more than it does."""
    of = columns.network.family
    excess = columns.gains(exact) - families[of]
    rows = np.flatnonzero(excess > GAIN)
    rows = rows[np.lexsort((-excess[rows], of[rows]))]
    first = np.r_[0, np.flatnonzero(np.diff(of[rows])) + 1] if len(rows) else rows
    rank = np.arange(len(rows)) - np.repeat(first, np.diff(np.r_[first, len(rows)]))
    return list(columns.best_ways(rows[rank < MOST_NEW], exact))
