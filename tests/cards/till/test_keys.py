"""Whose key opens the till, how often, and what happens to one that is tried too often."""

from dataclasses import replace

import pytest

from services.cards.till import domain
from services.cards.till_rows import store_key
from tests.cards.till.till_client import DATA, Clock, Shop, TillClient
from tests.support.log_lines import metric_lines
from tests.support.memory_dynamodb import MemoryDynamoDB

CARD = "1000000000000009"


def _number(count: int) -> str:
    return f"20000000{count:08d}"


@pytest.mark.requirement("X-06")
@pytest.mark.parametrize(
    "key", ["", "ryadom_live_x", "ryadom_live_01JPARTNER_01JKEY_wrong", "Ряд", "ryadom_live_a_b_c"]
)
def test_a_key_that_is_not_ours_opens_nothing(kit: TillClient, key: str) -> None:
    kit.shop()
    kit.card(CARD)

    answer = kit.post("/v1/card-checks", {"number": CARD}, None, headers={"X-API-Key": key})

    assert (answer.status, answer.body["code"]) == (401, "store_key_unknown")
    assert not kit.records()


def test_a_key_of_another_partner_with_our_secret_opens_nothing(kit: TillClient) -> None:
    shop = kit.shop()
    kit.shop(partner_id="par_01JOTHER", secret="other")

    assert kit.check(replace(shop, partner_id="par_01JOTHER"), number=CARD).status == 401


@pytest.mark.parametrize(("status", "seconds"), [("revoked", 10), ("live", 0), ("live", -1)])
def test_a_key_that_was_revoked_or_has_expired_is_told_so(
    kit: TillClient, noon: Clock, status: str, seconds: int
) -> None:
    shop = kit.shop()
    kit.key(shop, status, int(noon.moment.timestamp()) + seconds)

    answer = kit.check(shop, number=CARD)

    assert (answer.status, answer.body["code"]) == (401, "store_key_expired")


def test_each_key_that_opens_nothing_is_counted_so_that_a_burst_is_seen(
    kit: TillClient, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = kit.shop()
    kit.card(CARD)
    kit.check(shop, number=CARD)
    assert '"store_key_refused"' not in capsys.readouterr().out

    kit.check(replace(shop, secret="guessed"), number=CARD)
    kit.key(shop, "revoked")
    kit.check(shop, number=CARD)

    assert capsys.readouterr().out.count('"store_key_refused":[1.0]') == 2


@pytest.mark.requirement("S0-40")
@pytest.mark.parametrize("status", ["ended", "declined", "lead"])
def test_the_key_of_an_ended_partner_is_refused(kit: TillClient, status: str) -> None:
    shop = kit.shop()
    kit.partner(shop, status)
    kit.key(shop, "revoked")
    kit.card(CARD)

    answer = kit.check(shop, number=CARD)

    assert (answer.status, answer.body["code"]) == (403, "partner_ended")


def test_a_paused_partner_checks_nothing_but_may_finish_what_it_sold(kit: TillClient) -> None:
    shop = kit.shop()
    kit.card(CARD)
    check_id = kit.check(shop, number=CARD).body["check_id"]
    kit.partner(shop, "paused")

    refused = kit.check(shop, number=CARD)

    assert (refused.status, refused.body["code"]) == (403, "partner_paused")
    assert kit.buy(shop, check_id).status == 200


def test_a_sandbox_key_shown_as_a_live_one_opens_nothing(kit: TillClient) -> None:
    shop = kit.shop(sandbox=True)

    assert kit.check(replace(shop, sandbox=False), number=CARD).status == 401


def test_two_keys_of_an_outlet_are_alive_while_it_rotates_them(kit: TillClient) -> None:
    old, new = kit.shop(), kit.shop(key_id="key_01JNEXT", secret="next")
    kit.card(CARD)

    first = kit.check(old, number=CARD, repeat="same")
    second = kit.check(new, number=CARD, repeat="same")

    assert first.body == second.body
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.requirement("S0-42", "X-06")
def test_the_31st_check_within_a_minute_has_to_wait(
    kit: TillClient, noon: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = kit.shop()
    for count in range(31):
        kit.card(_number(count))
    told = [kit.check(shop, number=_number(count)) for count in range(31)]

    assert [answer.status for answer in told] == [200] * 30 + [429]
    assert told[-1].body["code"] == "too_many_checks"
    assert told[-1].headers["Retry-After"] == "60"
    last = metric_lines(capsys.readouterr().out)[-1]
    assert last["card_check_throttled"] == [1.0]
    noon.move(seconds=60)
    assert kit.check(shop, number=_number(30)).status == 200


def test_a_busy_till_goes_on_taking_codes_from_phones(kit: TillClient) -> None:
    shop = kit.shop()
    for count in range(31):
        kit.card(_number(count))
        kit.check(shop, number=_number(count))

    assert kit.check(shop, code=kit.turning_code(_number(30))).status == 200


@pytest.mark.requirement("S0-42")
def test_ten_bad_tries_in_a_minute_lock_the_key_and_raise_an_alarm(
    kit: TillClient, noon: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = kit.shop()
    kit.card(CARD)
    told = [kit.check(shop, number=_number(count)).status for count in range(11)]
    lines = metric_lines(capsys.readouterr().out)

    assert told == [200] * 10 + [429]
    assert [n for n, line in enumerate(lines) if "store_key_locked" in line] == [9]
    locked = kit.check(shop, number=CARD)
    assert (locked.status, locked.body["code"]) == (429, "key_locked")
    assert kit.check(shop, code=kit.turning_code(CARD)).status == 429
    noon.move(seconds=int(locked.headers["Retry-After"]) - 1)
    assert kit.check(shop, number=CARD).status == 429
    noon.move(seconds=1)
    assert kit.check(shop, number=CARD).body["valid"]


def test_nine_bad_tries_a_minute_lock_nothing(kit: TillClient, noon: Clock) -> None:
    shop = kit.shop()
    kit.card(CARD)
    for minute in range(3):
        for count in range(9):
            assert kit.check(shop, number=_number(9 * minute + count)).status == 200
        noon.move(seconds=60)

    assert kit.check(shop, number=CARD).body["valid"]


def test_a_locked_key_leaves_the_outlets_other_key_alone(kit: TillClient) -> None:
    shop, other = kit.shop(), kit.shop(key_id="key_01JNEXT", secret="next")
    kit.card(CARD)
    for count in range(10):
        kit.check(shop, number=_number(count))

    assert kit.check(other, number=CARD).body["valid"]


def test_a_typed_number_is_taken_ten_times_a_day_and_a_turning_code_always(
    kit: TillClient, noon: Clock
) -> None:
    shop = kit.shop()
    kit.card(CARD)
    told = []
    for _ in range(domain.USES_A_DAY + 1):
        noon.move(minutes=1)
        told.append(kit.check(shop, number=CARD).body["reason"])

    assert told == ["ok"] * domain.USES_A_DAY + ["not_valid"]
    assert kit.check(shop, code=kit.static_code(CARD)).body["reason"] == "not_valid"
    assert kit.check(shop, code=kit.turning_code(CARD)).body["reason"] == "ok"
    noon.move(days=1)
    assert kit.check(shop, number=CARD).body["reason"] == "ok"


def test_the_counters_stand_on_the_keys_own_row(kit: TillClient, noon: Clock) -> None:
    shop = kit.shop()
    kit.check(shop, number=CARD)
    assert isinstance(kit.client, MemoryDynamoDB)
    row = kit.client.rows(DATA)[store_key(shop.partner_id, shop.key_id)]

    assert row["till_tries"] == {"N": "1"} and row["till_bad"] == {"N": "1"}
    assert row["till_minute"] == {"N": str(int(noon.moment.timestamp()) // 60)}


def test_another_outlet_of_the_partner_is_another_store(kit: TillClient) -> None:
    shop = kit.shop()
    other = Shop(outlet_id="out_01JSECOND", key_id="key_01JSECOND", secret="second")
    kit.key(other)
    kit.card(CARD)
    check_id = kit.check(shop, number=CARD).body["check_id"]

    assert kit.check(other, number=CARD).status == 409  # the outlet has no offer
    assert kit.buy(other, check_id).status == 404
    assert kit.roll_back(other, check_id).status == 404
