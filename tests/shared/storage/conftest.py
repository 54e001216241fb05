"""Tables of offices, read where the test runs."""

import pytest

from shared.storage import office_tables
from shared.storage.office_tables import process


@pytest.fixture(autouse=True)
def read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without a process of its own, whose start takes longer than most files."""
    if request.node.get_closest_marker("alone") is None:
        monkeypatch.setattr(office_tables, "_answer_to", process.answer_to)
