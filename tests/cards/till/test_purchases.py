"""What was bought under a check is told once, within a day."""

import json
from datetime import UTC, datetime

import pytest

from tests.cards.till.till_client import CARD, Clock, Shop, TillAnswer, TillClient


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
        "left_kopecks": 200_000,
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
    for receipt in ("", " ", "\n", "1\u202e2", "1\n2", "1\t2"):
        assert till_client.buy(shop, check_id, receipt_id=receipt).status == 422
    missing = till_client.post(f"/v1/card-checks/{check_id}/purchase", {"amount_kopecks": 5}, shop)
    assert missing.body["errors"][0]["code"] == "required"


def test_a_receipt_number_is_the_same_with_the_line_end_of_a_scanner(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    scanned = till_client.buy(shop, check_id, receipt_id="0001-42\r\n")

    assert scanned.body["receipt_id"] == "0001-42"
    assert till_client.buy(shop, check_id).body == scanned.body


def test_a_purchase_is_recorded_once(
    till_client: TillClient, shop: Shop, check_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = till_client.buy(shop, check_id, repeat="a")
    again = till_client.buy(shop, check_id, repeat="a")
    same_in_other_words = till_client.buy(shop, check_id, repeat="b")
    other = till_client.buy(shop, check_id, 300_000, repeat="c")
    other_receipt = till_client.buy(shop, check_id, receipt_id="0001-43")
    reused = till_client.buy(shop, check_id, 300_000, repeat="a")

    assert first.body == again.body == same_in_other_words.body
    assert again.headers["Idempotency-Replayed"] == "true"
    for each in (other, other_receipt):
        assert (each.status, each.body["code"]) == (409, "purchase_recorded")
    steps = [step["action"] for step in other.body["next_steps"]]
    assert steps == ["rollback", "check_again"]
    assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")
    assert len([key for key in till_client.records() if key[1] == "PURCHASE"]) == 1
    assert capsys.readouterr().out.count('"purchase_recorded":[1.0]') == 1


def test_a_purchase_counts_when_the_card_was_blocked_after_the_check(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.card(CARD, "blocked")

    assert till_client.buy(shop, check_id).status == 200


def test_a_check_that_was_refused_has_no_purchase(till_client: TillClient, shop: Shop) -> None:
    check_id = till_client.check(shop, number="1000000000000018").body["check_id"]
    answer = till_client.buy(shop, check_id)

    assert (answer.status, answer.body["code"]) == (409, "check_refused")
    assert [step["action"] for step in answer.body["next_steps"]] == ["check_again"]


def test_a_purchase_is_told_within_a_day(
    till_client: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    noon.move(hours=24)
    late = till_client.buy(shop, check_id)
    noon.move(seconds=-1)

    assert (late.status, late.body["code"]) == (409, "purchase_too_late")
    assert till_client.buy(shop, check_id).status == 200


def test_a_refusal_offers_what_this_till_can_do_now(
    till_client: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    other = Shop(outlet_id="out_01JSECOND", key_id="key_01JSECOND", secret="second", number=2)
    trial = Shop(key_id="key_01JTRIAL", secret="trial", sandbox=True)
    for each in (other, trial):
        till_client.key(each)
    unknown = till_client.check(trial, number="0000000000000021").body["check_id"]
    refused = till_client.check(shop, number="1000000000000018").body["check_id"]
    sold = till_client.check(shop, number=CARD).body["check_id"]
    till_client.buy(shop, sold)

    def offered(answer: TillAnswer) -> list[str]:
        assert answer.status == 409
        return [step["action"] for step in answer.body["next_steps"]]

    assert offered(till_client.roll_back(shop, check_id)) == ["purchase"]
    assert offered(till_client.roll_back(other, check_id)) == []
    assert offered(till_client.roll_back(shop, refused)) == []
    assert offered(till_client.buy(shop, refused)) == ["check_again"]
    till_client.partner(shop, offers=[])
    assert offered(till_client.buy(shop, refused)) == []
    for status, tried in (("paused", ["check_again"]), ("ended", [])):
        till_client.partner(shop, status)
        assert offered(till_client.buy(shop, refused)) == []
        assert offered(till_client.buy(trial, unknown)) == tried
    assert offered(till_client.buy(shop, sold, 1)) == ["rollback"]
    noon.move(hours=24)
    assert offered(till_client.roll_back(shop, check_id)) == []
    noon.move(days=29)
    assert offered(till_client.buy(shop, sold, 1)) == []


def test_a_purchase_and_each_return_are_events_of_their_own(
    till_client: TillClient, shop: Shop, noon: Clock
) -> None:
    noon.moment = datetime(2026, 10, 31, 19, 59, tzinfo=UTC)  # 23:59 of 31 October in ZR
    check_id = till_client.check(shop, number=CARD).body["check_id"]
    noon.move(minutes=1)
    till_client.buy(shop, check_id, 1_000)
    noon.move(hours=24)
    till_client.roll_back(shop, check_id, amount_kopecks=300)
    noon.move(days=28)
    till_client.roll_back(shop, check_id)

    told = [
        json.loads(json.loads(row["entries"]["S"])[0]["detail"])
        for (_, kind), row in sorted(till_client.records().items())
        if kind != "CHECK"
    ]
    assert [(each["id"][-2:], each["sequence"], each["time"][:10]) for each in told] == [
        ("_1", "1", "2026-10-31"), ("_2", "2", "2026-11-01"), ("_3", "3", "2026-11-29"),
    ]  # fmt: skip
    facts = {"region": "ZR", "partner_id": shop.partner_id, "outlet_id": shop.outlet_id}
    for each in told:
        assert each["data"].items() >= (facts | {"month": "2026-11"}).items()
    money = [(each["data"]["amount"], each["data"]["saved_amount"]) for each in told]
    assert money == [(1_000, 70), (300, 21), (700, 49)]
    assert [each["data"]["whole"] for each in told[1:]] == [False, True]


def test_a_check_nobody_made_has_no_purchase(till_client: TillClient, shop: Shop) -> None:
    refused = till_client.buy(shop, "chk_00000000000000000000000000")
    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert "проверк" in refused.body["detail"], "a cashier has no list of records"


def test_what_was_checked_before_the_partner_ended_is_recorded_for_a_day(
    till_client: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    second = till_client.check(shop, number=CARD).body["check_id"]
    till_client.partner(shop, "ended")
    noon.move(hours=23)

    bought = till_client.buy(shop, check_id)

    assert (bought.status, bought.body["status"]) == (200, "recorded")
    noon.move(hours=1)
    assert till_client.buy(shop, second).body["code"] == "purchase_too_late"
    assert till_client.check(shop, number=CARD).body["code"] == "partner_ended"
