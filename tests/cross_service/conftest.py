"""All services in one process, on the morning of a working day."""

from collections.abc import Iterator

import pytest

from services.notifications.channels.registry import Channels
from tests.cross_service.region import RegionClient
from tests.notifications.fakes import FakeProvider
from tests.support.world import at, world_at


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[RegionClient]:
    """A staffed region where nobody has called yet."""
    with world_at(at("2026-09-14 10:00")) as world:
        gateway = FakeProvider()
        monkeypatch.setattr(Channels, "connect", lambda: gateway)
        world.environment = {"PUBLIC_URL": "https://ryadom.test"}
        found = RegionClient(world, gateway)
        found.staffed()
        yield found
