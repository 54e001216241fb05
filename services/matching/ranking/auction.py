"""Who should care for whom, for many families at once: a price auction with a certificate.

Families bid for places of guardians; a guardian whose places are all taken has the price of its
lowest bid, any other costs nothing. When nobody wants to bid, every family is within `epsilon` of
the best it could have at these prices, so the result is within (families x epsilon) of the optimum.
`certificate` proves it for the actual result: by linear-programming duality no assignment whatever
is worth more than prices x capacities + what each family would still gain at those prices.

Families may arrive and leave one at a time; only what they touch is dealt again. Scores are
integers, candidate lists sparse; no library is needed.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

REPAIR_ROUNDS = 50

Options = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the assignment is worth and what the best possible one cannot exceed."""

    value: int
    bound: int

    @property
    def gap(self) -> float:
        """The largest share of the optimum that can be missing."""
        return 0.0 if self.bound <= 0 else (self.bound - self.value) / self.bound


@dataclass(slots=True)
class _Guardian:
    capacity: int
    bids: list[tuple[int, str]] = field(default_factory=list)
    scores: dict[str, int] = field(default_factory=dict)
    price: int = 0

    def reprice(self) -> None:
        """A place costs the lowest bid once all are taken, and nothing before."""
        full = self.capacity > 0 and len(self.bids) >= self.capacity
        self.price = self.bids[0][0] if full else 0


class Auction:
    """An assignment that is kept near the optimum while families come and go."""

    def __init__(self, capacities: Mapping[str, int], epsilon: int) -> None:
        if epsilon < 1:
            raise ValueError("epsilon is at least 1")
        self._epsilon = epsilon
        self._guardians = {name: _Guardian(places) for name, places in capacities.items()}
        self._options: dict[str, Options] = {}
        self.assignment: dict[str, str] = {}

    def arrive(self, families: Mapping[str, Options]) -> None:
        """New families with their candidates as (guardian, score); they may push others on."""
        for family, options in families.items():
            if family in self._options:
                raise ValueError("this family is here already")
            usable = [o for o in options if o[1] > 0 and self._guardians[o[0]].capacity > 0]
            self._options[family] = usable
            for guardian, score in usable:
                self._guardians[guardian].scores[family] = score
        waiting = deque(families)
        while waiting:
            pushed_out = self._bid(waiting.popleft())
            if pushed_out is not None:
                waiting.append(pushed_out)

    def leave(self, family: str) -> None:
        """A family goes; its place, if scarce, is offered to those who would gain most."""
        for guardian, _ in self._options.pop(family):
            del self._guardians[guardian].scores[family]
        held = self.assignment.get(family)
        if held is not None:
            self._offer(self._vacate(family, held))

    def certificate(self) -> Certificate:
        """The worth of the assignment and the bound that its prices prove."""
        value = sum(self._guardians[g].scores[f] for f, g in self.assignment.items())
        bound = sum(each.price * each.capacity for each in self._guardians.values())
        return Certificate(value, bound + sum(self._best(family) for family in self._options))

    def _best(self, family: str) -> int:
        nets = (score - self._guardians[name].price for name, score in self._options[family])
        return max(0, max(nets, default=0))

    def _bid(self, family: str) -> str | None:
        """Take the best place at today's prices; gives back whom that pushed out."""
        best, second, chosen = 0, 0, None
        guardians = self._guardians
        for name, score in self._options[family]:
            net = score - guardians[name].price
            if net > best:
                best, second, chosen = net, best, name
            elif net > second:
                second = net
        if chosen is None:
            return None
        guardian = guardians[chosen]
        bid = guardian.price + best - second + self._epsilon
        pushed_out = None
        if len(guardian.bids) >= guardian.capacity:
            _, pushed_out = heappop(guardian.bids)
            del self.assignment[pushed_out]
        heappush(guardian.bids, (bid, family))
        guardian.reprice()
        self.assignment[family] = chosen
        return pushed_out

    def _vacate(self, family: str, name: str) -> list[str]:
        """Free a family's place; names the guardian when that place was scarce."""
        guardian = self._guardians[name]
        scarce = guardian.price > 0
        guardian.bids = [bid for bid in guardian.bids if bid[1] != family]
        heapify(guardian.bids)
        guardian.reprice()
        del self.assignment[family]
        return [name] if scarce else []

    def _offer(self, vacant: list[str]) -> None:
        """A freed place is worth nothing until somebody who gains moves in, and so on."""
        rounds = REPAIR_ROUNDS + len(self._options)
        while vacant and rounds:
            rounds -= 1
            name = vacant.pop()
            guardian = self._guardians[name]
            gains = sorted(
                (
                    (score - self._profit(family), family)
                    for family, score in guardian.scores.items()
                    if self.assignment.get(family) != name
                ),
                reverse=True,
            )
            if not gains or gains[0][0] <= self._epsilon:
                continue
            gain, family = self._preferred(gains)
            runner_up = max((g for g, other in gains[:2] if other != family), default=0)
            left = self.assignment.get(family)
            if left is not None:
                vacant += self._vacate(family, left)
            price = max(0, min(gain, runner_up - self._epsilon))
            heappush(guardian.bids, (price, family))
            guardian.reprice()
            self.assignment[family] = name

    def _preferred(self, gains: list[tuple[int, str]]) -> tuple[int, str]:
        """Whoever gains most; nearly as good is somebody who leaves no other place behind."""
        near = gains[0][0] - 4 * self._epsilon
        for gain, family in gains:
            if gain <= max(near, self._epsilon):
                break
            if family not in self.assignment:
                return gain, family
        return gains[0]

    def _profit(self, family: str) -> int:
        held = self.assignment.get(family)
        if held is None:
            return 0
        return self._guardians[held].scores[family] - self._guardians[held].price


def solve(
    capacities: Mapping[str, int], families: Mapping[str, Options], epsilon: int
) -> tuple[dict[str, str], Certificate]:
    """The assignment of all families at once, with its certificate."""
    auction = Auction(capacities, epsilon)
    auction.arrive(families)
    return auction.assignment, auction.certificate()
