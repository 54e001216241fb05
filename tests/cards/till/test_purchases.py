"""What was bought under a check: told once, taken back whole."""

import pytest

from tests.cards.till.till_client import Clock, Shop, TillClient

CARD = "1000000000000009"


@pytest.fixture
def shop(kit: TillClient) -> Shop:
    kit.card(CARD)
    return kit.shop()


@pytest.fixture
def check_id(kit: TillClient, shop: Shop) -> str:
    return str(kit.check(shop, number=CARD).body["check_id"])


def test_a_purchase_of_2000_at_7_percent_saves_140(
    kit: TillClient, shop: Shop, check_id: str
) -> None:
    answer = kit.buy(shop, check_id, 200_000)

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
    kit: TillClient, shop: Shop, check_id: str, amount: object, code: str
) -> None:
    answer = kit.buy(shop, check_id, amount)

    assert answer.status == 422
    assert [(e["pointer"], e["code"]) for e in answer.body["errors"]] == [("/amount_kopecks", code)]


def test_a_receipt_number_is_needed_and_readable(
    kit: TillClient, shop: Shop, check_id: str
) -> None:
    assert kit.buy(shop, check_id, receipt_id="").status == 422
    assert kit.buy(shop, check_id, receipt_id="1\u202e2").status == 422
    missing = kit.post(f"/v1/card-checks/{check_id}/purchase", {"amount_kopecks": 5}, shop)
    assert missing.body["errors"][0]["code"] == "required"


def test_a_purchase_is_recorded_once(kit: TillClient, shop: Shop, check_id: str) -> None:
    first = kit.buy(shop, check_id, repeat="a")
    again = kit.buy(shop, check_id, repeat="a")
    same_in_other_words = kit.buy(shop, check_id, repeat="b")
    other = kit.buy(shop, check_id, 300_000, repeat="c")
    reused = kit.buy(shop, check_id, 300_000, repeat="a")

    assert first.body == again.body == same_in_other_words.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status, other.body["code"]) == (409, "purchase_recorded")
    assert other.body["next_steps"][0]["action"] == "rollback"
    assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")
    assert len([key for key in kit.records() if key[1] == "PURCHASE"]) == 1


def test_a_purchase_counts_when_the_card_was_blocked_after_the_check(
    kit: TillClient, shop: Shop, check_id: str
) -> None:
    kit.card(CARD, "blocked")

    assert kit.buy(shop, check_id).status == 200


def test_a_check_that_was_refused_has_no_purchase(kit: TillClient, shop: Shop) -> None:
    check_id = kit.check(shop, number="1000000000000018").body["check_id"]
    answer = kit.buy(shop, check_id)

    assert (answer.status, answer.body["code"]) == (409, "check_refused")


def test_a_purchase_is_told_within_a_day(
    kit: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    noon.move(hours=24)
    late = kit.buy(shop, check_id)
    noon.move(seconds=-1)

    assert (late.status, late.body["code"]) == (409, "purchase_too_late")
    assert kit.buy(shop, check_id).status == 200


def test_a_purchase_is_taken_back_whole_and_a_second_time_changes_nothing(
    kit: TillClient, shop: Shop, check_id: str
) -> None:
    kit.buy(shop, check_id)
    first = kit.roll_back(shop, check_id)
    second = kit.roll_back(shop, check_id)

    assert first.body["status"] == "rolled_back"
    assert first.body["amount_kopecks"] == 200_000
    assert first.body == second.body
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len([key for key in kit.records() if key[1] == "ROLLBACK"]) == 1
    again = kit.buy(shop, check_id, 1)
    assert (again.status, again.body["code"]) == (409, "purchase_recorded")


def test_there_is_nothing_to_take_back_before_a_purchase(
    kit: TillClient, shop: Shop, check_id: str
) -> None:
    answer = kit.roll_back(shop, check_id)

    assert (answer.status, answer.body["code"]) == (409, "no_purchase")


def test_a_rollback_must_not_say_how_much(kit: TillClient, shop: Shop, check_id: str) -> None:
    kit.buy(shop, check_id)

    answer = kit.post(f"/v1/card-checks/{check_id}/rollback", {"amount_kopecks": 5}, shop)

    assert answer.body["errors"][0]["pointer"] == "/amount_kopecks"


def test_a_purchase_is_taken_back_within_thirty_days(
    kit: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    kit.buy(shop, check_id)
    noon.move(days=30)
    late = kit.roll_back(shop, check_id)
    noon.move(seconds=-1)

    assert (late.status, late.body["code"]) == (409, "rollback_too_late")
    assert kit.roll_back(shop, check_id).status == 200


def test_a_check_nobody_made_has_no_purchase(kit: TillClient, shop: Shop) -> None:
    assert kit.buy(shop, "chk_00000000000000000000000000").status == 404


@pytest.mark.requirement("S0-40")
def test_an_ended_partner_tells_no_purchase(kit: TillClient, shop: Shop, check_id: str) -> None:
    kit.partner(shop, "ended")

    assert kit.buy(shop, check_id).status == 403
