"""The assignment as a mixed-integer program, for guardians that limit a kind of help.

A pair has one column for each way in which its guardian may leave out kinds that could run short.
Solved by HiGHS through MathOpt: the older interface (`pywraplp`) forgets answer and bound of HiGHS
when the time is up.
"""

import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, islice
from typing import NamedTuple

from ortools.math_opt.python import mathopt

from services.matching.ranking.network import Network, Pick

Limits = dict[tuple[int, str], int]

# More than HiGHS gets anywhere with in the time there is.
MOST_COLUMNS = 100_000
SHORTEST = 0.5
UNBOUNDED = sys.maxsize
# Values are whole numbers; HiGHS computes within about these errors.
ROUNDING, ROUNDING_SHARE = 1e-4, 1e-9


class Column(NamedTuple):
    """One way for a guardian to help a family, with the scarce kinds that it gives."""

    pick: Pick
    family: int
    guardian: int
    given: list[str]


def program(network: Network, until: float) -> tuple[list[Pick], int]:
    """The best picks found in time, none if there were none, and what no picks can exceed."""
    short = _short(network)
    columns = list(islice(_columns(network, short), MOST_COLUMNS + 1))
    if len(columns) > MOST_COLUMNS:
        return [], UNBOUNDED
    model, variables = _model(network, short, columns)
    left = timedelta(seconds=max(until - time.monotonic(), SHORTEST))
    answer = mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(time_limit=left, relative_gap_tolerance=0.0),
    )
    proven = _whole(answer.termination.objective_bounds.dual_bound)
    if not answer.has_primal_feasible_solution():
        return [], proven
    values = answer.variable_values(variables)
    taken = [column.pick for column, value in zip(columns, values, strict=True) if value > 0.5]
    return taken, proven


def _whole(bound: float) -> int:
    """The largest whole value that the bound leaves possible."""
    if not math.isfinite(bound):
        return UNBOUNDED
    return math.floor(bound * (1 + ROUNDING_SHARE) + ROUNDING)


def _model(
    network: Network, short: Limits, columns: list[Column]
) -> tuple[mathopt.Model, list[mathopt.Variable]]:
    model = mathopt.Model()
    families = [model.add_linear_constraint(ub=1) for _ in range(network.families)]
    guardians = [model.add_linear_constraint(ub=places) for places in network.places.tolist()]
    limits = {each: model.add_linear_constraint(ub=room) for each, room in short.items()}
    variables = []
    for pick, family, guardian, given in columns:
        variable = model.add_binary_variable()
        model.objective.set_linear_coefficient(variable, network.worth_of(pick))
        families[family].set_coefficient(variable, 1)
        guardians[guardian].set_coefficient(variable, 1)
        for kind in given:
            limits[guardian, kind].set_coefficient(variable, 1)
        variables.append(variable)
    model.objective.is_maximize = True
    return model, variables


def _columns(network: Network, short: Limits) -> Iterator[Column]:
    """Every way for a guardian to help a family: with all kinds, or without some scarce ones."""
    pairs = zip(network.family.tolist(), network.guardian.tolist(), strict=True)
    for pair, (family, guardian) in enumerate(pairs):
        covered = network.covered(pair)
        scarce = [kind for kind in covered if (guardian, kind) in short]
        for count in range(min(len(scarce), len(covered) - 1) + 1):
            for without in combinations(scarce, count):
                given = [kind for kind in scarce if kind not in without]
                yield Column(Pick(pair, without), family, guardian, given)


def _short(network: Network) -> Limits:
    """The limits that could be reached: more families may come for a kind than it has room."""
    asked = Counter(
        (guardian, kind)
        for pair, guardian in enumerate(network.guardian.tolist())
        for kind in network.covered(pair)
    )
    places = network.problem.places
    return {
        (guardian, kind): room
        for (guardian, kind), count in asked.items()
        if (room := network.problem.room[guardian][kind]) is not None
        and room < min(count, places[guardian])
    }
