"""From the till over relay, bus and queue: what the cards service keeps of a check."""

import json
from collections.abc import Iterator

import pytest

from services.cards.till.repository import TillRepository
from shared.keyring import Secrets
from tests.cards.till.till_client import CARD, NOON, OUTBOX, TillClient
from tests.support.world import World, world_at

DAY = 24 * 3600


@pytest.fixture
def cards() -> Iterator[World]:
    with world_at(NOON, ("cards",)) as world:
        yield world


def test_a_check_is_counted_and_kept_for_400_days_without_its_card(
    cards: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    till_client = TillClient(cards.dynamodb, Secrets("cards", lambda: b"cards".ljust(32, b".")))
    monkeypatch.setattr(TillRepository, "connect", lambda: till_client.till)
    shop = till_client.shop()
    till_client.card(CARD)
    valid = till_client.check(shop, code=till_client.turning_code(CARD)).body["check_id"]
    refused = till_client.check(shop, number="1000000000000018").body["check_id"]
    cards.settle()

    rows = {row["pk"]["S"]: row for row in cards.rows("cards-data")}
    for check_id, reason in ((valid, "ok"), (refused, "not_valid")):
        kept = rows[f"CHECK#{check_id}"]
        assert kept["reason"]["S"] == reason
        assert int(kept["expires_at"]["N"]) - int(NOON.timestamp()) == 400 * DAY
        assert till_client.handle(CARD) not in json.dumps(kept)
        assert "visitor" not in kept
    assert all("pending" not in row for row in cards.rows(OUTBOX))
    short = {row["pk"]["S"]: row for row in cards.rows(OUTBOX)}[f"CHECK#{valid}"]
    assert int(short["expires_at"]["N"]) - int(NOON.timestamp()) == 45 * DAY
