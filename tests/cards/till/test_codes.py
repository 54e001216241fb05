"""Codes that turn: used once per outlet and step, worthless a minute later."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from services.cards.till import records
from services.cards.till.commands import CheckId
from tests.cards.till.till_client import CARD, NOON, Clock, Shop, TillClient


def test_a_second_scan_of_a_code_gives_the_same_check_and_the_next_code_another(
    till_client: TillClient, noon: Clock
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    code = till_client.turning_code(CARD)

    first, second = (till_client.check(shop, code=code) for _ in range(2))

    assert first.body["valid"]
    assert second.body == first.body
    assert second.headers["Idempotency-Replayed"] == "true"
    assert sum("pending" in row for row in till_client.records().values()) == 1
    noon.move(seconds=30)
    third = till_client.check(shop, code=till_client.turning_code(CARD))
    assert third.body["valid"] and third.body["check_id"] != first.body["check_id"]


def test_the_same_code_at_another_outlet_is_a_check_of_its_own(till_client: TillClient) -> None:
    till_client.card(CARD)
    code = till_client.turning_code(CARD)
    shops = [
        till_client.shop(),
        till_client.shop(partner_id="par_01JSECOND", outlet_id="out_01JSECOND"),
    ]

    told = [till_client.check(shop, code=code).body for shop in shops]

    assert all(body["valid"] for body in told)
    assert told[0]["check_id"] != told[1]["check_id"]


@pytest.mark.parametrize("skew", [-30, -1, 0, 29, 30])
def test_a_phone_whose_clock_is_a_step_off_is_believed(till_client: TillClient, skew: int) -> None:
    shop = till_client.shop()
    till_client.card(CARD)

    assert till_client.check(
        shop, code=till_client.turning_code(CARD, NOON + timedelta(seconds=skew))
    ).body["valid"]


@pytest.mark.parametrize("age", [60, 61, 600, -60])
def test_a_screenshot_a_minute_old_is_not_valid(
    till_client: TillClient, noon: Clock, age: int
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    code = till_client.turning_code(CARD)
    noon.move(seconds=age)

    assert till_client.check(shop, code=code).body["reason"] == "not_valid"


def test_codes_of_a_phone_that_was_replaced_are_void(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.card(CARD, generation=2)

    assert (
        till_client.check(shop, code=till_client.turning_code(CARD)).body["reason"] == "not_valid"
    )
    assert till_client.check(shop, code=till_client.static_code(CARD)).body["reason"] == "not_valid"
    assert till_client.check(shop, code=till_client.turning_code(CARD, generation=2)).body["valid"]


def test_the_scanner_may_read_the_number_too(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.card(CARD)

    assert till_client.check(shop, code=CARD + "\r\n").body["valid"]
    assert till_client.check(shop, code=till_client.static_code(CARD).lower() + "\r\n").body[
        "valid"
    ]


def test_a_printed_code_of_an_issued_card_is_not_activated(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.card(CARD, "issued")

    assert (
        till_client.check(shop, code=till_client.static_code(CARD)).body["reason"]
        == "not_activated"
    )


@pytest.mark.requirement("X-11")
def test_the_same_idempotency_key_gives_the_same_check_counted_once(
    till_client: TillClient, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)

    told = [till_client.check(shop, number=CARD, repeat="till-7/42") for _ in range(3)]

    assert len({answer.body["check_id"] for answer in told}) == 1
    assert len(till_client.records()) == 1
    assert capsys.readouterr().out.count('"card_checked":[1.0]') == 1
    other = till_client.check(shop, number="1000000000000018", repeat="till-7/42")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_a_check_id_looks_like_every_other_id(till_client: TillClient) -> None:
    found = {records.check_id(till_client.secrets, "scan", "H", step) for step in range(500)}

    assert len(found) == 500
    accepted = TypeAdapter(CheckId)
    assert all(accepted.validate_python(each) == each for each in found)
    for other in ("chk_1", "chk_" + "U" * 26, "par_" + "0" * 26, "chk_" + "0" * 26 + "\n"):
        with pytest.raises(ValidationError):
            accepted.validate_python(other)


def test_a_block_that_was_answered_is_felt_by_the_very_next_check(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    assert till_client.check(shop, code=till_client.turning_code(CARD)).body["valid"]

    till_client.card(CARD, "blocked")

    assert (
        till_client.check(shop, code=till_client.turning_code(CARD)).body["reason"] == "not_valid"
    )
    assert till_client.check(shop, number=CARD).body["reason"] == "not_valid"


def test_a_block_that_comes_between_reading_and_counting_wins(till_client: TillClient) -> None:
    shop: Shop = till_client.shop()
    till_client.card(CARD)

    def block() -> None:
        till_client.card(CARD, "blocked")

    till_client.recorder.before["transact_write_items"] = block

    assert till_client.check(shop, number=CARD).body["reason"] == "not_valid"
    assert [name for name, _ in till_client.recorder.calls] == [
        "BatchGetItem",
        "TransactWriteItems",
    ] * 2
