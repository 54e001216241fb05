"""What a cashier sees before the first check."""

from dataclasses import replace

import pytest

from services.cards.till import domain
from services.cards.till_read_model import OfferSpan
from tests.cards.till.till_client import Clock, TillClient


def test_a_till_shows_its_outlet_and_the_discount_in_force(till_client: TillClient) -> None:
    shop = till_client.shop()

    answer = till_client.outlet(shop)

    assert answer.status == 200
    assert answer.body == {
        "outlet_id": shop.outlet_id,
        "title": None,
        "sandbox": False,
        "discount_percent": 7,
        "discount_kopecks": 0,
        "minimum_purchase_kopecks": 0,
        "offer_id": "ofr_1",
        "message": "Скидка по карте приёмного родителя: 7 %.",
    }
    assert [name for name, _ in till_client.recorder.taken()] == ["BatchGetItem"]


def test_a_discount_that_has_ended_is_none(till_client: TillClient, noon: Clock) -> None:
    shop = till_client.shop()
    till_client.partner(shop, offers=[OfferSpan("ofr_1", 7, 0, int(noon.moment.timestamp()))])

    answer = till_client.outlet(shop).body

    sizes = ("discount_percent", "discount_kopecks", "minimum_purchase_kopecks")
    assert [answer[size] for size in sizes] == [0, 0, 0] and answer["offer_id"] is None
    assert answer["message"].startswith("Сейчас скидки")


def test_a_pause_is_told(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.partner(shop, "paused")

    answer = till_client.outlet(shop).body

    assert answer["offer_id"] is None and "на паузе" in answer["message"]


@pytest.mark.parametrize("status", ["negotiating", "active", "paused"])
def test_a_sandbox_key_says_that_it_is_one(till_client: TillClient, status: str) -> None:
    shop = till_client.shop(sandbox=True)
    till_client.partner(shop, status, offers=[])

    answer = till_client.outlet(shop).body

    assert answer["sandbox"] and answer["message"].startswith("Пробный ключ")
    assert answer["discount_percent"] == 7


def test_a_locked_key_still_shows_its_outlet(till_client: TillClient) -> None:
    shop = till_client.shop()
    for count in range(domain.BAD_TRIES_A_MINUTE):
        till_client.check(shop, number=f"20000000{count:08d}")

    assert till_client.outlet(shop).status == 200


@pytest.mark.parametrize(
    ("partner", "key", "status", "code"),
    [
        ("ended", "live", 403, "partner_ended"),
        ("negotiating", "live", 403, "partner_not_published"),
        ("active", "revoked", 401, "store_key_expired"),
    ],
)
def test_who_may_not_check_sees_nothing(
    till_client: TillClient, partner: str, key: str, status: int, code: str
) -> None:
    shop = till_client.shop()
    till_client.partner(shop, partner)
    till_client.key(shop, key)

    assert till_client.outlet(replace(shop, secret="guessed")).status == 401
    answer = till_client.outlet(shop)
    assert (answer.status, answer.body["code"]) == (status, code)
