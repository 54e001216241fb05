"""The region that `make run` loads, as often as one likes and from wherever a load broke off."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from demo import region
from demo.client import Reply
from tests.journeys.journey_world import JourneyWorld, journey_world_at


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch) -> Iterator[JourneyWorld]:
    """A day after the story's last one: all its dates have passed."""
    with journey_world_at(monkeypatch, "2026-12-01 12:00") as found:
        yield found


def rows(journey: JourneyWorld) -> list[str]:
    """Everything that is kept, without who did what."""
    return sorted(
        row["pk"]["S"] for each in journey.world.apps for row in journey.world.rows(f"{each}-data")
    )


# At 20:52 it is tomorrow in the easternmost region of the stage.
@pytest.mark.parametrize(
    "start", ["2025-03-02 12:00", "2026-10-25 12:00", "2026-10-25 20:52", "2031-02-28 12:00"]
)
def test_a_machine_whose_clock_stands_before_or_long_after_the_story_loads_the_region_too(
    monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    with journey_world_at(monkeypatch, start) as early:
        run = region.load(early)

        told = early.call(
            None,
            "POST",
            "/till/v1/card-checks",
            {"number": run.numbers["FP-01"]},
            headers={"X-API-Key": run.keys["PT-01"]},
            must=True,
        ).body
        assert (told["valid"], told["discount_percent"]) == (True, 9 if start > "2027" else 7)


class PulledOut(Exception):
    """Somebody has ended the load."""


def broken_off(journey: JourneyWorld, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that ends after so many calls."""
    call, calls = journey.call, iter(range(after))

    def until(*arguments: Any, **more: Any) -> Reply:
        if next(calls, None) is None:
            raise PulledOut
        return call(*arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(journey, "call", until)
        with pytest.raises(PulledOut):
            region.load(journey)
    journey.settle()


def test_a_second_load_makes_nothing_new(journey: JourneyWorld) -> None:
    first = region.load(journey)
    before = rows(journey)

    again = region.load(journey)

    assert (again.ids, again.numbers, again.keys) == (first.ids, first.numbers, first.keys)
    assert rows(journey) == before
    assert set(journey.outbox.carried.values()) == {1}


@pytest.mark.parametrize("after", [3, 40, 110])
def test_a_load_that_was_broken_off_goes_on(
    journey: JourneyWorld, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off(journey, after, monkeypatch)

    region.load(journey)

    guardians = journey.call("HQ-1", "GET", "/matching/v1/guardians?limit=100", must=True).body
    assert len(guardians["items"]) == 7
    cards = journey.call("CL-0", "GET", "/cards/v1/cards?limit=100", must=True).body
    assert len(cards["items"]) == 8
    public = journey.call(None, "GET", "/cards/v1/public/partners?region=ZR", must=True).body
    assert len(public["items"]) == 3


def test_a_load_that_broke_off_goes_on_the_next_day(monkeypatch: pytest.MonkeyPatch) -> None:
    with journey_world_at(monkeypatch, "2026-10-25 20:52") as journey:
        region.load(journey, cards="none")
        journey.advance(journey.now() + timedelta(days=1))

        region.load(journey, cards="none")
