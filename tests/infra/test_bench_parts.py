"""Each part of the bench has its own AWS, so nothing of one part may reach the next."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import bench
from bench.costs import Meter
from bench.harness import Ratio, report
from tests.support.world import World

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


def test_a_row_costs_its_units_and_those_of_its_indexes(world: World) -> None:
    meter, table = Meter(world), world.dynamodb
    row = {"pk": {"S": "A#1"}, "sk": {"S": "A"}, "doc": {"S": "x" * 1500}}
    listed = row | {"region_pk": {"S": "REGION#ZR"}, "region_sk": {"S": "a"}}
    found = []
    for step in (row, listed, listed | {"region_sk": {"S": "b"}}):
        table.put_item(TableName="intake-data", Item=step)
        found.append(meter.counts.pop("written"))
    table.transact_write_items(TransactItems=[{"Put": {"TableName": "intake-data", "Item": row}}])
    table.get_item(TableName="intake-data", Key={"pk": row["pk"], "sk": row["sk"]})

    # Its own two for 1.5 KB; the image in an index; both images where its place has changed.
    assert found == [2, 2 + 2, 2 + 4]
    assert (meter.counts["written"], meter.counts["read"]) == (2 * 2 + 2, 0.5)
