"""The assignment as a network: solved by OR-tools' minimum-cost flow, proven by prices.

While places are all that runs out, the flow is exact.
"""

from base64 import b64decode
from typing import Any, NamedTuple

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from services.matching.ranking.problem import Problem

Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Pick(NamedTuple):
    """A pair that is taken, and the kinds of help for which its guardian has no room left."""

    pair: int
    without: tuple[str, ...] = ()


class Network:
    """The problem with its pairs as arrays."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.places = np.array(problem.places, np.int64)
        choices = np.array(problem.choices, np.int64)
        self.families = len(choices)
        self.family = np.repeat(np.arange(self.families), choices)
        self.guardian = _unpacked(problem.guardians)
        self.worth = _unpacked(problem.worths)

    def covered(self, pair: int) -> list[str]:
        """The kinds of help that the guardian of a pair gives to its family."""
        room = self.problem.room[int(self.guardian[pair])]
        return [kind for kind in self.problem.shares[int(self.family[pair])] if kind in room]

    def worth_of(self, pick: Pick) -> int:
        """What a pair is worth without the kinds that are left out."""
        return int(self.worth[pick.pair]) - self.given_up(pick)

    def given_up(self, pick: Pick) -> int:
        """What the kinds that are left out would have added."""
        shares = self.problem.shares[int(self.family[pick.pair])]
        return sum(shares[kind] for kind in pick.without)


def flow(network: Network) -> Numbers:
    """The pairs of the most valuable assignment as far as places go; a family may stay out."""
    solver = SimpleMinCostFlow()
    families, guardians = network.families, len(network.places)
    sink = families + guardians
    pairs = solver.add_arcs_with_capacity_and_unit_cost(
        network.family, families + network.guardian, np.ones_like(network.worth), -network.worth
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        np.arange(families, sink),
        np.full(guardians, sink),
        network.places,
        np.zeros(guardians, np.int64),
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        np.arange(families),
        np.full(families, sink),
        np.ones(families, np.int64),
        np.zeros(families, np.int64),
    )
    supplies = np.zeros(sink + 1, np.int64)
    supplies[:families], supplies[sink] = 1, -families
    solver.set_nodes_supplies(np.arange(sink + 1), supplies)
    status = solver.solve()
    if status != SimpleMinCostFlow.Status.OPTIMAL:
        raise RuntimeError(f"the flow ended {status.name}")
    return np.flatnonzero(solver.flows(pairs))


def proven_bound(network: Network, chosen: Numbers) -> int:
    """What no assignment can exceed; equal to the worth of `chosen` when that is the best.

    By linear-programming duality every list of prices bounds all assignments: the places at their
    prices, and for each family the most it would gain. The prices that prove the best assignment
    are the potentials of its residual graph: the least at which nobody would gain by moving.
    """
    if not len(network.worth):
        return 0
    price = _prices(network, chosen)
    gains = network.worth - price[network.guardian]
    best = np.maximum(np.maximum.reduceat(gains, _firsts(network.family)), 0)
    return int(best.sum() + (price * network.places).sum())


def _prices(network: Network, chosen: Numbers) -> Numbers:
    """Longest paths from guardian to guardian, along families that would rather be elsewhere."""
    guardians = len(network.places)
    nowhere = guardians  # has a place for everybody, worth and costing nothing
    at = np.full(network.families, nowhere)
    held = np.zeros(network.families, np.int64)
    at[network.family[chosen]] = network.guardian[chosen]
    held[network.family[chosen]] = network.worth[chosen]
    order = np.argsort(network.guardian.astype(np.min_scalar_type(guardians)), kind="stable")
    target = network.guardian[order]
    origin = at[network.family][order]
    step = (network.worth - held[network.family])[order]
    firsts = _firsts(target)
    reached = target[firsts]
    price = np.zeros(guardians + 1, np.int64)
    for _ in range(guardians + 1):
        offered = np.maximum.reduceat(price[origin] + step, firsts)
        if (offered <= price[reached]).all():
            break
        price[reached] = np.maximum(price[reached], offered)
    return price[:guardians]


def _firsts(ordered: Numbers) -> Numbers:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])


def _unpacked(text: str) -> Numbers:
    return np.frombuffer(b64decode(text), "<i4").astype(np.int64)
