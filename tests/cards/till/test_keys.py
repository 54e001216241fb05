"""Whose key opens the till, how often, and what happens to one that is tried too often."""

from dataclasses import replace

import pytest

from services.cards import outlet_sets
from services.cards.till import domain
from services.cards.till_read_model import OfferSpan
from tests.cards.till.till_client import CARD, Clock, Shop, TillClient
from tests.support.log_lines import metric_lines


def _number(count: int) -> str:
    return f"20000000{count:08d}"


@pytest.mark.parametrize(
    "key", ["", "ryadom_live_x", "ryadom_live_01JPARTNER_01JKEY_wrong", "Ряд", "ryadom_live_a_b_c"]
)
def test_a_key_that_is_not_ours_opens_nothing(till_client: TillClient, key: str) -> None:
    till_client.shop()
    till_client.card(CARD)

    answer = till_client.post("/v1/card-checks", {"number": CARD}, None, headers={"X-API-Key": key})

    assert (answer.status, answer.body["code"]) == (401, "store_key_unknown")
    assert not till_client.records()


def test_half_of_a_key_opens_nothing(till_client: TillClient) -> None:
    shop, orphan = till_client.shop(), Shop(partner_id="par_01JORPHAN")
    till_client.key(orphan)

    for half in (replace(shop, key_id="key_01JUNKNOWN"), orphan):
        assert till_client.check(half, number=CARD).body["code"] == "store_key_unknown"


def test_a_key_of_another_partner_with_our_secret_opens_nothing(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.shop(partner_id="par_01JOTHER", secret="other")

    assert till_client.check(replace(shop, partner_id="par_01JOTHER"), number=CARD).status == 401


@pytest.mark.parametrize(("status", "seconds"), [("revoked", 10), ("live", 0), ("live", -1)])
def test_a_key_that_was_revoked_or_has_expired_is_told_so(
    till_client: TillClient, noon: Clock, status: str, seconds: int
) -> None:
    shop = till_client.shop()
    till_client.key(shop, status, int(noon.moment.timestamp()) + seconds)

    answer = till_client.check(shop, number=CARD)

    assert (answer.status, answer.body["code"]) == (401, "store_key_expired")


def test_each_key_that_opens_nothing_is_counted_so_that_a_burst_is_seen(
    till_client: TillClient, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    till_client.check(shop, number=CARD)
    assert '"store_key_refused"' not in capsys.readouterr().out

    till_client.check(replace(shop, secret="guessed"), number=CARD)
    till_client.key(shop, "revoked")
    till_client.check(shop, number=CARD)

    assert capsys.readouterr().out.count('"store_key_refused":[1.0]') == 2


@pytest.mark.parametrize("status", ["ended", "declined", "lead"])
def test_the_key_of_an_ended_partner_is_refused(till_client: TillClient, status: str) -> None:
    shop = till_client.shop()
    till_client.partner(shop, status)
    till_client.key(shop, "revoked")
    till_client.card(CARD)

    answer = till_client.check(shop, number=CARD)

    assert (answer.status, answer.body["code"]) == (403, "partner_ended")


def test_a_sandbox_key_works_before_the_partner_is_published(till_client: TillClient) -> None:
    shop = till_client.shop(sandbox=True)
    till_client.partner(shop, "negotiating", offers=[])

    answer = till_client.check(shop, number="0000 0000 0000 0000")
    check_id = answer.body["check_id"]

    assert answer.body["valid"] and answer.body["discount_percent"] == 7
    assert till_client.buy(shop, check_id).status == 200
    assert till_client.roll_back(shop, check_id).status == 200


def test_a_live_key_waits_for_the_partner_to_be_published(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.partner(shop, "negotiating", offers=[])

    answer = till_client.check(shop, number=CARD)

    assert (answer.status, answer.body["code"]) == (403, "partner_not_published")


@pytest.mark.parametrize(("status", "checks"), [("paused", 200), ("ended", 403)])
def test_a_sandbox_key_can_be_tried_during_a_pause_and_not_after_the_end(
    till_client: TillClient, status: str, checks: int
) -> None:
    shop = till_client.shop(sandbox=True)
    till_client.partner(shop, status)

    assert till_client.check(shop, number="0000 0000 0000 0000").status == checks


def test_a_paused_partner_checks_nothing_but_may_finish_what_it_sold(
    till_client: TillClient,
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    check_id = till_client.check(shop, number=CARD).body["check_id"]
    till_client.partner(shop, "paused")

    refused = till_client.check(shop, number=CARD)

    assert (refused.status, refused.body["code"]) == (403, "partner_paused")
    assert till_client.buy(shop, check_id).status == 200


def test_a_sandbox_key_shown_as_a_live_one_opens_nothing(till_client: TillClient) -> None:
    shop = till_client.shop(sandbox=True)

    answer = till_client.check(replace(shop, sandbox=False), number=CARD)

    assert (answer.status, answer.body["code"]) == (401, "store_key_unknown")


def test_two_keys_of_an_outlet_are_alive_while_it_rotates_them(till_client: TillClient) -> None:
    old, new = till_client.shop(), till_client.shop(key_id="key_01JNEXT", secret="next")
    till_client.card(CARD)

    code = till_client.turning_code(CARD)
    first, second = (till_client.check(each, code=code) for each in (old, new))

    assert first.body["valid"] and first.body == second.body
    assert second.headers["Idempotency-Replayed"] == "true"


def test_the_31st_check_within_a_minute_has_to_wait(
    till_client: TillClient, noon: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = till_client.shop()
    for count in range(31):
        till_client.card(_number(count))
    told = [till_client.check(shop, number=_number(count)) for count in range(31)]

    assert [answer.status for answer in told] == [200] * 30 + [429]
    assert told[-1].body["code"] == "too_many_checks"
    assert told[-1].headers["Retry-After"] == "60"
    last = metric_lines(capsys.readouterr().out)[-1]
    assert last["card_check_throttled"] == [1.0]
    noon.move(seconds=60)
    assert till_client.check(shop, number=_number(30)).status == 200


def test_a_busy_till_goes_on_taking_codes_from_phones(till_client: TillClient) -> None:
    shop = till_client.shop()
    for count in range(31):
        till_client.card(_number(count))
        till_client.check(shop, number=_number(count))

    assert till_client.check(shop, code=till_client.turning_code(_number(30))).status == 200


def test_ten_bad_tries_in_a_minute_lock_the_key_and_raise_an_alarm(
    till_client: TillClient, noon: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    told = [till_client.check(shop, number=_number(count)).status for count in range(11)]
    lines = metric_lines(capsys.readouterr().out)

    assert told == [200] * 10 + [429]
    assert [n for n, line in enumerate(lines) if "store_key_locked" in line] == [9]
    locked = till_client.check(shop, number=CARD)
    assert (locked.status, locked.body["code"]) == (429, "key_locked")
    noon.move(seconds=int(locked.headers["Retry-After"]) - 1)
    assert till_client.check(shop, number=CARD).status == 429
    noon.move(seconds=1)
    assert till_client.check(shop, number=CARD).body["valid"]


PROVEN = pytest.mark.parametrize("how", ["turning", "printed"])


def _proven(till_client: TillClient, how: str, number: str = CARD) -> str:
    turning, printed = till_client.turning_code(number), till_client.static_code(number)
    return {"turning": turning, "printed": printed}[how]


def _lock(till_client: TillClient, shop: Shop) -> None:
    for count in range(domain.BAD_TRIES_A_MINUTE):
        till_client.check(shop, number=_number(count))


@PROVEN
def test_an_outsider_with_a_leaked_key_locks_out_guesses_and_not_the_shop(
    till_client: TillClient, noon: Clock, how: str
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    for _ in range(15):
        _lock(till_client, shop)
        assert till_client.check(shop, code=_proven(till_client, how)).body["valid"] or (
            how == "printed"  # whose uses a day are counted
        )
        assert till_client.check(shop, number=CARD).body["code"] == "key_locked"
        forged = till_client.check(shop, code=_proven(till_client, how)[:-4] + "AAAA")
        assert forged.body["code"] == "key_locked"
        noon.move(minutes=1)


@PROVEN
def test_a_code_that_proves_itself_ends_no_lock(
    till_client: TillClient, noon: Clock, how: str
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    _lock(till_client, shop)
    for minutes in (0, 1, 14):
        noon.move(minutes=minutes)
        assert till_client.check(shop, code=_proven(till_client, how)).body["valid"]
        assert till_client.check(shop, number=CARD).status == 429
    noon.move(minutes=1)

    assert till_client.check(shop, number=CARD).body["valid"]


@PROVEN
@pytest.mark.parametrize("status", ["issued", "blocked", "replaced", "revoked"])
def test_a_genuine_code_of_a_dead_card_is_no_guess(
    till_client: TillClient, how: str, status: str
) -> None:
    shop = till_client.shop()
    till_client.card(CARD, status)
    live = "1000000000000017"
    till_client.card(live)

    for _ in range(3 * domain.BAD_TRIES_A_MINUTE):
        answer = till_client.check(shop, code=_proven(till_client, how))
        assert (answer.status, answer.body["valid"]) == (200, False)

    assert till_client.check(shop, code=_proven(till_client, how, live)).body["valid"]
    other = till_client.shop(key_id="key_01JNEXT", secret="next")
    assert till_client.check(other, number=live).body["valid"]


@pytest.mark.parametrize("minutes", [2, -2])
def test_a_code_that_ran_out_or_of_a_phone_that_is_fast_is_no_guess(
    till_client: TillClient, noon: Clock, minutes: int
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    code = till_client.turning_code(CARD)
    noon.move(minutes=minutes)
    for _ in range(domain.BAD_TRIES_A_MINUTE):
        assert till_client.check(shop, code=code).body["reason"] == "not_valid"

    assert till_client.check(shop, number=CARD).body["valid"]


def test_a_try_that_began_in_the_minute_before_forgets_none_of_this_one(
    till_client: TillClient, noon: Clock
) -> None:
    shop = till_client.shop()
    for count in range(9):
        till_client.check(shop, number=_number(count))
    noon.move(seconds=-1)
    assert till_client.check(shop, number=_number(9)).status == 200

    locked = till_client.check(shop, number=_number(10))

    assert (locked.body["code"], locked.headers["Retry-After"]) == ("key_locked", str(16 * 60 + 1))


def test_a_clock_that_was_moved_back_counts_the_tries_of_its_own_minute(
    till_client: TillClient, noon: Clock
) -> None:
    shop = till_client.shop()
    for _ in range(2):
        assert till_client.check(shop, number=_number(0)).status == 200
        assert till_client.tries(shop) == 1
        noon.move(minutes=-2)
    for count in range(domain.BAD_TRIES_A_MINUTE):
        till_client.check(shop, number=_number(count))
    assert till_client.check(shop, number=_number(99)).body["code"] == "key_locked"
    noon.move(minutes=-2)
    assert till_client.check(shop, number=_number(99)).status == 200


def test_nine_bad_tries_a_minute_lock_nothing(till_client: TillClient, noon: Clock) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    for minute in range(3):
        for count in range(9):
            assert till_client.check(shop, number=_number(9 * minute + count)).status == 200
        noon.move(seconds=60)

    assert till_client.check(shop, number=CARD).body["valid"]


def test_a_locked_key_leaves_the_outlets_other_key_alone(till_client: TillClient) -> None:
    shop, other = till_client.shop(), till_client.shop(key_id="key_01JNEXT", secret="next")
    till_client.card(CARD)
    for count in range(10):
        till_client.check(shop, number=_number(count))

    assert till_client.check(other, number=CARD).body["valid"]


def test_a_typed_number_is_taken_ten_times_a_day_and_a_turning_code_always(
    till_client: TillClient, noon: Clock
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    told = []
    for _ in range(domain.USES_A_DAY + 1):
        noon.move(minutes=1)
        told.append(till_client.check(shop, number=CARD).body["reason"])

    assert told == ["ok"] * domain.USES_A_DAY + ["not_valid"]
    assert till_client.check(shop, code=till_client.static_code(CARD)).body["reason"] == "not_valid"
    assert till_client.check(shop, code=till_client.turning_code(CARD)).body["reason"] == "ok"
    noon.move(days=1)
    assert till_client.check(shop, number=CARD).body["reason"] == "ok"


def test_the_counters_stand_on_the_keys_own_row(till_client: TillClient, noon: Clock) -> None:
    shop = till_client.shop()
    till_client.check(shop, number=CARD)
    row = till_client.key_row(shop)

    assert row["till_tries"] == {"N": "1"} and row["till_bad"] == {"N": "1"}
    assert row["till_minute"] == {"N": str(int(noon.moment.timestamp()) // 60)}


def test_another_outlet_of_the_partner_is_another_store(till_client: TillClient) -> None:
    shop = till_client.shop()
    other = Shop(outlet_id="out_01JSECOND", key_id="key_01JSECOND", secret="second", number=2)
    till_client.partner(shop, offers=[OfferSpan("ofr_1", 7, 0, 0, outlet_sets.write([1]))])
    till_client.key(other)
    till_client.card(CARD)
    check_id = till_client.check(shop, number=CARD).body["check_id"]

    assert till_client.check(other, number=CARD).status == 409  # the outlet has no offer
    assert till_client.buy(other, check_id).status == 404
