"""The assignment as a network: solved by OR-tools' minimum-cost flow, proven by prices.

While places are all that runs out, the flow is exact.
"""

from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple, Self

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from services.matching.assignment.problem import Newcomer, Problem
from shared.observability import note

Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Pick(NamedTuple):
    """A guardian for a family, what that is worth, and the kinds of help that are left out."""

    family: int
    guardian: int
    worth: int
    without: tuple[str, ...] = ()


class Network:
    """The problem with its pairs as arrays, and the limits that its places leave to be reached."""

    def __init__(self, problem: Problem) -> None:
        self.places = np.array(problem.places, np.int64)
        self.families = len(problem.choices)
        self.family = np.repeat(np.arange(self.families), problem.choices)
        self.guardian = _unpacked(problem.guardians)
        self.worth = _unpacked(problem.worths)
        self.shares, self.room = problem.shares, problem.room
        self.withheld = {pair: tuple(kinds) for pair, kinds in problem.withheld.items()}
        self.floors, self.floor_worth = problem.floors, problem.floor_worth
        self.floors_of: dict[int, list[tuple[int, str | None]]] = defaultdict(list)
        for number, floor in enumerate(problem.floors):
            for family in floor.families:
                self.floors_of[family].append((number, floor.kind))
        self.limits = {
            (guardian, kind): room
            for guardian, kinds in enumerate(problem.room)
            for kind, room in kinds.items()
            if room is not None and room < problem.places[guardian]
        }

    def picks(self, pairs: Numbers | slice = slice(None)) -> list[Pick]:
        """Return these pairs, with all help that there is."""
        columns = (self.family, self.guardian, self.worth)
        picks = list(map(Pick, *(column[pairs].tolist() for column in columns)))
        if not self.withheld:
            return picks
        places = np.arange(len(self.family))[pairs].tolist()
        return [
            pick._replace(without=self.withheld.get(place, ()))
            for place, pick in zip(places, picks, strict=True)
        ]

    def picks_of(
        self, guardians: Sequence[int | None], without: Mapping[int, Sequence[str]]
    ) -> list[Pick]:
        """Return the picks of an answer: each family's guardian, and the kinds it leaves out."""
        chosen = np.array([-1 if each is None else each for each in guardians], np.int64)
        picks = self.picks(np.flatnonzero(chosen[self.family] == self.guardian))
        return [self.leave_out(pick, without.get(pick.family, ())) for pick in picks]

    def joined_by(self, newcomer: Newcomer) -> Self:
        """Return the network with one more guardian, which limits no kind of help."""
        joined = copy(self)
        joined.room = [*self.room, dict.fromkeys(newcomer.kinds)]
        families = _unpacked(newcomer.families)
        joined.places = np.append(self.places, newcomer.places)
        joined.family = np.append(self.family, families)
        joined.guardian = np.append(self.guardian, np.full_like(families, len(self.places)))
        joined.worth = np.append(self.worth, _unpacked(newcomer.worths))
        return joined

    def given(self, pick: Pick) -> list[str]:
        """Return the kinds of help that the guardian gives to the family."""
        kinds, room = self.shares[pick.family], self.room[pick.guardian]
        return [kind for kind in kinds if kind in room and kind not in pick.without]

    def leave_out(self, pick: Pick, kinds: Iterable[str]) -> Pick:
        """Return the pick without these kinds, too, and without what they add to its worth."""
        out = tuple(kind for kind in kinds if kind not in pick.without)
        less = sum(self.shares[pick.family][kind] for kind in out)
        return pick._replace(worth=pick.worth - less, without=pick.without + out)

    def value(self, picks: Sequence[Pick]) -> int:
        """Return what these picks are worth, less what the floors that they miss take."""
        reached = Counter(number for pick in picks for number in self.counted(pick))
        short = (max(0, floor.least - reached[n]) for n, floor in enumerate(self.floors))
        return sum(pick.worth for pick in picks) - self.floor_worth * sum(short)

    def counted(self, pick: Pick) -> list[int]:
        """Return the floors for which a pick counts."""
        floors = self.floors_of.get(pick.family)
        if not floors:
            return []
        given = self.given(pick)
        return [number for number, kind in floors if kind is None or kind in given]

    def exceeded(self, picks: Iterable[Pick]) -> dict[tuple[int, str], int]:
        """Return the limits that all these picks together would break."""
        limited = {guardian for guardian, _ in self.limits}
        asked = Counter(
            (pick.guardian, kind)
            for pick in picks
            if pick.guardian in limited
            for kind in self.given(pick)
        )
        return {limit: room for limit, room in self.limits.items() if asked[limit] > room}


class Room:
    """What is left of families, places and limits while picks are taken one by one."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._places = network.places.tolist()
        self._limits = dict(network.limits)
        self._helped: set[int] = set()

    def take(self, pick: Pick) -> bool:
        """Take what a pick needs, if all of it is there."""
        if not self.is_open(pick) or self.full(pick):
            return False
        self._helped.add(pick.family)
        self._places[pick.guardian] -= 1
        for kind in self._network.given(pick):
            if (limit := (pick.guardian, kind)) in self._limits:
                self._limits[limit] -= 1
        return True

    def is_open(self, pick: Pick) -> bool:
        """Whether its family has no guardian yet, and its guardian a place."""
        return pick.family not in self._helped and self._places[pick.guardian] > 0

    def full(self, pick: Pick) -> tuple[str, ...]:
        """Return the kinds of its help of which nothing is left."""
        given = self._network.given(pick)
        return tuple(kind for kind in given if self._limits.get((pick.guardian, kind)) == 0)


def flow(network: Network) -> Numbers:
    """Return the pairs of the assignment of most worth by places; none if the solver fails."""
    solver = SimpleMinCostFlow()
    sink = network.families + len(network.places)
    families, guardians = np.arange(network.families), np.arange(network.families, sink)
    add = solver.add_arcs_with_capacity_and_unit_cost
    ones = np.ones_like(network.worth)
    pairs = add(network.family, guardians[network.guardian], ones, -network.worth)
    add(guardians, np.full_like(guardians, sink), network.places, np.zeros_like(guardians))
    # A family may stay out.
    add(families, np.full_like(families, sink), np.ones_like(families), np.zeros_like(families))
    solver.set_nodes_supplies(families, np.ones_like(families))
    solver.set_node_supply(sink, -network.families)
    status = solver.solve()
    if status == SimpleMinCostFlow.Status.OPTIMAL:
        return np.flatnonzero(solver.flows(pairs))
    note(flow=status.name.lower())
    return np.zeros(0, np.int64)


def bound_by(network: Network, price: Numbers) -> int:
    """Return what no assignment can exceed: the worth of the best one at its own prices.

    By linear-programming duality every list of prices bounds all assignments: the places at their
    prices, and for each family the most it would gain.
    """
    best = np.zeros(network.families, np.int64)
    np.maximum.at(best, network.family, network.worth - price[network.guardian])
    return int(best.sum() + price @ network.places)


def prices_of(network: Network, chosen: Numbers) -> Numbers:
    """Return the least prices at which no family would gain by moving.

    They are the potentials of the residual graph of `chosen`, the longest paths between guardians
    along families that would gain by moving; those of the best assignment prove it.
    """
    nowhere = len(network.places)  # has a place for every family, worth and costing nothing
    at = np.full(network.families, nowhere)
    held = np.zeros(network.families, np.int64)
    at[network.family[chosen]] = network.guardian[chosen]
    held[network.family[chosen]] = network.worth[chosen]
    origin = at[network.family]
    step = network.worth - held[network.family]
    price = np.zeros(nowhere + 1, np.int64)
    for _ in range(nowhere + 1):
        before = price.copy()
        np.maximum.at(price, network.guardian, before[origin] + step)
        if (price == before).all():
            break
    return price[:nowhere]


def _unpacked(text: str) -> Numbers:
    return np.frombuffer(b64decode(text), "<i4").astype(np.int64)
