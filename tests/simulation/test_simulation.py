"""The kernel keeps its promises under any faults, which find every known way to break them."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.simulation.checker import Violation
from tests.simulation.fault_injection import FAULTS
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import MIN_FAULTS, simulate

# Each mutant is found by one of the first three seeds; `make simulate` tries thousands.
SEEDS = 300
MUTANT_SEEDS = 20


@pytest.mark.slow
@pytest.mark.requirement("X-02", "X-03", "X-04", "X-09", "X-11")
def test_no_seed_breaks_a_promise(record_property: Callable[[str, object], None]) -> None:
    faults: Counter[str] = Counter()
    given_up = 0
    for seed in range(SEEDS):
        try:
            run = simulate(seed)
        except Violation as broken:
            pytest.fail(f"{broken}\nreplay: python -m tests.simulation --seed {seed} --trace")
        assert sum(run.injector.faults.values()) >= MIN_FAULTS
        faults += run.injector.faults
        given_up += run.history.given_up
    counted = ", ".join(f"{kind} {faults[kind]}" for kind in FAULTS)
    record_property("told", f"simulation: {SEEDS} seeds, {counted}")
    assert all(faults[kind] for kind in FAULTS), faults
    assert given_up


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_mutant_is_noticed(mutant: str) -> None:
    for seed in range(MUTANT_SEEDS):
        try:
            simulate(seed, mutant)
        except Violation:
            return
    pytest.fail(f"{mutant} survived {MUTANT_SEEDS} seeds")


def test_a_seed_replays_to_the_letter() -> None:
    stories: list[list[str]] = [[], []]
    for story in stories:
        simulate(7, trace=story.append)
    assert stories[0] == stories[1]
