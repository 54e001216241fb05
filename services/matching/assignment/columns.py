"""Pricing: the ways in which a guardian may help a family, and what each is worth at given prices.

A guardian may leave out kinds that could run short. Ways are not listed: at any prices the best
way of a pair is known at once, and the next ones are found by what leaving out or adding costs.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from services.matching.assignment.network import Network, Numbers, Pick
from services.matching.assignment.problem import KindPrice, Prices

# Less than any gain: the place of a kind that a pair does not have.
NOTHING = -(1 << 50)


class Duals(NamedTuple):
    """Prices as arrays: of places, of limits that could run short, and of floors."""

    places: Any
    limits: Any
    floors: Any


class Columns:
    """All pairs with the kinds that each gives, as arrays."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.picks = network.picks()
        self.room = network.exceeded(self.picks)
        self._given = [network.given(pick) for pick in self.picks]
        limits = {limit: number for number, limit in enumerate(self.room)}
        shape = (len(self.picks), max(map(len, self._given), default=0) or 1)
        self._share = np.full(shape, NOTHING, np.int64)
        self._limit = np.full(shape, len(limits))
        self._floor = np.full(shape, len(network.floors))
        for row, (pick, given) in enumerate(zip(self.picks, self._given, strict=True)):
            share = network.shares[pick.family]
            floors = {kind: number for number, kind in network.floors_of.get(pick.family, ())}
            for place, kind in enumerate(given):
                self._share[row, place] = share[kind]
                self._limit[row, place] = limits.get((pick.guardian, kind), len(limits))
                self._floor[row, place] = floors.get(kind, len(network.floors))
        self._base = network.worth - np.maximum(self._share, 0).sum(axis=1)

    def gains(self, duals: Duals) -> Any:
        """Return what each pair gains its family after all prices, in its best way."""
        rest, nets = self._after(duals)
        return rest + np.minimum(nets.max(axis=1), 0) + np.maximum(nets, 0).sum(axis=1)

    def best_of_families(self, gains: Any) -> Any:
        """Return what each family gains by its best pair, or by none."""
        best = np.zeros(self.network.families, gains.dtype)
        np.maximum.at(best, self.network.family, gains)
        return best

    def bound(self, duals: Duals) -> int:
        """Return what no assignment can exceed, by these whole prices alone."""
        places, room = self.network.places, np.array([*self.room.values()], np.int64)
        least = np.array([floor.least for floor in self.network.floors], np.int64)
        paid = places @ duals.places + room @ duals.limits - least @ duals.floors
        return int(paid + self.best_of_families(self.gains(duals)).sum())

    def prices(self, duals: Duals) -> Prices:
        """Return whole prices in the words of the answer."""
        kinds = zip(self.room, duals.limits.tolist(), strict=True)
        return Prices(
            places=duals.places.tolist(),
            kinds=[KindPrice(guardian=g, kind=kind, price=price) for (g, kind), price in kinds],
            floors=duals.floors.tolist(),
        )

    def best_ways(self, pairs: Any, duals: Duals) -> Iterator[Pick]:
        """Yield these pairs, each in its best way."""
        _, nets = self._after(duals)
        for row in pairs.tolist():
            own = nets[row, : len(self._given[row])].tolist()
            least = min(max(own), 0)
            kinds = zip(self._given[row], own, strict=True)
            yield self._without(row, tuple(kind for kind, net in kinds if net < least))

    def within(self, slack: int, duals: Duals) -> list[tuple[int, Pick]]:
        """Return every way that falls short of its family's best by no more than the slack."""
        rest, nets = self._after(duals)
        best = self.best_of_families(self.gains(duals))[self.network.family]
        spare = slack + rest + np.maximum(nets, 0).sum(axis=1) - best
        found = []
        for row in np.flatnonzero(spare >= 0).tolist():
            for cost, without in self._ways(row, nets[row].tolist(), int(spare[row])):
                found.append((slack - int(spare[row]) + cost, self._without(row, without)))
        return found

    def _ways(self, row: int, nets: list[int], spare: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        given, unlimited = self._given[row], len(self.room)
        ways: list[tuple[int, tuple[str, ...]]] = [(0, ())]
        for kind, net, limit in zip(given, nets, self._limit[row].tolist(), strict=False):
            kept = [(cost + max(0, -net), out) for cost, out in ways]
            left = [(cost + max(0, net), (*out, kind)) for cost, out in ways]
            ways = [way for way in kept if way[0] <= spare]
            if limit != unlimited:
                ways += [way for way in left if way[0] <= spare]
        return ((cost, out) for cost, out in ways if len(out) < len(given))

    def _after(self, duals: Duals) -> tuple[Any, Any]:
        """Return what is left of each pair without its kinds, and what each kind adds."""
        network = self.network
        extra = np.zeros(network.families, duals.floors.dtype)
        for number, floor in enumerate(network.floors):
            if floor.kind is None:
                extra[floor.families] += duals.floors[number]
        rest = self._base - duals.places[network.guardian] + extra[network.family]
        limits, floors = np.append(duals.limits, 0), np.append(duals.floors, 0)
        return rest, self._share - limits[self._limit] + floors[self._floor]

    def _without(self, row: int, kinds: tuple[str, ...]) -> Pick:
        pick = self.picks[row]
        return self.network.leave_out(pick, kinds) if kinds else pick


def whole(values: Any, most: int | None = None) -> Numbers:
    """Return prices as whole numbers that are not negative, nor above the most."""
    rounded: Numbers = np.clip(np.rint(values), 0, most).astype(np.int64)
    return rounded
