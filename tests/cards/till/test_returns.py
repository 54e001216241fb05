"""Goods are taken back whole or in parts, to the kopeck and in thirty days."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cards.till import domain
from tests.cards.till.till_client import CARD, Clock, Shop, TillClient


def test_a_purchase_is_taken_back_whole_and_a_second_time_changes_nothing(
    till_client: TillClient, shop: Shop, check_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    till_client.buy(shop, check_id)
    first = till_client.roll_back(shop, check_id)
    second = till_client.roll_back(shop, check_id)

    assert first.body["status"] == "rolled_back"
    assert first.body["amount_kopecks"] == 200_000
    assert first.body == second.body
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len([key for key in till_client.records() if key[1] == "ROLLBACK"]) == 1
    assert capsys.readouterr().out.count('"purchase_rolled_back":[1.0]') == 1


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
    for each in (third, shop):
        again = till_client.roll_back(each, check)
        assert (again.status, again.body["code"]) == (409, "purchase_returned"), "no price twice"
    for key in ("2", "3"):
        again = till_client.roll_back(other, check, repeat=key)
        assert again.body["status"] == "rolled_back", "the shop that took the last of it"
        assert again.headers["Idempotency-Replayed"] == "true"
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


def test_an_ended_partner_takes_goods_back_by_a_key_that_has_run_out_since(
    till_client: TillClient, shop: Shop, check_id: str, noon: Clock
) -> None:
    till_client.buy(shop, check_id)
    runs_out = int(noon.moment.timestamp()) + 60
    till_client.key(shop, expires=runs_out)
    noon.move(minutes=1)
    assert till_client.roll_back(shop, check_id).body["code"] == "store_key_expired"
    till_client.partner(shop, "ended")  # and gets no other key

    assert till_client.check(shop, number=CARD).body["code"] == "partner_ended"
    noon.move(days=30, minutes=-1, seconds=-1)
    assert till_client.roll_back(shop, check_id).status == 200
    noon.move(minutes=1, seconds=1)
    assert till_client.roll_back(shop, check_id).body["code"] == "store_key_expired"
    till_client.key(shop, "revoked", 2**33)
    assert till_client.roll_back(shop, check_id).body["code"] == "store_key_expired"
