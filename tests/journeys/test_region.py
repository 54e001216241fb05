"""The region that `make run` loads, as often as one likes and from wherever a load broke off."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo import region
from demo.client import Reply
from tests.journeys.journey_world import Stage, stage_at


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A day after the story's last one: all its dates have passed."""
    with stage_at(tmp_path, monkeypatch, "2026-12-01 12:00") as found:
        yield found


def rows(stage: Stage) -> list[str]:
    """Everything that is kept, without who did what."""
    return sorted(
        row["pk"]["S"] for each in stage.world.apps for row in stage.world.rows(f"{each}-data")
    )


@pytest.mark.parametrize("start", ["2025-03-02 12:00", "2026-10-25 12:00"])
def test_a_machine_whose_clock_stands_before_the_story_loads_the_region_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    path = tmp_path / "early"
    path.mkdir()
    with stage_at(path, monkeypatch, start) as early:
        play = region.load(early)

        told = early.call(
            None,
            "POST",
            "/till/v1/card-checks",
            {"number": play.numbers["FP-01"]},
            headers={"X-API-Key": play.keys["PT-01"]},
            must=True,
        ).body
        assert (told["valid"], told["discount_percent"]) == (True, 7)


class PulledOut(Exception):
    """Somebody has ended the load."""


def broken_off(stage: Stage, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that ends after so many calls."""
    call, calls = stage.call, iter(range(after))

    def until(*arguments: Any, **more: Any) -> Reply:
        if next(calls, None) is None:
            raise PulledOut
        return call(*arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(stage, "call", until)
        with pytest.raises(PulledOut):
            region.load(stage)
    stage.settle()


def test_a_second_load_makes_nothing_new(stage: Stage) -> None:
    first = region.load(stage)
    before = rows(stage)

    again = region.load(stage)

    assert (again.ids, again.numbers, again.keys) == (first.ids, first.numbers, first.keys)
    assert rows(stage) == before
    assert set(stage.outbox.carried.values()) == {1}


@pytest.mark.parametrize("after", [3, 40, 110])
def test_a_load_that_was_broken_off_goes_on(
    stage: Stage, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off(stage, after, monkeypatch)

    region.load(stage)

    guardians = stage.call("HQ-1", "GET", "/matching/v1/guardians?limit=100", must=True).body
    assert len(guardians["items"]) == 7
    cards = stage.call("CL-0", "GET", "/cards/v1/cards?limit=100", must=True).body
    assert len(cards["items"]) == 8
    public = stage.call(None, "GET", "/cards/v1/public/partners?region=ZR", must=True).body
    assert len(public["items"]) == 3
