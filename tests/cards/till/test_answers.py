"""What cash desks were told, and what it cost, before the till was built of standard parts.

`answers.json` was written by the till that signed its requests by hand; the deployed one gives the
same statuses, bodies, headers and calls to the tables. The order of keys does not count.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.cards.till.till_client import Clock, TillAnswer, TillClient

Item = dict[str, Any]

RETENTION = Path(__file__).with_name("answers.json")
HEADERS = ("Content-Type", "Cache-Control", "Retry-After", "WWW-Authenticate")
REPLAYED = "Idempotency-Replayed"
CARD, BLOCKED, ISSUED = "1000000000000009", "1000000000000017", "1000000000000025"
UNKNOWN = "4000000000000001"


def test_cash_desks_are_told_what_they_were_told_before(kit: TillClient, noon: Clock) -> None:
    expected = json.loads(RETENTION.read_text(encoding="utf-8"))

    found = {name: _told(kit, answer) for name, answer in _scenes(kit, noon)}

    assert list(found) == list(expected)
    for name, told in found.items():
        assert told == expected[name], name


def _told(kit: TillClient, answer: TillAnswer) -> Item:
    headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    return {
        "status": answer.status,
        "headers": headers,
        "replayed": answer.headers.get(REPLAYED),
        "body": answer.body,
        "calls": json.loads(json.dumps(kit.recorder.taken())),
    }


def _scenes(kit: TillClient, noon: Clock) -> Iterator[tuple[str, TillAnswer]]:
    shop = kit.shop()
    kit.card(CARD)
    kit.card(BLOCKED, "blocked")
    kit.card(ISSUED, "issued")
    kit.recorder.taken()
    yield from _checks(kit, noon)
    yield from _refusals(kit)
    yield from _purchases(kit, noon)
    other = kit.shop(key_id="key_01JLOCKED", secret="locked")
    for place in range(10):
        kit.check(other, number=f"20000000000000{place:02d}")
    kit.recorder.taken()
    yield "key locked", kit.check(other, number=CARD)
    kit.partner(shop, "paused")
    yield "partner paused", kit.check(shop, number=CARD)
    kit.partner(shop, "ended")
    yield "partner ended", kit.check(shop, number=CARD)
    kit.partner(shop, offers=[])
    yield "no offer", kit.check(shop, number=CARD)
    kit.key(shop, "revoked")
    yield "key revoked", kit.check(shop, number=CARD)


def _checks(kit: TillClient, noon: Clock) -> Iterator[tuple[str, TillAnswer]]:
    shop, code = kit.shop(), kit.turning_code(CARD)
    kit.recorder.taken()
    yield "typed", kit.check(shop, repeat="a", number=CARD)
    yield "typed again", kit.check(shop, repeat="a", number=CARD)
    yield "another card under one key", kit.check(shop, repeat="a", number=ISSUED)
    yield "turning", kit.check(shop, code=code)
    yield "turning again", kit.check(shop, code=code)
    yield "turning with the scanner's line end", kit.check(shop, code=f"{code}\r\n")
    yield "printed", kit.check(shop, code=kit.static_code(CARD))
    yield "issued", kit.check(shop, number=ISSUED)
    yield "blocked", kit.check(shop, number=BLOCKED)
    yield "unknown", kit.check(shop, number=UNKNOWN)
    yield "forged", kit.check(shop, code=code[:-4] + "AAAA")
    yield "no number", kit.check(shop, number="\x00\u200b")
    noon.move(minutes=1)
    yield "expired", kit.check(shop, code=code)
    sandbox = kit.shop(key_id="key_01JTEST", secret="test", sandbox=True)
    yield "sandbox", kit.check(sandbox, number="0000 0000 0000 0000")


def _refusals(kit: TillClient) -> Iterator[tuple[str, TillAnswer]]:
    shop, path = kit.shop(), "/v1/card-checks"
    yield "no store key", kit.post(path, {"number": 5}, None, repeat=None)
    yield "no idempotency key", kit.post(path, {"number": CARD}, shop, repeat=None)
    bodies = {
        "nothing": {},
        "both": {"code": "a", "number": "b"},
        "a whole number": {"number": 1000000000000009},
        "empty": {"number": ""},
        "too long": {"number": "1" * 65, "code": "1" * 201},
        "unknown field": {"number": CARD, "discount_percent": 10},
        "broken": "{",
        "a list": "[1]",
        "no text": "\ud800",
    }
    for name, body in bodies.items():
        yield name, kit.post(path, body, shop)
    yield "no body", kit.post(path, "", shop)
    xml = {"Content-Type": "text/xml"}
    yield "no JSON", kit.post(path, "<a/>", shop, headers=xml)
    yield "no such path", kit.post("/v1/card-checkers", {}, shop)
    yield "no such check", kit.buy(shop, "chk_00000000000000000000000000")
    yield "no check's id", kit.buy(shop, "chk_1")


def _purchases(kit: TillClient, noon: Clock) -> Iterator[tuple[str, TillAnswer]]:
    shop = kit.shop()
    check_id = kit.check(shop, code=kit.turning_code(CARD)).body["check_id"]
    refused_id = kit.check(shop, number=BLOCKED).body["check_id"]
    kit.recorder.taken()
    yield "nothing to take back", kit.roll_back(shop, check_id)
    yield "bought under a refusal", kit.buy(shop, refused_id)
    yield "bought for nothing", kit.buy(shop, check_id, 0, receipt_id="1\u202e2", more=1)
    yield "bought", kit.buy(shop, check_id, repeat="b")
    yield "bought again", kit.buy(shop, check_id, repeat="b")
    yield "another purchase under one key", kit.buy(shop, check_id, 5, repeat="b")
    yield "another purchase", kit.buy(shop, check_id, 5)
    yield "taken back", kit.roll_back(shop, check_id)
    yield "taken back again", kit.roll_back(shop, check_id)
    noon.move(days=30)
    late_id = kit.check(shop, number=CARD).body["check_id"]
    kit.recorder.taken()
    noon.move(days=1)
    yield "bought too late", kit.buy(shop, late_id)
