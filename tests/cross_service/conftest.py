"""All services in one process, on the morning of a working day."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifications.messages import gateway as gateway_module
from tests.cross_service.region import Town
from tests.notifications.fakes import FakeGateway
from tests.support.world import at, world_at


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A staffed region where nobody has called yet."""
    with world_at(tmp_path, at("2026-09-14 10:00")) as world:
        gateway = FakeGateway()
        monkeypatch.setattr(gateway_module, "gateway", lambda: gateway)
        world.environment = {"PUBLIC_URL": "https://ryadom.test"}
        found = Town(world, gateway)
        found.staffed()
        yield found
