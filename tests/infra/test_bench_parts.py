"""Each part of the bench has its own AWS, so nothing of one part may reach the next."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import bench
from bench import case_queue, messages
from bench.harness import Ratio, report

MARK = "BENCH_PART"


def _first_to_come() -> Iterator[Ratio]:
    if MARK in os.environ:
        raise RuntimeError("another part was here")
    os.environ[MARK] = "1"
    yield Ratio("a part", 1.0, 1.0, 1.0, 1.5, 0.1)


def _one_after_the_other() -> list[Ratio]:
    """A figure that grows from process to process."""
    marks = Path(os.environ[MARK])
    number = len([*marks.iterdir()])
    (marks / str(number)).touch()
    return [Ratio("a part", (1.0, 5.0, 1.2)[number], 1.0, 1.0, 1.5, 0.1)]


def _broken() -> list[Ratio]:
    raise RuntimeError("no figure")


def test_every_part_finds_what_it_measures() -> None:
    modules = [each.name for each in iter_modules(bench.__path__)]

    assert {"write_path", "candidates", "__main__"} <= set(modules)
    for name in modules:
        import_module(f"bench.{name}")


def test_a_part_leaves_nothing_for_the_next(capfd: pytest.CaptureFixture[str]) -> None:
    assert [report(_first_to_come) for _ in range(2)] == [0, 0]
    assert capfd.readouterr().out.count("a part") == 2


def test_of_several_processes_the_middle_one_is_told(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MARK, str(tmp_path))
    assert report(_one_after_the_other, 3) == 0
    (line,) = capfd.readouterr().out.splitlines()
    assert "1.20 x" in line and "met" in line


@pytest.mark.parametrize("processes", [1, 2])
def test_a_part_that_breaks_is_told(capfd: pytest.CaptureFixture[str], processes: int) -> None:
    assert report(_broken, processes) != 0
    assert "no figure" in capfd.readouterr().err


def test_the_queue_of_cases_does_what_it_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in {"MANY": 40, "FAR": 3, "ROUNDS": 1, "TIMES": 1}.items():
        monkeypatch.setattr(case_queue, name, few)

    assert len([*case_queue.measure()]) == 4


def test_messages_in_bad_weather_do_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in {"MESSAGES": 12, "KILLS": 1, "BURST": 10, "CALLS": 2}.items():
        monkeypatch.setattr(messages, name, few)

    (webhook,) = messages.measure()
    assert webhook.aim == 1.0
