"""What was bought under a check: told once, taken back whole or in parts."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cards.till import domain
from tests.cards.till.till_client import Clock, Shop, TillAnswer, TillClient

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


def test_a_purchase_is_recorded_once(till_client: TillClient, shop: Shop, check_id: str) -> None:
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


@pytest.mark.parametrize("amount", [200_000, 1])
def test_what_was_taken_back_is_not_said_to_be_recorded(
    till_client: TillClient, shop: Shop, check_id: str, amount: int
) -> None:
    till_client.buy(shop, check_id, repeat="a")
    till_client.roll_back(shop, check_id)

    again = till_client.buy(shop, check_id, amount)

    assert (again.status, again.body["code"]) == (409, "purchase_recorded")
    assert [step["action"] for step in again.body["next_steps"]] == ["check_again"]
    assert till_client.buy(shop, check_id, repeat="a").headers["Idempotency-Replayed"] == "true"


def test_there_is_nothing_to_take_back_before_a_purchase(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    answer = till_client.roll_back(shop, check_id)

    assert (answer.status, answer.body["code"]) == (409, "no_purchase")


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


def test_a_part_is_returned_and_the_rest_later(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.buy(shop, check_id, 200_000)
    part = till_client.roll_back(shop, check_id, amount_kopecks=50_001)
    rest = till_client.roll_back(shop, check_id)

    assert part.body == {
        "check_id": check_id,
        "status": "partly_rolled_back",
        "amount_kopecks": 50_001,
        "saved_kopecks": 3_500,
        "left_kopecks": 149_999,
        "receipt_id": "0001-42",
    }
    assert rest.body["status"] == "rolled_back"
    assert (rest.body["amount_kopecks"], rest.body["saved_kopecks"]) == (149_999, 10_500)
    assert rest.body["left_kopecks"] == 0


@given(
    amount=st.integers(1, 10**7),
    parts=st.lists(st.integers(1, 10**6), max_size=8),
    percent=st.integers(1, 100),
)
@settings(max_examples=60)
def test_parts_sum_up_to_the_kopeck(amount: int, parts: list[int], percent: int) -> None:
    saved = domain.saved(amount, percent, 0)
    left, taken = amount, 0
    for part in [*(each for each in parts if each < amount), amount]:
        part = min(part, left)
        before, after = (domain.saved_of(saved, amount, each) for each in (left, left - part))
        assert before >= after >= 0
        taken, left = taken + before - after, left - part

    assert left == 0 and taken == saved


def test_no_more_is_returned_than_was_bought(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.buy(shop, check_id, 1_000)
    assert till_client.roll_back(shop, check_id, amount_kopecks=1_001).status == 422
    assert till_client.roll_back(shop, check_id, amount_kopecks=600).status == 200
    over = till_client.roll_back(shop, check_id, amount_kopecks=401)
    rest = till_client.roll_back(shop, check_id, amount_kopecks=400)
    gone = till_client.roll_back(shop, check_id, amount_kopecks=1)

    assert (over.status, over.body["code"]) == (422, "return_exceeds_purchase")
    assert over.body["errors"][0]["pointer"] == "/amount_kopecks"
    assert "осталось 4 ₽." in json.dumps(over.body, ensure_ascii=False)
    assert rest.body["status"] == "rolled_back"
    assert (gone.status, gone.body["code"]) == (409, "purchase_returned")


@pytest.mark.parametrize("amount", ["500", "5,00", 500.5, True, 0, -1, 10**11])
def test_a_part_is_a_whole_number_of_kopecks(
    till_client: TillClient, shop: Shop, check_id: str, amount: object
) -> None:
    till_client.buy(shop, check_id)

    answer = till_client.roll_back(shop, check_id, amount_kopecks=amount)

    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/amount_kopecks")


def test_a_repeated_return_is_one_return(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.buy(shop, check_id, 1_000)
    first = till_client.roll_back(shop, check_id, repeat="a", amount_kopecks=300)
    till_client.roll_back(shop, check_id, repeat="b", amount_kopecks=300)
    again = till_client.roll_back(shop, check_id, repeat="a", amount_kopecks=300)
    reused = till_client.roll_back(shop, check_id, repeat="a", amount_kopecks=400)
    reused_for_all = till_client.roll_back(shop, check_id, repeat="a")

    assert again.body == first.body and again.headers["Idempotency-Replayed"] == "true"
    assert reused.body["code"] == reused_for_all.body["code"] == "idempotency_key_reused"
    assert len([key for key in till_client.records() if key[1].startswith("ROLLBACK")]) == 2


def test_a_purchase_is_returned_in_no_more_parts_than_a_read_finds(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.buy(shop, check_id, 1_000)
    for _ in range(domain.MAX_RETURNS):
        assert till_client.roll_back(shop, check_id, amount_kopecks=1).status == 200

    more = till_client.roll_back(shop, check_id)

    assert (more.status, more.body["code"]) == (409, "too_many_returns")


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


def test_a_return_of_an_earlier_version_is_read_as_the_whole(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    till_client.buy(shop, check_id, 1_000)
    till_client.roll_back(shop, check_id)
    row = till_client.records()[(f"CHECK#{check_id}", "ROLLBACK")]
    for name in ("number", "left"):
        del row[name]

    assert till_client.roll_back(shop, check_id).body["status"] == "rolled_back"
    assert till_client.roll_back(shop, check_id, amount_kopecks=1).status == 409


@pytest.mark.parametrize("status", ["paused", "ended"])
def test_goods_are_taken_back_at_a_partner_that_has_ended(
    till_client: TillClient, shop: Shop, check_id: str, status: str
) -> None:
    till_client.buy(shop, check_id)
    till_client.partner(shop, status)

    assert till_client.roll_back(shop, check_id, amount_kopecks=5).status == 200
    assert till_client.roll_back(shop, check_id).status == 200


def test_any_shop_of_a_chain_takes_goods_back_and_no_other_partner(
    till_client: TillClient,
) -> None:
    shop = till_client.shop()
    other = Shop(outlet_id="out_01JSECOND", key_id="key_01JSECOND", secret="second", number=2)
    trial = Shop(outlet_id="out_01JSECOND", key_id="key_01JTRIAL", secret="trial", sandbox=True)
    stranger = Shop("par_01JSTRANGER", "out_01JTHIRD", "key_01JTHIRD", "third")
    third = Shop(outlet_id="out_01JFAR", key_id="key_01JFAR", secret="far", number=3)
    for each in (other, third, trial, stranger):
        till_client.key(each)
    till_client.partner(stranger)
    till_client.card(CARD)
    check = till_client.check(shop, number=CARD).body["check_id"]
    till_client.buy(shop, check)

    parts = [till_client.roll_back(each, check, repeat="1", amount_kopecks=100)
             for each in (other, shop, other, third)]  # fmt: skip

    # The same key of two tills is two returns, and of one till a repeat.
    assert [part.body["left_kopecks"] for part in parts] == [199_900, 199_800, 199_900, 199_700]
    assert till_client.roll_back(other, check, repeat="2").body["status"] == "rolled_back"
    again = till_client.roll_back(third, check)
    assert (again.status, again.body["code"]) == (409, "purchase_returned"), "no price twice"
    for each, key in ((other, "2"), (shop, "")):
        assert till_client.roll_back(each, check, repeat=key).body["status"] == "rolled_back"
    for each in (stranger, trial):
        assert till_client.roll_back(each, check).status == 404


def test_a_purchase_is_taken_back_within_thirty_days(
    till_client: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    till_client.buy(shop, check_id)
    noon.move(days=30)
    late = till_client.roll_back(shop, check_id)
    noon.move(seconds=-1)

    assert (late.status, late.body["code"]) == (409, "rollback_too_late")
    assert till_client.roll_back(shop, check_id).status == 200


def test_a_return_is_new_once_and_a_purchase_is_of_the_shop_that_checked(
    till_client: TillClient, shop: Shop, check_id: str
) -> None:
    other = Shop(outlet_id="out_01JSECOND", key_id="key_01JSECOND", secret="second", number=2)
    till_client.key(other)
    assert till_client.buy(other, check_id).status == 404
    assert till_client.buy(shop, check_id).status == 200

    told = [till_client.roll_back(shop, check_id, repeat="1", amount_kopecks=5) for _ in range(2)]

    assert [answer.headers.get("Idempotency-Replayed") for answer in told] == [None, "true"]


def test_a_check_nobody_made_has_no_purchase(till_client: TillClient, shop: Shop) -> None:
    assert till_client.buy(shop, "chk_00000000000000000000000000").status == 404


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
