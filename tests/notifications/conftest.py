"""Notifications alone, between a gateway and owners that do as they are told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifications.channels.registry import Channels
from tests.notifications.carrier_stage import Stage, carrier_stage
from tests.notifications.fakes import HQ, FakeContactOwners, FakeProvider, NotificationsHarness
from tests.support.api import Api
from tests.support.world import at, world_at


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotificationsHarness]:
    """A Monday at ten in the morning."""
    with world_at(at("2026-09-14 10:00"), ("notifications",)) as world:
        gateway, owners = FakeProvider(), FakeContactOwners()
        world.environment = {"API_URL": "https://ryadom.test"}
        world.functions = owners  # type: ignore[assignment]
        monkeypatch.setattr(Channels, "connect", lambda: gateway)
        yield NotificationsHarness(world, gateway, owners)


@pytest.fixture
def api(harness: NotificationsHarness) -> Api:
    """The API as headquarters calls it."""
    return harness.world.api("notifications", HQ)


@pytest.fixture
def public(harness: NotificationsHarness) -> Api:
    """The API as anybody calls it."""
    return harness.world.api("notifications")


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Notifications with real channels over the carriers' fake servers."""
    with carrier_stage(tmp_path, monkeypatch) as made:
        yield made
