"""A till over tables in memory, at noon."""

from collections.abc import Iterator

import pytest

from tests.cards.till.till_client import Clock, Kit, serving
from tests.support.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def kit() -> Kit:
    return Kit(MemoryDynamoDB())


@pytest.fixture(autouse=True)
def noon(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    with serving(kit, monkeypatch) as moved:
        yield moved
