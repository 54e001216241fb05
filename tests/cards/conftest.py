"""Cards alone, in the demo's region, in the week of its first orders."""

from collections.abc import Iterator

import pytest

from shared.storage import office_tables
from shared.storage.office_tables import process
from tests.cards.api_client import CardsClient
from tests.support.memory_s3 import MemoryS3
from tests.support.world import at, world_at


@pytest.fixture(autouse=True)
def read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read tables without a process of its own, whose start takes longer than most of them."""
    if request.node.get_closest_marker("alone") is None:
        monkeypatch.setattr(office_tables, "_answer_to", process.answer_to)


@pytest.fixture
def client() -> Iterator[CardsClient]:
    """The cards service with a running programme in ZR, on 2026-10-05 at 10:00."""
    with world_at(at("2026-10-05 10:00"), ("cards",)) as world:
        yield CardsClient(world)


@pytest.fixture
def s3(client: CardsClient) -> MemoryS3:
    """The files of the world under test."""
    return client.world.files
