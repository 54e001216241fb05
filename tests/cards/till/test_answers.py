"""What cash desks are told, and what it costs: statuses, bodies, headers and calls to the tables.

`python -m tests.cards.till.test_answers` writes `answers.json` anew; look at the difference before
you commit it. The order of keys does not count.
"""

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cards.till.till_client import CARD, Clock, TillAnswer, TillClient, serving
from tests.support.memory_dynamodb import MemoryDynamoDB

Item = dict[str, Any]

RETENTION = Path(__file__).with_name("answers.json")
HEADERS = ("Content-Type", "Cache-Control", "Retry-After", "WWW-Authenticate")
REPLAYED = "Idempotency-Replayed"
BLOCKED, ISSUED = "1000000000000017", "1000000000000025"
UNKNOWN = "4000000000000001"


def test_cash_desks_are_told_what_they_were_told_before(
    till_client: TillClient, noon: Clock
) -> None:
    expected = json.loads(RETENTION.read_text(encoding="utf-8"))

    found = {name: _told(till_client, answer) for name, answer in _scenes(till_client, noon)}

    assert list(found) == list(expected)
    for name, told in found.items():
        assert told == expected[name], name


def _told(till_client: TillClient, answer: TillAnswer) -> Item:
    headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    return {
        "status": answer.status,
        "headers": headers,
        "replayed": answer.headers.get(REPLAYED),
        "body": answer.body,
        "calls": json.loads(json.dumps(till_client.recorder.taken())),
    }


def _scenes(till_client: TillClient, noon: Clock) -> Iterator[tuple[str, TillAnswer]]:
    shop = till_client.shop()
    till_client.card(CARD)
    till_client.card(BLOCKED, "blocked")
    till_client.card(ISSUED, "issued")
    till_client.recorder.taken()
    yield from _checks(till_client, noon)
    yield from _refusals(till_client)
    yield from _purchases(till_client, noon)
    other = till_client.shop(key_id="key_01JLOCKED", secret="locked")
    for place in range(10):
        till_client.check(other, number=f"20000000000000{place:02d}")
    till_client.recorder.taken()
    yield "key locked", till_client.check(other, number=CARD)
    till_client.partner(shop, "paused")
    yield "partner paused", till_client.check(shop, number=CARD)
    till_client.partner(shop, "ended")
    yield "partner ended", till_client.check(shop, number=CARD)
    till_client.partner(shop, offers=[])
    yield "no offer", till_client.check(shop, number=CARD)
    till_client.key(shop, "revoked")
    yield "key revoked", till_client.check(shop, number=CARD)


def _checks(till_client: TillClient, noon: Clock) -> Iterator[tuple[str, TillAnswer]]:
    shop, code = till_client.shop(), till_client.turning_code(CARD)
    till_client.recorder.taken()
    yield "typed", till_client.check(shop, repeat="a", number=CARD)
    yield "typed again", till_client.check(shop, repeat="a", number=CARD)
    yield "another card under one key", till_client.check(shop, repeat="a", number=ISSUED)
    yield "turning", till_client.check(shop, code=code)
    yield "turning again", till_client.check(shop, code=code)
    yield "turning with the scanner's line end", till_client.check(shop, code=f"{code}\r\n")
    yield "printed", till_client.check(shop, code=till_client.static_code(CARD))
    yield "issued", till_client.check(shop, number=ISSUED)
    yield "blocked", till_client.check(shop, number=BLOCKED)
    yield "unknown", till_client.check(shop, number=UNKNOWN)
    yield "forged", till_client.check(shop, code=code[:-4] + "AAAA")
    yield "no number", till_client.check(shop, number="\x00\u200b")
    noon.move(minutes=1)
    yield "expired", till_client.check(shop, code=code)
    sandbox = till_client.shop(key_id="key_01JTEST", secret="test", sandbox=True)
    yield "sandbox", till_client.check(sandbox, number="0000 0000 0000 0000")


def _refusals(till_client: TillClient) -> Iterator[tuple[str, TillAnswer]]:
    shop, path = till_client.shop(), "/v1/card-checks"
    yield "no store key", till_client.post(path, {"number": 5}, None, repeat=None)
    yield "no idempotency key", till_client.post(path, {"number": CARD}, shop, repeat=None)
    bodies = {
        "nothing": {},
        "both": {"code": "a", "number": "b"},
        "a whole number": {"number": 1000000000000009},
        "empty": {"number": ""},
        "too long": {"number": "1" * 7090, "code": "1" * 7090},
        "unknown field": {"number": CARD, "discount_percent": 10},
        "broken": "{",
        "a list": "[1]",
        "no text": "\ud800",
    }
    for name, body in bodies.items():
        yield name, till_client.post(path, body, shop)
    yield "no body", till_client.post(path, "", shop)
    xml = {"Content-Type": "text/xml"}
    yield "no JSON", till_client.post(path, "<a/>", shop, headers=xml)
    yield "no such path", till_client.post("/v1/card-checkers", {}, shop)
    yield "no such check", till_client.buy(shop, "chk_00000000000000000000000000")
    yield "no check's id", till_client.buy(shop, "chk_1")


def _purchases(till_client: TillClient, noon: Clock) -> Iterator[tuple[str, TillAnswer]]:
    shop = till_client.shop()
    check_id = till_client.check(shop, code=till_client.turning_code(CARD)).body["check_id"]
    refused_id = till_client.check(shop, number=BLOCKED).body["check_id"]
    till_client.recorder.taken()
    yield "nothing to take back", till_client.roll_back(shop, check_id)
    yield "bought under a refusal", till_client.buy(shop, refused_id)
    yield "bought for nothing", till_client.buy(shop, check_id, 0, receipt_id="1\u202e2", more=1)
    yield "bought", till_client.buy(shop, check_id, repeat="b")
    yield "bought again", till_client.buy(shop, check_id, repeat="b")
    yield "another purchase under one key", till_client.buy(shop, check_id, 5, repeat="b")
    yield "another purchase", till_client.buy(shop, check_id, 5)
    yield "taken back", till_client.roll_back(shop, check_id)
    yield "taken back again", till_client.roll_back(shop, check_id)
    noon.move(days=30)
    late_id = till_client.check(shop, number=CARD).body["check_id"]
    till_client.recorder.taken()
    noon.move(days=1)
    yield "bought too late", till_client.buy(shop, late_id)


def _write_anew() -> None:
    till_client = TillClient(MemoryDynamoDB())
    silent = contextlib.redirect_stdout(io.StringIO())
    with pytest.MonkeyPatch.context() as patch, serving(till_client, patch) as noon, silent:
        found = {name: _told(till_client, answer) for name, answer in _scenes(till_client, noon)}
    lines = (
        f"{json.dumps(name)}: {json.dumps(told, separators=(',', ':'))}"
        for name, told in found.items()
    )
    RETENTION.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    _write_anew()
