"""Tables of offices, read where the test runs; a store behind a wire that a test disturbs."""

import pytest

from shared import budget
from shared.storage import office_tables
from shared.storage.office_tables import process
from shared.storage.store import Store
from tests.shared.storage.wire import TABLES, Wire
from tests.support.botocore_retries import StandardRetries


@pytest.fixture(autouse=True)
def read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without a process of its own, whose start takes longer than most files."""
    if request.node.get_closest_marker("alone") is None:
        monkeypatch.setattr(office_tables, "_answer_to", process.answer_to)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def store(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(budget, "give_way", lambda _: None)
    return Store(StandardRetries(wire), TABLES)
