"""A till over tables in memory, at noon, and what it has checked."""

from collections.abc import Iterator

import pytest

from tests.cards.till.till_client import CARD, Clock, Shop, TillClient, serving
from tests.support.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def till_client() -> TillClient:
    return TillClient(MemoryDynamoDB())


@pytest.fixture(autouse=True)
def noon(till_client: TillClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    with serving(till_client, monkeypatch) as moved:
        yield moved


@pytest.fixture
def shop(till_client: TillClient) -> Shop:
    till_client.card(CARD)
    return till_client.shop()


@pytest.fixture
def check_id(till_client: TillClient, shop: Shop) -> str:
    return str(till_client.check(shop, number=CARD).body["check_id"])
