"""The assignment as a mixed-integer program, for limits on kinds of help and for floors.

Prices first (`relaxation`): they bound every assignment, and no best answer uses a way that falls
short of its family's best by more than the answer is below the bound. So HiGHS is given the ways
that are nearly best alone; what it finds among them is the best of all when it is worth no less
than any answer with another way could be. Solved through MathOpt: the older interface (`pywraplp`)
says UNKNOWN and 0 for answer and bound of HiGHS when the time is up (google/or-tools#5016).
"""

import math
import time
from operator import itemgetter
from typing import NamedTuple

from ortools.math_opt.python import mathopt

from services.matching.assignment.columns import Columns, Duals
from services.matching.assignment.dive import settle
from services.matching.assignment.master import Master, limited
from services.matching.assignment.network import Network, Numbers, Pick
from services.matching.assignment.problem import Prices
from services.matching.assignment.relaxation import relax

# More than HiGHS gets anywhere with in the time there is.
MAX_COLUMNS = 60_000
# The first ways looked at: those short of the best by this share of the most that a pair is worth.
NEARLY = 500
# Values are whole numbers; HiGHS computes within about these errors.
ROUNDING, ROUNDING_SHARE = 1e-4, 1e-9
HUGE = 1 << 60
# Of the time: until prices are known at the latest, and until the first try must be done.
PRICES, FIRST_TRY = 0.5, 0.15
# The next tries: these shares of the families are settled, more ways are looked at for the others.
SURE, WIDE = (0.75, 0.6), 20


class Found(NamedTuple):
    """The best picks so far, what no picks can exceed, and prices that prove almost as much."""

    picks: list[Pick]
    bound: int
    prices: Prices


def program(
    network: Network, possible: list[Pick], flow: list[Pick], places: Numbers, until: float
) -> Found:
    """Return the best picks found in time, at least the `possible` ones.

    The picks of the `flow` need not be possible; they and its prices of `places` are a beginning.
    """
    now = time.monotonic()
    columns = Columns(network)
    # Each once, in an order that hangs on no hash: the same region gets the same answer.
    known = [*dict.fromkeys((*possible, *flow))]
    duals = relax(columns, known, places, now + PRICES * (until - now))
    bound = proven = columns.bound(duals)
    picks, value = possible, network.value(possible)
    slack = _nearly(network)
    while value < bound and time.monotonic() < until:
        asked = min(slack, proven - value)
        ways, looked = _nearly_best(columns, duals, asked)
        better, most = _best_of(columns, duals, ways, until)
        if (worth := network.value(better)) > value:
            picks, value = better, worth
        # an answer with any other way is worth less than what is proven by more than was looked at
        bound = max(value, min(bound, max(most, proven - looked - 1)))
        if value < most or looked < asked:
            break
        slack = proven - value
    return Found(picks, bound, columns.prices(duals))


def _nearly(network: Network) -> int:
    return int(network.worth.max(initial=0)) // NEARLY


def _nearly_best(columns: Columns, duals: Duals, slack: int) -> tuple[list[Pick], int]:
    """Return the ways within the slack, and the slack within which they are all there are."""
    ways = sorted(columns.within(slack, duals), key=itemgetter(0))
    if len(ways) > MAX_COLUMNS:
        slack = ways[MAX_COLUMNS][0] - 1
    return [pick for _, pick in ways[:MAX_COLUMNS]], slack


def _best_of(
    columns: Columns, duals: Duals, ways: list[Pick], until: float
) -> tuple[list[Pick], int]:
    """Return the best picks among these ways, and what no picks among them can exceed."""
    value = columns.network.value
    master = Master(columns, ways)
    now = time.monotonic()
    picks, most = _solved(master, now + FIRST_TRY * (until - now))
    if value(picks) < most:
        settled = settle(Master(columns, ways), until)
        picks = max(picks, settled, key=value)
        wide, _ = _nearly_best(columns, duals, WIDE * _nearly(columns.network))
        for share in SURE:
            sure = settled[: int(share * len(settled))]
            families = {pick.family for pick in sure}
            rest = Master(columns, [pick for pick in wide if pick.family not in families])
            rest.take(sure)
            picks = max(picks, _solved(rest, until)[0], key=value)
    return picks, most


def _solved(master: Master, until: float) -> tuple[list[Pick], int]:
    master.demand_whole(True)
    answer = mathopt.solve(master.model, mathopt.SolverType.HIGHS, params=limited(until))
    proven = answer.termination.objective_bounds.dual_bound
    most = math.floor(proven + abs(proven) * ROUNDING_SHARE + ROUNDING) if proven < HUGE else HUGE
    if not answer.has_primal_feasible_solution():
        return [], most
    values = answer.variable_values(master.variables)
    return [pick for pick, x in zip(master.picks, values, strict=True) if x > 0.5], most
