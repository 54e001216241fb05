"""`python -m tests.simulation`: many seeds, or one with its story."""

import argparse
import sys
import time
from collections import Counter

from tests.simulation.checker import Violation
from tests.simulation.fault_injection import FAULTS
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import simulate


def main() -> int:
    """Run seeds; a failing one prints the command that replays it."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--mutant", choices=sorted(MUTANTS))
    parser.add_argument("--trace", action="store_true")
    wanted = parser.parse_args()
    seeds = range(wanted.seeds) if wanted.seed is None else [wanted.seed]
    faults: Counter[str] = Counter()
    given_up = 0
    started = time.perf_counter()
    for seed in seeds:
        try:
            run = simulate(seed, wanted.mutant, print if wanted.trace else None)
        except Violation as broken:
            mutant = f" --mutant {wanted.mutant}" if wanted.mutant else ""
            print(f"seed {seed} broke a promise: {broken}")
            print(f"replay: python -m tests.simulation --seed {seed}{mutant} --trace")
            return 1
        faults += run.injector.faults
        given_up += run.history.given_up
    taken = time.perf_counter() - started
    told = f"{sum(faults.values())} faults, {given_up} given up, 0 violations"
    print(f"{len(seeds)} seeds, {told}, {taken:.1f} s")
    print(", ".join(f"{kind} {faults[kind]}" for kind in FAULTS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
