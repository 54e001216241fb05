"""The assignment as a mixed-integer program, for guardians that limit a kind of help.

A pair has one column for each way in which its guardian may leave out kinds that could run short.
Solved by HiGHS through MathOpt: the older interface (`pywraplp`) says UNKNOWN and 0 for answer and
bound of HiGHS when the time is up (google/or-tools#5016).
"""

import math
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, islice

from ortools.math_opt.python import mathopt

from services.matching.assignment.network import Network, Pick
from services.matching.assignment.problem import KindPrice, Prices

# More than HiGHS gets anywhere with in the time there is.
MAX_COLUMNS = 100_000
# Values are whole numbers; HiGHS computes within about these errors.
ROUNDING, ROUNDING_SHARE = 1e-4, 1e-9
# Beyond the time of the program; without them the prices of the flow are the proof.
PRICES_SECONDS = 2.0


def program(network: Network, bound: int, until: float) -> tuple[list[Pick], int, Prices | None]:
    """Return the best picks found in time, or none, what no picks can exceed, and prices.

    The prices are those of the program without its demand for whole families: they bound every
    assignment, and anyone can check that.
    """
    short = network.exceeded(network.picks())
    columns = list(islice(_columns(network, short), MAX_COLUMNS + 1))
    if len(columns) > MAX_COLUMNS:
        return [], bound, None
    model = mathopt.Model()
    families = [model.add_linear_constraint(ub=1) for _ in range(network.families)]
    guardians = [model.add_linear_constraint(ub=places) for places in network.places.tolist()]
    limits = {limit: model.add_linear_constraint(ub=room) for limit, room in short.items()}
    variables = [model.add_binary_variable() for _ in columns]
    for pick, variable in zip(columns, variables, strict=True):
        model.objective.set_linear_coefficient(variable, pick.worth)
        families[pick.family].set_coefficient(variable, 1)
        guardians[pick.guardian].set_coefficient(variable, 1)
        for kind in network.given(pick):
            if (pick.guardian, kind) in limits:
                limits[pick.guardian, kind].set_coefficient(variable, 1)
    model.objective.is_maximize = True
    limited = mathopt.SolveParameters(time_limit=_left(until), relative_gap_tolerance=0.0)
    answer = mathopt.solve(model, mathopt.SolverType.HIGHS, params=limited)
    proven = answer.termination.objective_bounds.dual_bound
    bound = math.floor(min(bound, proven * (1 + ROUNDING_SHARE) + ROUNDING))
    for variable in variables:
        variable.integer = False
    prices = _prices(model, guardians, limits, until)
    if not answer.has_primal_feasible_solution():
        return [], bound, prices
    values = answer.variable_values(variables)
    picks = [pick for pick, value in zip(columns, values, strict=True) if value > 0.5]
    return picks, bound, prices


def _prices(
    model: mathopt.Model,
    guardians: list[mathopt.LinearConstraint],
    limits: dict[tuple[int, str], mathopt.LinearConstraint],
    until: float,
) -> Prices | None:
    limited = mathopt.SolveParameters(time_limit=_left(until + PRICES_SECONDS))
    relaxed = mathopt.solve(model, mathopt.SolverType.GLOP, params=limited)
    if not relaxed.has_dual_feasible_solution():
        return None
    dual = relaxed.dual_values()
    return Prices(
        places=[_price(dual[each]) for each in guardians],
        kinds=[
            KindPrice(guardian=guardian, kind=kind, price=_price(dual[each]))
            for (guardian, kind), each in limits.items()
        ],
    )


def _price(dual: float) -> int:
    return max(0, round(dual))


def _left(until: float) -> timedelta:
    return timedelta(seconds=max(until - time.monotonic(), 0))


def _columns(network: Network, short: dict[tuple[int, str], int]) -> Iterator[Pick]:
    """Yield every way for a guardian to help a family: with all kinds, or without scarce ones."""
    for pick in network.picks():
        given = network.given(pick)
        scarce = [kind for kind in given if (pick.guardian, kind) in short]
        for count in range(min(len(scarce), len(given) - 1) + 1):
            for without in combinations(scarce, count):
                yield network.leave_out(pick, without)
