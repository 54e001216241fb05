"""A world with intake alone in it: what matching would tell is put on the queue by hand."""

from collections.abc import Iterator

import pytest

from tests.intake.api_client import IntakeClient
from tests.support.world import at, world_at


@pytest.fixture
def client() -> Iterator[IntakeClient]:
    """Intake on the morning of the demo story."""
    with world_at(at("2026-09-14 09:40"), ("intake",)) as world:
        yield IntakeClient(world)
