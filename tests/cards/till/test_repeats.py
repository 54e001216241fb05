"""A repeated request gets its answer while what was answered still holds, and is no try."""

import json
from datetime import timedelta

import pytest

from services.cards import qr_codes
from services.cards.till import domain
from services.cards.till_read_model import OfferSpan
from shared import clock
from tests.cards.till.till_client import CARD, Clock, Item, Shop, TillClient


def _held_out(till_client: TillClient) -> dict[str, Item]:
    return {
        "typed": {"number": CARD},
        "printed": {"code": till_client.static_code(CARD)},
        "turning": {"code": till_client.turning_code(CARD)},
    }


HELD_OUT = pytest.mark.parametrize("how", ["typed", "printed", "turning"])


def _lock(till_client: TillClient, shop: Shop) -> None:
    for count in range(domain.BAD_TRIES_A_MINUTE):
        till_client.check(shop, number=f"20000000{count:08d}")
    assert till_client.check(shop, number=CARD).status == 429


@HELD_OUT
def test_a_repeat_after_the_block_is_not_valid_and_no_try(
    till_client: TillClient, shop: Shop, noon: Clock, how: str
) -> None:
    body = _held_out(till_client)[how]
    first = till_client.check(shop, repeat="once", **body)
    till_client.card(CARD, "blocked")
    before = till_client.key_row(shop)

    told = []
    for _ in range(3):
        told.append(till_client.check(shop, repeat="once", **body))
        noon.move(seconds=1)

    assert first.body["valid"]
    assert [answer.body["reason"] for answer in told] == ["not_valid"] * 3
    assert len({answer.body["check_id"] for answer in told}) == 1
    assert told[0].body["check_id"] != first.body["check_id"]
    assert till_client.key_row(shop) == before
    assert till_client.buy(shop, told[0].body["check_id"]).body["code"] == "check_refused"


@pytest.mark.parametrize(
    ("how", "newer"),
    [("turning", {"generation": 2, "printed": 1}), ("printed", {"generation": 1, "printed": 2})],
)
def test_a_repeat_of_a_code_is_not_valid_once_a_newer_one_of_its_kind_has_voided_it(
    till_client: TillClient, shop: Shop, how: str, newer: dict[str, int]
) -> None:
    for each, body in _held_out(till_client).items():
        assert till_client.check(shop, repeat=each, **body).body["valid"]
    till_client.card(CARD, "active", **newer)

    told = {
        each: till_client.check(shop, repeat=each, **body).body["reason"]
        for each, body in _held_out(till_client).items()
    }

    assert told == {"typed": "ok", "printed": "ok", "turning": "ok"} | {how: "not_valid"}


def test_one_key_for_every_use_is_no_way_around_the_cap_of_a_day(
    till_client: TillClient, shop: Shop, noon: Clock
) -> None:
    told = []
    for _ in range(15):
        told.append(till_client.check(shop, repeat="the-only-key", number=CARD))
        noon.move(minutes=10)

    cap = domain.USES_A_DAY
    assert [answer.body["reason"] for answer in told] == ["ok"] * cap + ["not_valid"] * (15 - cap)
    assert len({answer.body["check_id"] for answer in told}) == 15


@HELD_OUT
@pytest.mark.parametrize("minutes", [0, 1, 5, 9.98])
def test_a_repeat_within_ten_minutes_gets_its_answer_and_counts_nothing(
    till_client: TillClient, shop: Shop, noon: Clock, how: str, minutes: float
) -> None:
    body = _held_out(till_client)[how]
    first = till_client.check(shop, repeat="once", **body)
    before = till_client.key_row(shop)
    noon.move(minutes=minutes)

    again = till_client.check(shop, repeat="once", **body)

    assert first.body["valid"] and again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert till_client.key_row(shop) == before
    assert len(till_client.records()) == 1


def test_a_code_that_was_scanned_at_the_end_of_its_time_is_repeated_for_ten_minutes_too(
    till_client: TillClient, shop: Shop, noon: Clock
) -> None:
    noon.move(seconds=qr_codes.STEP_SECONDS - 1)
    shown = clock.wall() - timedelta(seconds=qr_codes.SKEW_STEPS * qr_codes.STEP_SECONDS)
    code = till_client.turning_code(CARD, shown)
    first = till_client.check(shop, repeat="once", code=code)
    noon.move(seconds=599)

    again = till_client.check(shop, repeat="once", code=code)

    assert first.body["valid"] and again.body == first.body


@pytest.mark.parametrize("how", ["typed", "printed"])
@pytest.mark.parametrize("start", [0, 299, 599])
def test_after_ten_minutes_the_key_is_a_new_one(
    till_client: TillClient, shop: Shop, noon: Clock, how: str, start: int
) -> None:
    noon.move(seconds=start)
    body = _held_out(till_client)[how]
    first = till_client.check(shop, repeat="once", **body)
    noon.move(seconds=599)
    assert till_client.check(shop, repeat="once", **body).body == first.body
    noon.move(seconds=1)

    later = till_client.check(shop, repeat="once", **body)
    other = till_client.check(shop, repeat="once", number="1000000000000018")

    assert later.body["valid"] and later.body["check_id"] != first.body["check_id"]
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_a_screenshot_is_no_repeat_of_the_scan_it_was_taken_from(
    till_client: TillClient, shop: Shop, noon: Clock
) -> None:
    body = _held_out(till_client)["turning"]
    assert till_client.check(shop, repeat="once", **body).body["valid"]
    noon.move(minutes=2)

    assert till_client.check(shop, **body).body["reason"] == "not_valid"


@pytest.mark.parametrize("begins", [0, 5], ids=["in its ten minutes", "in the next ones"])
def test_a_repeat_of_the_second_scan_of_a_code_gets_its_answer_too(
    till_client: TillClient, shop: Shop, noon: Clock, begins: int
) -> None:
    noon.move(minutes=begins)
    body = _held_out(till_client)["turning"]
    first = till_client.check(shop, repeat="first", **body)
    noon.move(seconds=10)
    second = till_client.check(shop, repeat="second", **body)  # its answer is lost
    noon.move(minutes=9)
    before = till_client.key_row(shop)

    again = till_client.check(shop, repeat="second", **body)

    assert first.body["valid"] and first.body == second.body == again.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert till_client.key_row(shop) == before
    assert till_client.check(shop, repeat="third", **body).body["reason"] == "not_valid"
    noon.move(minutes=1)
    assert till_client.check(shop, repeat="second", **body).body["reason"] == "not_valid"


def test_what_remembers_a_second_scan_publishes_nothing_and_is_no_purchase_more(
    till_client: TillClient, shop: Shop, noon: Clock
) -> None:
    body = _held_out(till_client)["turning"]
    check = till_client.check(shop, repeat="first", **body).body["check_id"]
    for _ in range(2):
        till_client.check(shop, repeat="second", **body)

    one, other = till_client.records().values()

    assert one["check_id"]["S"] == other["check_id"]["S"] == check
    assert json.loads(other["entries"]["S"]) == []
    assert "pending" in one and "pending" not in other
    till_client.card(CARD, "blocked")
    noon.move(minutes=2)
    ended = [till_client.check(shop, repeat=each, **body).body for each in ("first", "second")]
    assert [each["reason"] for each in ended] == ["not_valid"] * 2
    assert ended[0]["check_id"] == ended[1]["check_id"] != check


@HELD_OUT
def test_a_repeat_never_meets_the_lock(till_client: TillClient, shop: Shop, how: str) -> None:
    body = _held_out(till_client)[how]
    first = till_client.check(shop, repeat="once", **body)
    refused = till_client.check(shop, repeat="refused", number="1000000000000018")
    _lock(till_client, shop)

    assert till_client.check(shop, repeat="once", **body).body == first.body
    again = till_client.check(shop, repeat="refused", number="1000000000000018")
    assert again.body == refused.body


@pytest.mark.parametrize(("status", "code"), [("paused", "partner_paused"), ("ended", None)])
def test_a_repeat_at_a_partner_that_left_is_refused_like_a_first_call(
    till_client: TillClient, shop: Shop, status: str, code: str | None
) -> None:
    till_client.check(shop, repeat="once", number=CARD)
    till_client.partner(shop, status)

    answer = till_client.check(shop, repeat="once", number=CARD)

    assert (answer.status, answer.body["code"]) == (403, code or "partner_ended")


@HELD_OUT
def test_a_discount_that_ends_at_midnight_ends_no_answer_that_was_lost_before(
    till_client: TillClient, shop: Shop, noon: Clock, how: str
) -> None:
    body = _held_out(till_client)[how]
    till_client.partner(shop, offers=[OfferSpan("ofr_1", 7, 0, int(noon.moment.timestamp()) + 2)])
    first = till_client.check(shop, repeat="once", **body)
    noon.move(seconds=2)

    again = till_client.check(shop, repeat="once", **body)
    fresh = till_client.check(shop, repeat="another", **body)
    till_client.card(CARD, "blocked")
    ended = till_client.check(shop, repeat="once", **body)

    assert first.body["valid"] and again.body == first.body
    assert [each.body["code"] for each in (fresh, ended)] == ["no_offer"] * 2
    assert len(till_client.records()) == 1


def test_a_refusal_that_is_repeated_stays_one_and_a_new_request_is_judged_anew(
    till_client: TillClient, shop: Shop
) -> None:
    till_client.card(CARD, "issued")
    first = till_client.check(shop, repeat="once", number=CARD)
    till_client.card(CARD)

    assert till_client.check(shop, repeat="once", number=CARD).body == first.body
    assert till_client.check(shop, number=CARD).body["valid"]


def test_a_forged_code_is_no_repeat_of_the_genuine_one(till_client: TillClient, shop: Shop) -> None:
    code = till_client.static_code(CARD)
    till_client.check(shop, repeat="once", code=code)

    forged = till_client.check(shop, repeat="once", code=code[:-4] + "AAAA")

    assert (forged.status, forged.body["code"]) == (422, "idempotency_key_reused")


def test_each_key_of_an_outlet_has_its_own_repeats(till_client: TillClient, shop: Shop) -> None:
    other = till_client.shop(key_id="key_01JNEXT", secret="next")

    told = [till_client.check(each, repeat="1", number=CARD).body for each in (shop, other)]

    assert all(body["valid"] for body in told)
    assert told[0]["check_id"] != told[1]["check_id"]
