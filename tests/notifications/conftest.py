"""Notifications alone, between a gateway and owners that do as they are told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifications.channels.regional_gateway import RegionalGateway
from tests.notifications.fakes import FakeContactOwners, FakeProvider, NotificationsHarness
from tests.support.world import at, world_at


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotificationsHarness]:
    """A Monday at ten in the morning."""
    with world_at(tmp_path, at("2026-09-14 10:00"), ("notifications",)) as world:
        gateway, owners = FakeProvider(), FakeContactOwners()
        world.environment = {"PUBLIC_URL": "https://ryadom.test"}
        world.functions = owners  # type: ignore[assignment]
        monkeypatch.setattr(RegionalGateway, "connect", lambda: gateway)
        yield NotificationsHarness(world, gateway, owners)
