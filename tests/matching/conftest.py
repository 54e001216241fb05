"""A world with matching alone in it: what intake would tell is put on the queue by hand."""

from collections.abc import Iterator

import pytest

from tests.matching.api_client import MatchingClient
from tests.support.world import at, world_at


@pytest.fixture
def client() -> Iterator[MatchingClient]:
    """Matching on the morning of the demo story, with a headquarters in both regions."""
    with world_at(at("2026-09-01 09:00"), ("matching",)) as world:
        found = MatchingClient(world)
        found.staffed()
        yield found
