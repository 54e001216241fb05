"""What is no event of ours is set aside, for people to look at."""

import json
from dataclasses import replace
from unittest.mock import Mock, call

import pytest

from shared import clock
from shared.events.base import MAX_DETAIL_BYTES
from shared.messaging import quarantine
from shared.storage.store import Store
from tests.shared.messaging.deliveries import feed, message, opened
from tests.simulation.sample_service import Ledger, Mirror
from tests.support.memory_dynamodb import MemoryDynamoDB

OPENED = (
    '{"detail": {"type": "ledger.CaseOpened", "id": "evt_1",'
    ' "data": {"region": "ZR", "case_id": "case_1"}, %s}}'
)


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        '["due"]',
        '"due"',
        '{"detail": {"type": "ledger.Unknown"}}',
        '{"detail": {"type": "ledger.CaseOpened", "data": {}}}',
        '{"detail": null}',
        OPENED % '"time": "2026-09-14T05:00:00Z", "sequence": 1e999',
        message(opened(), 1, 16).replace("2026-09-14T05:00:00.000Z", "0001-01-01T00:00:00+23:59"),
        message(opened(), 1, 16).replace("2026-09-14T05:00:00.000Z", "9999-12-31T23:59:59-23:59"),
        message(opened(), 1, 16).replace("2026-09-14T05:00:00.000Z", "2026-09-14T05:00:00.000"),
        '{"detail": ' + "[" * 100_000,
        message(opened(), 1, 10**12),
        message(opened(), 1, -1),
        message(opened(), 1, 16).replace("evt_1", "e" * 300),
        message(opened(), 1, 16).replace("evt_1", "\\ud800"),
        message(opened(), 1, 16).replace("case_1", "\\ud800"),
        '{"due": 5}',
        '{"due": null}',
        '{"due": "CASE"}',
        '{"due": ["CASE#case_1"]}',
        '{"due": ["CASE#case_1", "CASE", "CASE"]}',
        '{"due": ["CASE#case_1", 5]}',
        '{"due": ["", "CASE"]}',
        '{"due": ["CASE#\\ud800", "CASE"]}',
        '{"due": ["CASE#' + "1" * 3000 + '", "CASE"]}',
        '{"due": ["HOUSE#house_1", "HOUSE"]}',
        '{"due": ["PARKED#case_1", "\u0451"]}',
        '{"due": {"pk": "CASE#case_1", "sk": "CASE"}}',
    ],
)
def test_what_is_no_event_of_ours_is_set_aside_and_spends_no_receives(
    store: Store, tables: MemoryDynamoDB, body: str
) -> None:
    inbound = replace(Mirror(store).inbound(), deadlines={"CASE": Ledger(store).remind})

    assert feed(store, inbound, body) == []
    (row,) = [row for (pk, _), row in tables.rows("d").items() if pk.startswith("QUARANTINE#")]
    assert row["body"]["S"] == body[: quarantine.MAX_BODY]
    assert row["reason"]["S"] == "not_understood"


def test_why_a_message_is_set_aside_is_said_in_our_words_and_never_in_its_own(
    store: Store, tables: MemoryDynamoDB
) -> None:
    inbound = Mirror(store).inbound()

    for body in (
        '{"due": ["CASE#1", "CASE"]}',
        '{"detail": "+79161234567"}',
        '{"detail": {"type": "+79161234567"}}',
        '{"detail": {"type": "ledger.CaseOpened", "+79161234567": 1}}',
    ):
        assert feed(store, inbound, body) == []

    rows = [row for (pk, _), row in tables.rows("d").items() if pk.startswith("QUARANTINE#")]
    assert sorted(row["cause"]["S"] for row in rows) == [
        "UnknownEvent: TypeError",
        "UnknownEvent: a due row of unknown type",
        "UnknownEvent: an unknown type",
        "UnknownEvent: missing field 'data'",
    ]


def test_the_longest_event_that_was_given_up_can_be_sent_back(
    store: Store, tables: MemoryDynamoDB
) -> None:
    body = json.dumps({"version": "0", "id": "1", "detail": "x" * MAX_DETAIL_BYTES})

    quarantine.set_aside(body, "gave_up", "", store)

    (row,) = [row for (pk, _), row in tables.rows("d").items() if pk.startswith("QUARANTINE#")]
    assert row["body"]["S"] == body
    kept = int(row["expires_at"]["N"]) - clock.wall().timestamp()
    assert kept == pytest.approx(quarantine.RETENTION_DAYS * 24 * 3600, abs=60)


@pytest.mark.parametrize(("reason", "given_up"), [("not_understood", 0), ("gave_up", 1)])
def test_what_is_set_aside_calls_for_help(
    store: Store, monkeypatch: pytest.MonkeyPatch, reason: quarantine.Reason, given_up: int
) -> None:
    counted = Mock()
    monkeypatch.setattr(quarantine, "count", counted)

    quarantine.set_aside("{}", reason, "", store)

    assert counted.mock_calls == [call("quarantined"), call("messages_given_up", given_up)]
