"""How we measure: both sides in one run, in random order, CPU first, losing cases published.

A figure is the median of the ratios of neighbouring pairs; p10 is the quiet machine's estimate.
Beside each stands the A/A control, the baseline against itself: when it is off by more than a few
percent, the machine was too busy and the figure says nothing.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection

Measure = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One comparison: `median` and `p10` of side ÷ baseline, and the control's median."""

    what: str
    median: float
    p10: float
    control: float
    aim: float
    baseline_ms: float

    def line(self) -> str:
        """The comparison as a row of the report; a missed aim is said plainly."""
        met = "met" if self.median <= self.aim else "MISSED"
        return (
            f"{self.what:<58} {self.median:6.2f} x  p10 {self.p10:5.2f}  "
            f"aim {self.aim:5.2f} {met:<6}  A/A {self.control:4.2f}  "
            f"baseline {self.baseline_ms:8.3f} ms"
        )


def compare(what: str, side: Measure, baseline: Measure, *, aim: float, rounds: int) -> Ratio:
    """Measure side, baseline and baseline again in shuffled rounds."""
    taken: dict[str, list[float]] = {"side": [], "base": [], "control": []}
    measures = {"side": side, "base": baseline, "control": baseline}
    for number in range(rounds + 1):
        order = list(measures)
        random.shuffle(order)
        for name in order:
            value = measures[name]()
            if number:  # the first round warms up
                taken[name].append(value)
    ratios = [a / b for a, b in zip(taken["side"], taken["base"], strict=True)]
    controls = [a / b for a, b in zip(taken["control"], taken["base"], strict=True)]
    quiet = _p10(taken["side"]) / _p10(taken["base"])
    return Ratio(
        what,
        statistics.median(ratios),
        quiet,
        statistics.median(controls),
        aim,
        statistics.median(taken["base"]),
    )


def report(measure: Callable[[], Iterable[Ratio]], processes: int = 1) -> int:
    """Print a part's comparisons from a process of its own; its exit code.

    Clients live as long as their process, and each part has an AWS and an environment of its own.
    Of several `processes` the medians are printed: where much code runs, what lies where in memory
    differs from one to the next, and with it the figure by up to a tenth.
    """
    if processes == 1:
        return _in_a_process(_say_all, measure)
    ours, theirs = get_context("spawn").Pipe(duplex=False)
    found: list[list[Ratio]] = []
    for _ in range(processes):
        if code := _in_a_process(_send_all, measure, theirs):
            return code
        found.append(ours.recv())
    for ratios in zip(*found, strict=True):
        say(_middle(ratios).line())
    return 0


def _in_a_process(work: Callable[..., None], *arguments: object) -> int:
    part = get_context("spawn").Process(target=work, args=arguments)
    part.start()
    part.join()
    return part.exitcode or 0


def _say_all(measure: Callable[[], Iterable[Ratio]]) -> None:
    for ratio in measure():
        say(ratio.line())


def _send_all(measure: Callable[[], Iterable[Ratio]], to: Connection) -> None:
    to.send(list(measure()))


def _middle(found: Sequence[Ratio]) -> Ratio:
    """Return one comparison of several processes: the median of each figure."""
    figures = ("median", "p10", "control", "baseline_ms")
    middle = {name: statistics.median(getattr(each, name) for each in found) for name in figures}
    return replace(found[0], **middle)


def cpu_of(work: Callable[[], object], times: int) -> Measure:
    """CPU milliseconds of one call, averaged over a loop in this process."""

    def measure() -> float:
        gc.collect()
        gc.disable()
        try:
            started = time.process_time()
            for _ in range(times):
                work()
            return (time.process_time() - started) / times * 1000
        finally:
            gc.enable()

    return measure


def _p10(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 10]


def say(line: str = "") -> None:
    """Print a line of the report at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
