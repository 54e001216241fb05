"""A store in memory, and the hour that a test says it is."""

from datetime import datetime

import pytest

from shared import clock
from shared.storage.store import Store
from shared.storage.tables import Tables
from tests.shared.messaging.deliveries import NOW
from tests.support.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def tables() -> MemoryDynamoDB:
    return MemoryDynamoDB()


@pytest.fixture
def store(tables: MemoryDynamoDB) -> Store:
    return Store(tables, Tables("d", "o", "a", "k"))


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    held = {"now": NOW}
    monkeypatch.setattr(clock, "now", lambda: held["now"])
    return held
