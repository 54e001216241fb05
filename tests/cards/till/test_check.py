"""What a cashier is told, and what nobody can find out by asking."""

import json
from datetime import UTC, datetime

import pytest

from services.cards.till_read_model import OfferSpan
from tests.cards.till.till_client import CARD, Clock, TillClient
from tests.support.log_lines import log_lines, metric_lines

REFUSED = {
    "unknown": None,
    "blocked": "blocked",
    "replaced": "replaced",
    "revoked": "revoked",
}


def test_an_active_card_gives_the_discount_and_a_sentence_for_the_cashier(
    till_client: TillClient,
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)

    answer = till_client.check(shop, number=CARD)

    assert answer.status == 200
    assert answer.body == {
        "valid": True,
        "discount_percent": 7,
        "discount_kopecks": 0,
        "minimum_purchase_kopecks": 0,
        "offer_id": "ofr_1",
        "reason": "ok",
        "message": "Карта действует: сделайте скидку 7 %.",
        "check_id": answer.body["check_id"],
    }


def test_an_issued_card_is_not_activated_and_every_dead_one_is_just_not_valid(
    till_client: TillClient,
) -> None:
    shop = till_client.shop()
    till_client.card(CARD, "issued")
    told = [till_client.check(shop, number=CARD).body]
    for status in REFUSED.values():
        if status is not None:
            till_client.card(CARD, status)
            told.append(till_client.check(shop, number=CARD).body)
    told.append(till_client.check(shop, number="1234567890123452").body)
    told.append(till_client.check(shop, number="1000000000000000").body)

    assert [body["reason"] for body in told] == ["not_activated"] + ["not_valid"] * 5
    assert not any(body["valid"] or body["discount_percent"] or body["offer_id"] for body in told)
    assert len({body["message"] for body in told[1:]}) == 1


def test_no_answer_names_anybody(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.card(CARD)

    answer = till_client.check(shop, number=CARD)

    assert set(answer.body) == {
        "valid", "discount_percent", "discount_kopecks", "minimum_purchase_kopecks", "offer_id",
        "reason", "message", "check_id",
    }  # fmt: skip
    assert CARD not in json.dumps(answer.body)


def test_the_discount_is_fixed_and_a_till_that_names_one_is_refused(
    till_client: TillClient,
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)

    refused = till_client.check(shop, number=CARD, discount_percent=10)
    clean = till_client.check(shop, number=CARD)

    assert refused.status == 422
    assert refused.body["errors"][0]["pointer"] == "/discount_percent"
    assert refused.body["errors"][0]["code"] == "unknown_field"
    assert clean.body["discount_percent"] == 7


def test_a_new_discount_holds_from_midnight_of_the_region(
    till_client: TillClient, noon: Clock
) -> None:
    # Midnight of 1 November at UTC+4.
    midnight = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    turn = int(midnight.timestamp())
    shop = till_client.shop()
    till_client.partner(
        shop, offers=[OfferSpan("ofr_1", 7, 0, turn), OfferSpan("ofr_2", 9, turn, 0)]
    )
    till_client.card(CARD)

    told = []
    for second in (-1, 0):
        noon.moment = midnight
        noon.move(seconds=second)
        told.append(till_client.check(shop, number=CARD).body)

    assert [(t["discount_percent"], t["offer_id"]) for t in told] == [(7, "ofr_1"), (9, "ofr_2")]


def test_outside_the_dates_of_its_offers_an_outlet_gives_none(
    till_client: TillClient, noon: Clock
) -> None:
    shop = till_client.shop()
    till_client.partner(shop, offers=[OfferSpan("ofr_1", 7, 0, int(noon.moment.timestamp()))])
    till_client.card(CARD)

    answer = till_client.check(shop, number=CARD)

    assert (answer.status, answer.body["code"]) == (409, "no_offer")
    assert not till_client.records()


@pytest.mark.parametrize(
    "typed",
    [
        "1000 0000 0000 0009",
        "1000-0000-0000-0009",
        "１０００ ００００ ００００ ０００９",
        "1ООО 0000 0OOO 0009",
        "№ 1000-0000-0000-0009",
        " 1000\u00a00000\u20090000‑0009\t",
    ],
)
def test_a_number_is_understood_however_a_hurried_hand_types_it(
    till_client: TillClient, typed: str
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)

    assert till_client.check(shop, number=typed).body["valid"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/code", "code_or_number"),
        ({"code": "a", "number": "b"}, "/number", "code_or_number"),
        ({"number": 1000000000000009}, "/number", "string_type"),
        ({"number": ""}, "/number", "string_too_short"),
        ({"number": "1" * 7090}, "/number", "string_too_long"),
        ({"код": "1"}, "/?", "unknown_field"),
    ],
)
def test_a_wrong_body_is_refused_field_by_field(
    till_client: TillClient, body: object, pointer: str, code: str
) -> None:
    answer = till_client.post("/v1/card-checks", body, till_client.shop())

    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.body["errors"][0]["pointer"], answer.body["errors"][0]["code"]) == (
        pointer,
        code,
    )
    assert answer.body["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[1]", 422),
        ("[" * 5000, 422),
        ('{"number": "' + "1" * 70_000, 413),
        ("\ud800", 400),
    ],
)
def test_a_broken_body_is_refused_before_anything_is_read(
    till_client: TillClient, body: str, status: int
) -> None:
    answer = till_client.post("/v1/card-checks", body, till_client.shop())

    assert answer.status == status
    assert not till_client.recorder.calls


def test_a_request_needs_a_key_of_its_own(till_client: TillClient) -> None:
    shop = till_client.shop()

    assert till_client.post("/v1/card-checks", {"number": CARD}, shop, repeat=None).status == 428
    assert till_client.post("/v1/card-checks", {"number": CARD}, shop, repeat="два").status == 422


@pytest.mark.parametrize("path", ["/v1/card-checks/x/purchase", "/v1", "/v1/card-checks/chk_1"])
def test_another_path_is_not_found(till_client: TillClient, path: str) -> None:
    assert till_client.post(path, {}, till_client.shop()).status == 404


def test_a_failure_of_ours_tells_nothing(
    till_client: TillClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = till_client.shop()

    def fail(*_: object) -> None:
        raise ValueError("secret 79991234567")

    monkeypatch.setattr(till_client.recorder, "call", fail)
    answer = till_client.check(shop, number=CARD)

    assert (answer.status, answer.body["code"]) == (500, "internal_error")
    assert "79991234567" not in json.dumps(answer.body)


def test_each_request_leaves_one_line_without_the_card(
    till_client: TillClient, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = till_client.shop(key_id="key_01JABCDEFGHJKMNPQRSTVWXYZ0")
    till_client.card(CARD)
    till_client.check(shop, number=CARD)
    till_client.check(shop, number="1000000000000018")
    code = till_client.turning_code(CARD)
    check_ids = [till_client.check(shop, code=code).body["check_id"] for _ in range(2)]
    till_client.buy(shop, check_ids[0])
    printed = capsys.readouterr().out

    assert not any(secret in printed for secret in (CARD, till_client.handle(CARD), shop.secret))
    checked, refused, scanned, again, bought = metric_lines(printed)
    assert [each["card_checked"] for each in (checked, scanned)] == [[1.0]] * 2
    assert checked["service"] == "till" and "card_checked" not in again
    assert (refused["card_check_refused"], bought["purchase_recorded"]) == ([1.0], [1.0])
    lines = log_lines(printed)
    assert [line.get("result") for line in lines] == ["ok", "not_valid", "ok", "ok", None]
    assert [line["check_id"] for line in lines[2:]] == [*check_ids, check_ids[0]]
    # Which of the outlet's keys a manager should replace.
    assert {line["key_id"] for line in lines} == {shop.key_id}


def test_the_sandbox_knows_one_card_per_answer_and_no_real_one(till_client: TillClient) -> None:
    from services.cards.card_numbers import TEST_NUMBERS

    shop = till_client.shop(sandbox=True)
    till_client.card(CARD)
    told = {
        name: till_client.check(shop, number=n).body["reason"] for name, n in TEST_NUMBERS.items()
    }

    assert told == {name: name for name in TEST_NUMBERS}
    assert till_client.check(shop, number=CARD).body["reason"] == "not_valid"
    assert not any("pending" in row for row in till_client.records().values())


def test_a_live_key_knows_no_test_card(till_client: TillClient) -> None:
    assert (
        till_client.check(till_client.shop(), number="0000000000000000").body["reason"]
        == "not_valid"
    )


def test_a_checked_purchase_can_be_tried_in_the_sandbox(till_client: TillClient) -> None:
    shop = till_client.shop(sandbox=True)
    check_id = till_client.check(shop, number="0000 0000 0000 0000").body["check_id"]

    assert till_client.buy(shop, check_id).status == 200
    assert till_client.roll_back(shop, check_id).body["status"] == "rolled_back"
    assert not any("pending" in row for row in till_client.records().values())
