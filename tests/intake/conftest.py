"""A world with intake alone in it: what matching would tell is put on the queue by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.api_client import IntakeClient
from tests.support.world import at, world_at


@pytest.fixture
def client(tmp_path: Path) -> Iterator[IntakeClient]:
    """Intake on the morning of the demo story."""
    with world_at(tmp_path, at("2026-09-14 09:40"), ("intake",)) as world:
        yield IntakeClient(world)
