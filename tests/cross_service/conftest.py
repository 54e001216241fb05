"""All services in one process, on the morning of a working day."""

from collections.abc import Iterator

import pytest

from tests.cross_service.region import RegionClient
from tests.support.world import at


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[RegionClient]:
    """A staffed region where nobody has called yet."""
    with RegionClient.staffed_at(at("2026-09-14 10:00"), monkeypatch) as found:
        yield found
