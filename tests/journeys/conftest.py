"""Worlds in which the stories of the demo are played."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.journey_world import JourneyWorld, journey_world_at
from tests.support.carriers import carrier_server


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch) -> Iterator[JourneyWorld]:
    """All services in one process, before anything has happened."""
    with journey_world_at(monkeypatch) as found:
        yield found


@pytest.fixture
def journey_at_carriers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JourneyWorld]:
    """All services in one process, whose messages go to the carriers' servers."""
    with (
        carrier_server(tmp_path) as server,
        journey_world_at(monkeypatch, carriers=server) as found,
    ):
        yield found
