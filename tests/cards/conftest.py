"""Cards alone, in the demo's region, in the week of its first orders."""

from collections.abc import Iterator

import pytest

from tests.cards.api_client import CardsClient
from tests.support.world import at, world_at


@pytest.fixture
def client() -> Iterator[CardsClient]:
    """The cards service with a running programme in ZR, on 2026-10-05 at 10:00."""
    with world_at(at("2026-10-05 10:00"), ("cards",)) as world:
        yield CardsClient(world)
