"""The till against moto: the requests are ones that DynamoDB's own parser accepts."""

from collections.abc import Iterator

import pytest

from tests.cards.till.till_client import CARD, DATA, OUTBOX, Clock, TillClient, serving
from tests.support.store_fixtures import TABLES, moto_store


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TillClient, Clock]]:
    with moto_store() as store:
        for name in (DATA, OUTBOX):
            like = store.client.describe_table(TableName=TABLES.data)["Table"]
            store.client.create_table(
                TableName=name,
                KeySchema=like["KeySchema"],
                AttributeDefinitions=like["AttributeDefinitions"],
                BillingMode="PAY_PER_REQUEST",
            )
        till_client = TillClient(store.client)
        with serving(till_client, monkeypatch) as moved:
            yield till_client, moved


def test_a_card_goes_through_its_whole_life_at_a_till(stored: tuple[TillClient, Clock]) -> None:
    till_client, noon = stored
    shop = till_client.shop()
    till_client.card(CARD, "issued")
    assert till_client.check(shop, number=CARD).body["reason"] == "not_activated"
    till_client.card(CARD)
    typed = till_client.check(shop, number=CARD, repeat="a")
    assert till_client.check(shop, number=CARD, repeat="a").body == typed.body
    code = till_client.turning_code(CARD)
    scanned = till_client.check(shop, code=code)
    assert scanned.body["valid"] and till_client.check(shop, code=code).body == scanned.body
    check_id = scanned.body["check_id"]
    assert till_client.buy(shop, check_id).status == 200
    assert till_client.buy(shop, check_id, 5).status == 409
    assert till_client.roll_back(shop, check_id).body == till_client.roll_back(shop, check_id).body
    till_client.card(CARD, "blocked")
    assert till_client.check(shop, code=code).body["reason"] == "not_valid"
    noon.move(minutes=1)
    for place in range(10):
        assert till_client.check(shop, number=f"20000000000000{place:02d}").status == 200
    assert till_client.check(shop, number=CARD).status == 429
    noon.move(minutes=16)
    till_client.card(CARD)
    for _ in range(10):
        noon.move(minutes=1)
        assert till_client.check(shop, number=CARD).body["valid"]
    assert not till_client.check(shop, number=CARD).body["valid"]
