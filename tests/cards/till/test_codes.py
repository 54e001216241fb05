"""Codes that turn: used once per outlet and step, worthless a minute later."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.cards.till import records
from services.cards.till.contract import CheckPath
from tests.cards.till.till_client import NOON, Clock, Shop, TillClient

CARD = "1000000000000009"


@pytest.mark.requirement("S0-42")
def test_a_second_scan_of_a_code_gives_the_same_check(kit: TillClient) -> None:
    shop = kit.shop()
    kit.card(CARD)
    code = kit.turning_code(CARD)

    first, second = (kit.check(shop, code=code) for _ in range(2))

    assert first.body["valid"]
    assert second.body == first.body
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(kit.records()) == 1


def test_the_same_code_at_another_outlet_is_a_check_of_its_own(kit: TillClient) -> None:
    kit.card(CARD)
    code = kit.turning_code(CARD)
    shops = [kit.shop(), kit.shop(partner_id="par_01JSECOND", outlet_id="out_01JSECOND")]

    told = [kit.check(shop, code=code).body for shop in shops]

    assert all(body["valid"] for body in told)
    assert told[0]["check_id"] != told[1]["check_id"]


@pytest.mark.parametrize("skew", [-30, -1, 0, 29, 30])
def test_a_phone_whose_clock_is_a_step_off_is_believed(kit: TillClient, skew: int) -> None:
    shop = kit.shop()
    kit.card(CARD)

    assert kit.check(shop, code=kit.turning_code(CARD, NOON + timedelta(seconds=skew))).body[
        "valid"
    ]


@pytest.mark.parametrize("age", [60, 61, 600, -60])
def test_a_screenshot_a_minute_old_is_not_valid(kit: TillClient, noon: Clock, age: int) -> None:
    shop = kit.shop()
    kit.card(CARD)
    code = kit.turning_code(CARD)
    noon.move(seconds=age)

    assert kit.check(shop, code=code).body["reason"] == "not_valid"


def test_codes_of_a_phone_that_was_replaced_are_void(kit: TillClient) -> None:
    shop = kit.shop()
    kit.card(CARD, generation=2)

    assert kit.check(shop, code=kit.turning_code(CARD)).body["reason"] == "not_valid"
    assert kit.check(shop, code=kit.static_code(CARD)).body["reason"] == "not_valid"
    assert kit.check(shop, code=kit.turning_code(CARD, generation=2)).body["valid"]


def test_the_scanner_may_read_the_number_too(kit: TillClient) -> None:
    shop = kit.shop()
    kit.card(CARD)

    assert kit.check(shop, code=CARD + "\r\n").body["valid"]
    assert kit.check(shop, code=kit.static_code(CARD).lower() + "\r\n").body["valid"]


def test_a_printed_code_of_an_issued_card_is_not_activated(kit: TillClient) -> None:
    shop = kit.shop()
    kit.card(CARD, "issued")

    assert kit.check(shop, code=kit.static_code(CARD)).body["reason"] == "not_activated"


@pytest.mark.requirement("S0-42", "X-11")
def test_the_same_idempotency_key_gives_the_same_check_counted_once(
    kit: TillClient, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = kit.shop()
    kit.card(CARD)

    told = [kit.check(shop, number=CARD, repeat="till-7/42") for _ in range(3)]

    assert len({answer.body["check_id"] for answer in told}) == 1
    assert len(kit.records()) == 1
    assert capsys.readouterr().out.count('"card_checked":[1.0]') == 1
    other = kit.check(shop, number="1000000000000018", repeat="till-7/42")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_a_repeat_after_the_card_was_blocked_says_what_was_said(kit: TillClient) -> None:
    shop = kit.shop()
    kit.card(CARD)
    first = kit.check(shop, number=CARD, repeat="once")
    kit.card(CARD, "blocked")

    assert kit.check(shop, number=CARD, repeat="once").body == first.body
    assert kit.check(shop, number=CARD).body["reason"] == "not_valid"


def test_a_check_id_looks_like_every_other_id(kit: TillClient) -> None:
    found = {records.check_id(kit.secrets, "scan", "H", step) for step in range(500)}

    assert len(found) == 500
    assert all(CheckPath(check_id=each).check_id == each for each in found)
    for other in ("chk_1", "chk_" + "U" * 26, "par_" + "0" * 26, "chk_" + "0" * 26 + "\n"):
        with pytest.raises(ValidationError):
            CheckPath(check_id=other)


@pytest.mark.requirement("S0-47")
def test_a_block_that_was_answered_is_felt_by_the_very_next_check(kit: TillClient) -> None:
    shop = kit.shop()
    kit.card(CARD)
    assert kit.check(shop, code=kit.turning_code(CARD)).body["valid"]

    kit.card(CARD, "blocked")

    assert kit.check(shop, code=kit.turning_code(CARD)).body["reason"] == "not_valid"
    assert kit.check(shop, number=CARD).body["reason"] == "not_valid"


def test_a_block_that_comes_between_reading_and_counting_wins(kit: TillClient) -> None:
    shop: Shop = kit.shop()
    kit.card(CARD)
    kit.recorder.before["transact_write_items"] = lambda: kit.card(CARD, "blocked") and None

    assert kit.check(shop, number=CARD).body["reason"] == "not_valid"
    assert [name for name, _ in kit.recorder.calls] == ["BatchGetItem", "TransactWriteItems"] * 2
