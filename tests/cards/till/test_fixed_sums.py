"""A discount of a fixed sum: what the cashier reads, and what a family keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cards.till import domain
from services.cards.till_read_model import OfferSpan
from tests.cards.till.till_client import CARD, Shop, TillClient

ANY_PURCHASE = OfferSpan("ofr_3", 0, 0, 0, kopecks=30_000)
FROM_2000 = OfferSpan("ofr_4", 0, 0, 0, kopecks=30_050, minimum=200_000)


def shop_with(till_client: TillClient, offer: OfferSpan) -> Shop:
    shop = till_client.shop()
    till_client.partner(shop, offers=[offer])
    till_client.card(CARD)
    return shop


@pytest.mark.parametrize(
    ("offer", "size"),
    [
        (ANY_PURCHASE, "300 ₽, но не больше суммы покупки"),
        (FROM_2000, "300,50 ₽ при покупке от 2\u00a0000 ₽"),
    ],
)
def test_the_cashier_reads_the_sum(till_client: TillClient, offer: OfferSpan, size: str) -> None:
    shop = shop_with(till_client, offer)

    check, outlet = till_client.check(shop, number=CARD).body, till_client.outlet(shop).body

    assert check["message"] == f"Карта действует: сделайте скидку {size}."
    assert outlet["message"] == f"Скидка по карте приёмного родителя: {size}."
    for told in (check, outlet):
        assert told["discount_percent"] == 0
        assert told["discount_kopecks"] == offer.kopecks
        assert told["minimum_purchase_kopecks"] == offer.minimum
        assert told["offer_id"] == offer.offer_id


def test_a_repeat_and_a_refusal_say_what_they_should(till_client: TillClient) -> None:
    shop = shop_with(till_client, FROM_2000)

    first = till_client.check(shop, repeat="a", number=CARD)
    till_client.partner(shop)  # the discount has changed to 7 % since
    again = till_client.check(shop, repeat="a", number=CARD)
    refused = till_client.check(shop, number="4000000000000001").body

    assert again.body == first.body
    assert not any((refused["discount_kopecks"], refused["minimum_purchase_kopecks"]))


@pytest.mark.parametrize(
    ("offer", "amount", "saved"),
    [
        (ANY_PURCHASE, 200_000, 30_000),
        (ANY_PURCHASE, 30_000, 30_000),
        (ANY_PURCHASE, 29_999, 29_999),
        (ANY_PURCHASE, 1, 1),
        (FROM_2000, 200_000, 30_050),
    ],
)
def test_a_family_keeps_the_sum_and_never_more_than_the_price(
    till_client: TillClient, offer: OfferSpan, amount: int, saved: int
) -> None:
    shop = shop_with(till_client, offer)
    check_id = till_client.check(shop, number=CARD).body["check_id"]

    answer = till_client.buy(shop, check_id, amount)

    assert (answer.status, answer.body["saved_kopecks"]) == (200, saved)


def test_too_small_a_purchase_is_sold_without_and_a_larger_one_may_follow(
    till_client: TillClient,
) -> None:
    shop = shop_with(till_client, FROM_2000)
    check_id = till_client.check(shop, number=CARD).body["check_id"]

    small = till_client.buy(shop, check_id, 199_999)
    large = till_client.buy(shop, check_id, 200_000)
    smaller_still = till_client.buy(shop, check_id, 100)

    assert (small.status, small.body["code"]) == (422, "purchase_below_minimum")
    assert "от 2\u00a0000 ₽" in small.body["detail"] and "без скидки" in small.body["detail"]
    assert large.body["saved_kopecks"] == 30_050
    assert smaller_still.body["code"] == "purchase_recorded"


def test_what_is_returned_takes_its_share_of_the_sum_with_it(till_client: TillClient) -> None:
    shop = shop_with(till_client, ANY_PURCHASE)
    check_id = till_client.check(shop, number=CARD).body["check_id"]
    till_client.buy(shop, check_id, 100_000)

    part = till_client.roll_back(shop, check_id, amount_kopecks=50_000).body
    rest = till_client.roll_back(shop, check_id).body

    assert [each["saved_kopecks"] for each in (part, rest)] == [15_000, 15_000]


def test_half_a_kopeck_is_rounded_up() -> None:
    assert [domain.saved(amount, 1, 0) for amount in (49, 50, 149, 150)] == [0, 1, 1, 2]


@given(
    amount=st.integers(1, 10**10),
    percent=st.integers(0, 100),
    kopecks=st.integers(0, 10**9),
)
def test_no_discount_is_larger_than_the_price(amount: int, percent: int, kopecks: int) -> None:
    assert 0 <= domain.saved(amount, percent, kopecks) <= amount
