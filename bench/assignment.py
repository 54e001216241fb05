"""The assignment of families to guardians: what our part costs beside OR-tools alone.

The whole is what the function does from the bytes of its question to those of its answer: reading,
checking, building, the flow, the prices that prove it. The baseline has the same arcs as arrays
and asks OR-tools for the flow. Work that was not done is no figure: values, proofs and limits are
checked on the way.
"""

import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from multiprocessing import get_context
from typing import Any

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from bench.assignment_region import CATEGORIES, say_regions, say_rows
from bench.candidates import say_reads
from bench.harness import Measure, Ratio, compare, cpu_of, say
from services.matching.assignment import checker, solver
from services.matching.assignment.network import Network
from services.matching.assignment.problem import Problem, packed, unpacked

AIM = 1.5
MEMORY_AIM_MB, HUGE = 2000, 100_000
MANY, CHOICES, ROUNDS = 10_000, 35, 7
SEEDS, MINUTE = 10, 60.0


def measure() -> Iterator[Ratio]:
    """Exactness, ten thousand families against bare OR-tools, a region of 300 x 90, one case."""
    _say_gaps()
    say_reads()
    for what, problem in _large():
        yield compare(
            f"{MANY} x {CHOICES}, {what}, whole / bare OR-tools",
            _whole(problem),
            _bare(problem),
            aim=AIM,
            rounds=ROUNDS,
        )
    say_regions()
    say_rows()
    _tell_limits_of_many()
    _tell_memory()


# exactness -------------------------------------------------------------------------------------


def _say_gaps() -> None:
    """Compare with OR-tools' own optimum and check the proof, for many seeds and hard cases."""
    for families in (100, 1_000, MANY):
        gaps = [
            _gap(_random_problem(families, seed, lambda r: r.randrange(100_000, 1_160_000, 500)))
            for seed in range(SEEDS)
        ]
        say(f"gap at {families} families, {SEEDS} seeds: {max(gaps)} (checked by its prices)")
    hard: dict[str, tuple[int, Any]] = {
        "all equal": (9, lambda r: 800_000),
        "one city, scarce": (1, lambda r: r.randrange(100_000, 1_160_000, 500)),
        "ties": (5, lambda r: r.choice((500_000, 600_000))),
        "contradictory": (7, lambda r: 1_000_000 - 500 * (r.getrandbits(4) ** 2)),
    }
    for what, (places, worth) in hard.items():
        wall = time.perf_counter()
        gap = max(_gap(_random_problem(3_000, seed, worth, places)) for seed in range(3))
        say(f"gap at 3000 families, {what}: {gap}, {time.perf_counter() - wall:.1f} s for 3 seeds")


def _random_problem(families: int, seed: int, worth: Any, places: int = 7) -> Problem:
    chance = random.Random(seed)
    guardians = max(families // 10, CHOICES)
    choices = [sorted(chance.sample(range(guardians), CHOICES)) for _ in range(families)]
    return Problem(
        places=[places] * guardians,
        room=[{"food_aid": None}] * guardians,
        shares=[{"food_aid": 100}] * families,
        choices=[CHOICES] * families,
        guardians=packed([guardian for chosen in choices for guardian in chosen]),
        worths=packed([worth(chance) for _ in range(families * CHOICES)]),
    )


def _gap(problem: Problem) -> int:
    """Return by how much the answer is below what anyone can prove from its prices."""
    solution = solver.solve(problem, 1.0)
    assert solution.value == _bare_value(problem)
    return checker.proven_bound(problem, solution) - solution.value


# ten thousand families -------------------------------------------------------------------------


def _large() -> Iterator[tuple[str, Problem]]:
    yield "mixed", _problem(places=9, worth=lambda r: r.randrange(100_000, 1_160_000, 500))
    yield "places scarce", _problem(places=3, worth=lambda r: r.randrange(100_000, 1_160_000, 500))
    yield "all alike", _problem(places=9, worth=lambda r: 800_000)


def _problem(places: int, worth: Any) -> Problem:
    chance = random.Random(6)
    guardians = MANY // 10
    choices = [sorted(chance.sample(range(guardians), CHOICES)) for _ in range(MANY)]
    return Problem(
        places=[places] * guardians,
        room=[{"food_aid": None}] * guardians,
        shares=[{"food_aid": 600_000}] * MANY,
        choices=[CHOICES] * MANY,
        guardians=packed([guardian for chosen in choices for guardian in chosen]),
        worths=packed([worth(chance) for _ in range(MANY * CHOICES)]),
    )


def _whole(problem: Problem) -> Measure:
    question = problem.model_dump_json()
    optimum = _bare_value(problem)

    def work() -> None:
        answer = json.loads(json.dumps(_invoke(json.loads(question))))
        assert answer["method"] == "flow"
        assert answer["value"] == answer["bound"] == optimum

    return cpu_of(work, 1)


def _bare(problem: Problem) -> Measure:
    arcs = _arcs(problem)
    return cpu_of(lambda: _flow(*arcs), 1)


def _bare_value(problem: Problem) -> int:
    return -int(_flow(*_arcs(problem)).optimal_cost())


def _arcs(problem: Problem) -> tuple[Any, ...]:
    network = Network(problem)
    families, guardians = network.families, len(problem.places)
    sink = families + guardians
    tails = np.r_[network.family, np.arange(families, sink), 0:families]
    heads = np.r_[network.guardian + families, np.full(guardians + families, sink)]
    capacities = np.r_[np.ones_like(network.worth), problem.places, np.ones(families, int)]
    costs = np.r_[-network.worth, np.zeros(guardians + families, int)]
    supplies = np.r_[np.ones(families, int), np.zeros(guardians, int), -families]
    return tails, heads, capacities, costs, supplies


def _flow(tails: Any, heads: Any, capacities: Any, costs: Any, supplies: Any) -> SimpleMinCostFlow:
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    solver.set_nodes_supplies(np.arange(len(supplies)), supplies)
    assert solver.solve() == SimpleMinCostFlow.Status.OPTIMAL
    solver.flows(arcs)
    return solver


def _invoke(event: Any) -> Any:
    with redirect_stdout(StringIO()):
        return solver.handler(event, None)


# limits and memory ------------------------------------------------------------------------------


def _tell_limits_of_many() -> None:
    """Ten thousand families with two kinds each, both limited: what a minute proves."""
    chance = random.Random(7)
    kinds = CATEGORIES[:6]
    problem = _problem(places=9, worth=lambda r: r.randrange(700_000, 1_160_000, 500)).model_copy(
        update={
            "room": [
                {kind: chance.randint(2, 6) for kind in chance.sample(kinds, 4)}
                for _ in range(MANY // 10)
            ],
            "shares": [dict.fromkeys(chance.sample(kinds, 2), 300_000) for _ in range(MANY)],
        }
    )
    problem = _without_idle_pairs(problem)
    cpu = time.process_time()
    found = solver.solve(problem, MINUTE)
    cpu = time.process_time() - cpu
    bound = checker.proven_bound(problem, found)
    say(
        f"{MANY} families, kinds limited: {sum(problem.choices)} pairs, {found.method}, "
        f"gap {(found.bound - found.value) / found.bound:.4%} "
        f"(by prices alone {(bound - found.value) / found.value:.4%}), {cpu:.1f} s CPU"
    )


def _without_idle_pairs(problem: Problem) -> Problem:
    """Return the problem without the pairs in which the guardian gives nothing that is needed."""
    guardians, worths = unpacked(problem.guardians), unpacked(problem.worths)
    kept: list[tuple[int, int]] = []
    choices = []
    for family, share in enumerate(problem.shares):
        own = range(family * CHOICES, (family + 1) * CHOICES)
        pairs = [
            (guardians[pair], worths[pair] - 600_000 + sum(share[kind] for kind in given))
            for pair in own
            if (given := share.keys() & problem.room[guardians[pair]].keys())
        ]
        kept += pairs
        choices.append(len(pairs))
    columns = {
        "guardians": packed([guardian for guardian, _ in kept]),
        "worths": packed([worth for _, worth in kept]),
    }
    return problem.model_copy(update={"choices": choices, **columns})


def _tell_memory() -> None:
    """A hundred thousand families in a process of its own: what it takes of memory."""
    with get_context("spawn").Pool(1) as pool:
        megabytes, seconds, pairs = pool.apply(_huge)
    met = "met" if megabytes <= MEMORY_AIM_MB else "MISSED"
    say(
        f"{HUGE} families, {pairs} pairs: {megabytes:.0f} MB at most, {seconds:.1f} s CPU to solve"
        f"  aim {MEMORY_AIM_MB} MB {met}"
    )


def _huge() -> tuple[float, float, int]:
    problem = _random_problem(HUGE, 1, lambda r: r.randrange(100_000, 1_160_000, 500))
    cpu = time.process_time()
    solution = solver.solve(problem, 1.0)
    cpu = time.process_time() - cpu
    assert solution.method == "flow"
    assert solution.value == solution.bound > 0
    # kilobytes, but bytes on a Mac
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3), cpu, sum(problem.choices)
