"""A till over tables in memory, at noon."""

from collections.abc import Iterator

import pytest

from tests.cards.till.till_client import Clock, TillClient, serving
from tests.support.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def till_client() -> TillClient:
    return TillClient(MemoryDynamoDB())


@pytest.fixture(autouse=True)
def noon(till_client: TillClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    with serving(till_client, monkeypatch) as moved:
        yield moved
