"""What was bought under a check: told once, taken back whole."""

import pytest

from tests.cards.till.till_client import Clock, Shop, TillClient

CARD = "1000000000000009"


@pytest.fixture
def shop(till_client: TillClient) -> Shop:
    till_client.card(CARD)
    return till_client.shop()


@pytest.fixture
def check_id(till_client: TillClient, shop: Shop) -> str:
    return str(till_client.check(shop, number=CARD).body["check_id"])


def test_a_purchase_of_2000_at_7_percent_saves_140(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    answer = till_client.buy(shop, check_id, 200_000)

    assert answer.status == 200
    assert answer.body == {
        "check_id": check_id,
        "status": "recorded",
        "amount_kopecks": 200_000,
        "saved_kopecks": 14_000,
        "receipt_id": "0001-42",
    }


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("2000", "int_type"),
        ("2000,00", "int_type"),
        (2000.5, "int_type"),
        (True, "int_type"),
        (None, "int_type"),
        (0, "greater_than_equal"),
        (-5, "greater_than_equal"),
        (10**11, "less_than_equal"),
    ],
)
def test_a_price_is_a_whole_number_of_kopecks(
    till_client: TillClient, shop: Shop, check_id: str, amount: object, code: str
) -> None:
    answer = till_client.buy(shop, check_id, amount)

    assert answer.status == 422
    assert [(e["pointer"], e["code"]) for e in answer.body["errors"]] == [("/amount_kopecks", code)]


def test_a_receipt_number_is_needed_and_readable(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    assert till_client.buy(shop, check_id, receipt_id="").status == 422
    assert till_client.buy(shop, check_id, receipt_id="1\u202e2").status == 422
    missing = till_client.post(f"/v1/card-checks/{check_id}/purchase", {"amount_kopecks": 5}, shop)
    assert missing.body["errors"][0]["code"] == "required"


def test_a_purchase_is_recorded_once(till_client: TillClient, shop: Shop, check_id: str) -> None:
    first = till_client.buy(shop, check_id, repeat="a")
    again = till_client.buy(shop, check_id, repeat="a")
    same_in_other_words = till_client.buy(shop, check_id, repeat="b")
    other = till_client.buy(shop, check_id, 300_000, repeat="c")
    reused = till_client.buy(shop, check_id, 300_000, repeat="a")

    assert first.body == again.body == same_in_other_words.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status, other.body["code"]) == (409, "purchase_recorded")
    assert other.body["next_steps"][0]["action"] == "rollback"
    assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")
    assert len([key for key in till_client.records() if key[1] == "PURCHASE"]) == 1


def test_a_purchase_counts_when_the_card_was_blocked_after_the_check(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.card(CARD, "blocked")

    assert till_client.buy(shop, check_id).status == 200


def test_a_check_that_was_refused_has_no_purchase(till_client: TillClient, shop: Shop) -> None:
    check_id = till_client.check(shop, number="1000000000000018").body["check_id"]
    answer = till_client.buy(shop, check_id)

    assert (answer.status, answer.body["code"]) == (409, "check_refused")


def test_a_purchase_is_told_within_a_day(
    till_client: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    noon.move(hours=24)
    late = till_client.buy(shop, check_id)
    noon.move(seconds=-1)

    assert (late.status, late.body["code"]) == (409, "purchase_too_late")
    assert till_client.buy(shop, check_id).status == 200


def test_a_purchase_is_taken_back_whole_and_a_second_time_changes_nothing(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.buy(shop, check_id)
    first = till_client.roll_back(shop, check_id)
    second = till_client.roll_back(shop, check_id)

    assert first.body["status"] == "rolled_back"
    assert first.body["amount_kopecks"] == 200_000
    assert first.body == second.body
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len([key for key in till_client.records() if key[1] == "ROLLBACK"]) == 1
    again = till_client.buy(shop, check_id, 1)
    assert (again.status, again.body["code"]) == (409, "purchase_recorded")


def test_there_is_nothing_to_take_back_before_a_purchase(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    answer = till_client.roll_back(shop, check_id)

    assert (answer.status, answer.body["code"]) == (409, "no_purchase")


def test_a_rollback_must_not_say_how_much(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.buy(shop, check_id)

    answer = till_client.post(f"/v1/card-checks/{check_id}/rollback", {"amount_kopecks": 5}, shop)

    assert answer.body["errors"][0]["pointer"] == "/amount_kopecks"


def test_a_purchase_is_taken_back_within_thirty_days(
    till_client: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    till_client.buy(shop, check_id)
    noon.move(days=30)
    late = till_client.roll_back(shop, check_id)
    noon.move(seconds=-1)

    assert (late.status, late.body["code"]) == (409, "rollback_too_late")
    assert till_client.roll_back(shop, check_id).status == 200


def test_a_check_nobody_made_has_no_purchase(till_client: TillClient, shop: Shop) -> None:
    assert till_client.buy(shop, "chk_00000000000000000000000000").status == 404


@pytest.mark.requirement("S0-40")
def test_an_ended_partner_tells_no_purchase(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.partner(shop, "ended")

    assert till_client.buy(shop, check_id).status == 403
