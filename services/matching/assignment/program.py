"""The assignment as a mixed-integer program, for limits on kinds of help and for floors.

Prices first (`relaxation`): they bound every assignment, and no best answer uses a way that falls
short of its family's best by more than the answer is below the bound (reduced-cost fixing). So
HiGHS is given the ways that are nearly best alone; what it finds among them is the best of all when
it is worth no less than any answer with another way could be. Where that takes too long, families
are settled by the prices (`dive`), then HiGHS assigns some guardians anew, and others, as long as
there is time (large neighbourhood search), and the gap is stated. Solved through MathOpt: the older
interface (`pywraplp`) says UNKNOWN and 0 for answer and bound of HiGHS when the time is up
(google/or-tools#5016).
"""

import math
import time
from operator import itemgetter
from random import Random
from typing import NamedTuple

from services.matching.assignment.columns import Columns, Duals
from services.matching.assignment.dive import settle
from services.matching.assignment.master import Master
from services.matching.assignment.network import Network, Numbers, Pick
from services.matching.assignment.problem import Prices
from services.matching.assignment.relaxation import relax

# More than HiGHS gets anywhere with in the time there is.
MAX_COLUMNS = 60_000
# The first ways looked at: those short of the best by this share of the most that a pair is worth.
NEARLY = 500
# Of the time that is left: for prices, and for the first try.
PRICES, FIRST_TRY = 0.5, 0.15
# Of the guardians, so many are assigned anew, among so many times more ways: more of them when that
# took less than the first of these seconds, fewer when it was cut off after the second.
PART, WIDE, GROW, SHRINK = 0.2, 20, 1.1, 0.8
SOON, LATE = 0.2, 0.4


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
    columns = Columns(network)
    # Each once, in an order that hangs on no hash: the same region gets the same answer.
    known = [*dict.fromkeys((*possible, *flow))]
    duals = relax(columns, known, places, _share(PRICES, until))
    search = Search(columns, duals, possible)
    if search.exact(search.nearly, _share(FIRST_TRY, until)):
        search.exact(search.gap, until)
    else:
        search.settle(until)
        search.better(until)
    return Found(search.picks, search.bound, columns.prices(duals))


class Search:
    """The best picks so far, and what no picks can exceed."""

    def __init__(self, columns: Columns, duals: Duals, picks: list[Pick]) -> None:
        self._columns, self._duals = columns, duals
        self._worth = columns.network.value
        self.picks = picks
        self.bound = self._proven = columns.bound(duals)
        self.nearly = int(columns.network.worth.max(initial=0)) // NEARLY

    @property
    def gap(self) -> int:
        """By how much the picks are below what the prices alone prove."""
        return self._proven - self._worth(self.picks)

    def exact(self, slack: int, until: float) -> bool:
        """Look for the best picks among the ways within the slack; say if they are found."""
        if self._worth(self.picks) == self.bound or time.monotonic() >= until:
            return True
        ways, looked = self._near(min(slack, self.gap))
        picks, most = Master(self._columns, ways).solved(until)
        self._take(picks)
        # an answer with any other way is worth less than what is proven by more than was looked at
        others = self._proven - looked - 1
        self.bound = max(self._worth(self.picks), min(self.bound, max(most, others)))
        return self._worth(picks) >= most

    def settle(self, until: float) -> None:
        """Settle families by the prices."""
        ways, _ = self._near(self.nearly)
        self._take(settle(Master(self._columns, ways), until))

    def better(self, until: float) -> None:
        """Assign some guardians anew, and others, until the picks are the best or time is up."""
        ways, _ = self._near(WIDE * self.nearly)
        guardians = sorted({way.guardian for way in ways})
        chance, part = Random(1), PART
        while self._worth(self.picks) < self.bound and (began := time.monotonic()) < until:
            some = chance.sample(guardians, min(len(guardians), math.ceil(part * len(guardians))))
            self._assign_anew(set(some), ways, min(until, began + LATE))
            took = time.monotonic() - began
            part *= GROW if took < SOON else SHRINK if took >= LATE else 1

    def _assign_anew(self, guardians: set[int], ways: list[Pick], until: float) -> None:
        kept = [pick for pick in self.picks if pick.guardian not in guardians]
        helped = {pick.family for pick in kept}
        master = Master(
            self._columns,
            [way for way in ways if way.guardian in guardians and way.family not in helped],
        )
        master.take(kept)
        self._take(master.solved(until)[0])

    def _near(self, slack: int) -> tuple[list[Pick], int]:
        """Return the ways within the slack, and the slack within which they are all there are."""
        ways = sorted(self._columns.within(slack, self._duals), key=itemgetter(0))
        if len(ways) > MAX_COLUMNS:
            slack = ways[MAX_COLUMNS][0] - 1
        return [pick for _, pick in ways[:MAX_COLUMNS]], slack

    def _take(self, picks: list[Pick]) -> None:
        # others of the same worth are another beginning
        self.picks = max(picks, self.picks, key=self._worth)


def _share(share: float, until: float) -> float:
    now = time.monotonic()
    return now + share * (until - now)
