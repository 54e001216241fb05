"""The restricted master program in the words of MathOpt.

It has a column for each way to help that it was given, and a row for all that runs out.
"""

import math
import time
from collections.abc import Iterable
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt

from services.matching.assignment.columns import Columns, Duals
from services.matching.assignment.network import Pick

# Values are whole numbers; HiGHS computes within about these errors.
ROUNDING, ROUNDING_SHARE = 1e-4, 1e-9
HUGE, HALF = 1 << 60, 0.5


class Master:
    """Families, places, kinds that run short and floors; columns come one by one."""

    def __init__(self, columns: Columns, ways: Iterable[Pick] = ()) -> None:
        network = columns.network
        self.network = network
        self.model = mathopt.Model()
        row = self.model.add_linear_constraint
        self._families = [row(ub=1) for _ in range(network.families)]
        self._guardians = [row(ub=places) for places in network.places.tolist()]
        self._limits = {limit: row(ub=room) for limit, room in columns.room.items()}
        self._floors = [row(lb=floor.least) for floor in network.floors]
        self.model.objective.is_maximize = True
        for floor, constraint in zip(network.floors, self._floors, strict=True):
            short = self.model.add_variable(lb=0, ub=floor.least)
            constraint.set_coefficient(short, 1)
            self.model.objective.set_linear_coefficient(short, -network.floor_worth)
        self.picks: list[Pick] = []
        self.variables: list[mathopt.Variable] = []
        self._glop: mathopt.IncrementalSolver | None = None
        for pick in ways:
            self.add(pick)

    def take(self, picks: Iterable[Pick]) -> None:
        """Take these picks for certain."""
        for pick in picks:
            self.add(pick)
            self.variables[-1].lower_bound = 1

    def add(self, pick: Pick) -> None:
        """Offer one way to help a family."""
        # At most 1 by its family; said twice, the price could hide in a bound of the variable.
        variable = self.model.add_variable(lb=0)
        self.model.objective.set_linear_coefficient(variable, pick.worth)
        self._families[pick.family].set_coefficient(variable, 1)
        self._guardians[pick.guardian].set_coefficient(variable, 1)
        for kind in self.network.given(pick):
            if limit := self._limits.get((pick.guardian, kind)):
                limit.set_coefficient(variable, 1)
        for number in self.network.counted(pick):
            self._floors[number].set_coefficient(variable, 1)
        self.picks.append(pick)
        self.variables.append(variable)

    def relaxed(self, until: float) -> mathopt.SolveResult:
        """Return the best answer in which a family may be shared between guardians."""
        if self._glop is None:
            # it goes on from its last answer
            self._glop = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
        return self._glop.solve(params=limited(until))

    def solved(self, until: float) -> tuple[list[Pick], int]:
        """Return the best picks found in time, and what no picks among these ways can exceed."""
        for variable in self.variables:
            variable.integer = True
        answer = mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=limited(until))
        proven = answer.termination.objective_bounds.dual_bound
        error = abs(proven) * ROUNDING_SHARE + ROUNDING
        most = math.floor(proven + error) if proven < HUGE else HUGE
        if not answer.has_primal_feasible_solution():
            return [], most
        values = answer.variable_values(self.variables)
        return [pick for pick, x in zip(self.picks, values, strict=True) if x > HALF], most

    def duals(self, answer: mathopt.SolveResult) -> tuple[np.ndarray, Duals]:
        """Return what each family gains, and the prices."""
        dual = answer.dual_values()
        return np.array([dual[each] for each in self._families]), Duals(
            np.array([dual[each] for each in self._guardians]),
            np.array([dual[each] for each in self._limits.values()]),
            -np.array([dual[each] for each in self._floors]),
        )


def limited(until: float) -> mathopt.SolveParameters:
    """Return the demand for an exact answer within the time that is left."""
    left = timedelta(seconds=max(until - time.monotonic(), 0))
    return mathopt.SolveParameters(time_limit=left, relative_gap_tolerance=0.0)
