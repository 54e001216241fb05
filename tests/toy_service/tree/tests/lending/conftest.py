"""A world with lending alone in it."""

from collections.abc import Iterator

import pytest

from tests.support.world import World, at, world_at


@pytest.fixture
def world() -> Iterator[World]:
    """Lending on a morning in autumn."""
    with world_at(at("2026-10-05 09:00"), ("lending",)) as found:
        yield found
