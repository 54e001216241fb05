"""What was committed is published at least once; what was refused stays pending."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, call

import pytest
from botocore.exceptions import ReadTimeoutError

from shared import clock, observability
from shared.events.base import MAX_DETAIL_BYTES
from shared.messaging import outbox
from shared.principal import system
from shared.storage import connection
from shared.storage.command_context import CommandContext
from shared.storage.store import Store
from tests.shared.messaging.deliveries import CALM
from tests.simulation.fault_injection import client_error
from tests.simulation.sample_service import Case, CaseOpened, Cases
from tests.support.lambda_context import Context, Countdown
from tests.support.log_lines import log_lines
from tests.support.memory_dynamodb import MemoryDynamoDB


class Bus:
    """A bus that refuses the entries the test names by their place."""

    def __init__(self, refuse: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        self.refuse = refuse
        self.accepted: list[dict[str, Any]] = []
        self.sizes: list[int] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        assert len(Entries) <= 10  # AWS refuses more as a whole
        self.sizes.append(len(Entries))
        results = []
        for place, entry in enumerate(Entries):
            refused = place in self.refuse
            results.append({"ErrorCode": "InternalFailure"} if refused else {"EventId": "e"})
            if not refused:
                self.accepted.append(entry)
        return {"Entries": results, "FailedEntryCount": len(self.refuse)}


class BrokenBus:
    """A bus that does not answer, or refuses to be asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error or ReadTimeoutError(endpoint_url="x")

    def put_events(self, **_: Any) -> dict[str, Any]:
        raise self.error


def commit(store: Store, *names: str) -> None:
    for name in names:
        Cases(store).save(
            CommandContext(system("ledger"), "open", "cor_1"),
            Case(id=name),
            events=[CaseOpened(region="ZR", case_id=name)],
        )


def pending(tables: MemoryDynamoDB) -> int:
    return sum("pending" in row for row in tables.rows("o").values())


def test_the_relay_publishes_and_clears(store: Store, tables: MemoryDynamoDB) -> None:
    commit(store, "case_1", "case_2")
    bus = Bus()

    outbox.publish(list(tables.rows("o").values()), store, bus, "bus")

    assert [entry["DetailType"] for entry in bus.accepted] == ["ledger.CaseOpened"] * 2
    assert (bus.accepted[0]["EventBusName"], bus.accepted[0]["Source"]) == ("bus", "ryadom.ledger")
    said = {json.loads(entry["Detail"])["subject"] for entry in bus.accepted}
    assert said == {"case_1", "case_2"}
    assert pending(tables) == 0
    kept = clock.wall() + outbox.KEEP_PUBLISHED
    for row in tables.rows("o").values():
        assert abs(int(row["expires_at"]["N"]) - kept.timestamp()) < 60


def test_a_refused_entry_keeps_its_row_and_only_its_row(
    store: Store, tables: MemoryDynamoDB
) -> None:
    commit(store, "case_1", "case_2", "case_3")

    outbox.publish(list(tables.rows("o").values()), store, Bus(refuse={1}), "bus")

    assert pending(tables) == 1


@pytest.mark.parametrize(("said", "left"), [(2, 1), (0, 3), (5, 0), (None, 3)])
def test_an_entry_of_which_the_bus_says_nothing_is_published_again(
    store: Store, tables: MemoryDynamoDB, said: int | None, left: int
) -> None:
    commit(store, "case_1", "case_2", "case_3")

    class Terse(Bus):
        def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
            super().put_events(Entries=Entries)
            # Any 200 is no error to botocore, also the page of a proxy in between.
            return {} if said is None else {"Entries": [{"EventId": "e"}] * said}

    outbox.publish(list(tables.rows("o").values()), store, Terse(), "bus")

    assert pending(tables) == left


def relayed(store: Store, tables: MemoryDynamoDB, bus: Any, context: Any = CALM) -> list[str]:
    """Bring every outbox row over the stream; the sequence numbers of those to bring again."""
    records = [
        {"dynamodb": {"NewImage": image, "SequenceNumber": pk}}
        for (pk, _), image in tables.rows("o").items()
    ]
    answer = outbox.relay({"Records": records}, context, store, bus, "bus")
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_the_stream_publishes_each_row_and_brings_a_refused_one_again(
    store: Store, tables: MemoryDynamoDB
) -> None:
    commit(store, "case_1", "case_2", "case_3")
    second = [pk for pk, _ in tables.rows("o")][1]

    assert relayed(store, tables, Bus(refuse={1})) == [second]
    assert [pk for (pk, _), row in tables.rows("o").items() if "pending" in row] == [second]


def test_what_the_stream_tells_of_rows_gone_or_published_is_passed_over(
    store: Store, tables: MemoryDynamoDB
) -> None:
    commit(store, "case_1", "case_2")
    first, _ = tables.rows("o").values()
    outbox.publish([first], store, Bus(), "bus")
    gone = {"dynamodb": {"Keys": {}, "SequenceNumber": "0"}}
    records = [{"dynamodb": {"NewImage": row, "SequenceNumber": row["pk"]["S"]}}
               for row in tables.rows("o").values()]  # fmt: skip
    bus = Bus()

    assert outbox.relay({"Records": [gone, *records]}, CALM, store, bus, "bus") == {
        "batchItemFailures": []
    }
    assert len(bus.accepted) == 1
    assert pending(tables) == 0


def test_a_batch_of_the_stream_goes_out_in_as_few_calls_as_it_fits(
    store: Store, tables: MemoryDynamoDB
) -> None:
    commit(store, *(f"case_{n}" for n in range(25)))
    bus = Bus()

    assert relayed(store, tables, bus) == []
    assert bus.sizes == [10, 10, 5]
    assert pending(tables) == 0
    assert outbox.MAX_ENTRIES * MAX_DETAIL_BYTES < 256_000 * 0.9


@pytest.mark.parametrize("published", [0, 3])
def test_what_a_killed_relay_leaves_is_published_by_the_sweeper(
    store: Store, tables: MemoryDynamoDB, published: int
) -> None:
    commit(store, "case_1", "case_2", "case_3")
    bus = Bus()

    class Killing:
        def put_events(self, *, Entries: list[dict[str, Any]]) -> None:
            bus.put_events(Entries=Entries[:published])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relayed(store, tables, Killing())

    assert (pending(tables), len(bus.accepted)) == (3, published)
    assert outbox.sweep(store, bus, "bus", timedelta())[:2] == (3, 3)
    assert pending(tables) == 0


def test_a_row_that_nobody_can_read_harms_no_other(store: Store, tables: MemoryDynamoDB) -> None:
    commit(store, "case_1", "case_2")
    (first, sort), (second, _) = tables.rows("o")
    tables.rows("o")[first, sort]["entries"] = {"S": "not json"}

    assert relayed(store, tables, Bus()) == [first]
    assert "pending" not in tables.rows("o")[second, sort]


def test_the_sweeper_is_not_held_up_by_a_row_that_nobody_can_read(
    store: Store, tables: MemoryDynamoDB, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(store, *(f"case_{n}" for n in range(30)))
    next(iter(tables.rows("o").values()))["entries"] = {"S": "not json"}

    with observability.invocation("ledger", "sweep-outbox", None):
        assert outbox.sweep(store, Bus(), "bus", timedelta())[:2] == (30, 29)
    assert pending(tables) == 1
    (line,) = log_lines(capsys.readouterr().out)
    assert line["error"]["type"] == "JSONDecodeError"


def test_a_row_is_cleared_only_while_there_is_time(store: Store, tables: MemoryDynamoDB) -> None:
    commit(store, "case_1", "case_2", "case_3")
    left = iter((60_000, 60_000, 1_000))
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: next(left))

    assert len(relayed(store, tables, Bus(), context)) == 1
    assert pending(tables) == 1


def test_the_relay_names_the_rows_that_the_stream_has_to_bring_again(
    store: Store, tables: MemoryDynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(store, "case_1")
    monkeypatch.setattr(connection, "table_access", lambda: store)
    monkeypatch.setattr("shared.aws.client", lambda _: BrokenBus())
    for name in ("SERVICE", "BUS_NAME"):
        monkeypatch.setenv(name, "ledger")
    ((_, image),) = tables.rows("o").items()
    batch = {"Records": [{"dynamodb": {"NewImage": image, "SequenceNumber": "7"}}]}

    assert outbox.relay_handler(batch, CALM) == {"batchItemFailures": [{"itemIdentifier": "7"}]}


def test_with_little_time_left_no_row_is_begun(store: Store, tables: MemoryDynamoDB) -> None:
    commit(store, "case_1", "case_2")
    bus = Bus()

    hurried = Context(1_000)

    assert len(relayed(store, tables, bus, hurried)) == 2
    assert bus.accepted == []


def test_the_sweeper_alone_publishes_everything(store: Store, tables: MemoryDynamoDB) -> None:
    commit(store, *(f"case_{n}" for n in range(30)))
    bus = Bus()

    found, published, _ = outbox.sweep(store, bus, "bus", timedelta())

    assert found == published == len(bus.accepted) == 30
    assert max(bus.sizes) <= 10
    assert pending(tables) == 0


def test_rows_younger_than_the_grace_are_left_to_the_stream(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(store, "case_1")
    told, measured = Mock(), Mock()
    monkeypatch.setattr(outbox, "count", told)
    monkeypatch.setattr(outbox, "measure", measured)
    monkeypatch.setattr("shared.storage.connection.table_access", lambda: store)
    monkeypatch.setattr("shared.aws.client", lambda _: Bus())
    for name in ("SERVICE", "BUS_NAME"):
        monkeypatch.setenv(name, "ledger")

    assert outbox.sweep_handler({}, None) == {"found": 0, "published": 0}
    assert outbox.sweep_handler({"at_once": True}, None) == {"found": 1, "published": 1}
    assert told.mock_calls == [call("outbox_swept", 0), call("outbox_swept", 1)]
    nothing, lag = (each.args for each in measured.mock_calls)
    assert nothing == ("outbox_lag", 0, "Seconds")
    assert 0 < lag[1] < 60


@pytest.mark.parametrize(("seconds", "rounds"), [(60, 4), (20, 1)])
def test_after_an_outage_the_sweeper_goes_on_while_there_is_time(
    store: Store,
    tables: MemoryDynamoDB,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    rounds: int,
) -> None:
    commit(store, *(f"case_{n}" for n in range(60)))
    bus = Bus()
    monkeypatch.setattr(outbox, "SWEEP_PAGE", 2)
    monkeypatch.setattr(connection, "table_access", lambda: store)
    monkeypatch.setattr("shared.aws.client", lambda _: bus)
    swept = Mock(side_effect=outbox.sweep)
    monkeypatch.setattr(outbox, "sweep", swept)
    for name in ("SERVICE", "BUS_NAME"):
        monkeypatch.setenv(name, "ledger")

    answer = outbox.sweep_handler({"at_once": True}, Countdown(seconds))

    assert answer["found"] == answer["published"] == len(bus.accepted)
    assert swept.call_count >= rounds and (pending(tables) == 0) is (rounds > 1)


def test_a_bus_that_takes_nothing_is_asked_for_one_round(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(store, *(f"case_{n}" for n in range(60)))
    monkeypatch.setattr(outbox, "SWEEP_PAGE", 1)
    monkeypatch.setattr(connection, "table_access", lambda: store)
    monkeypatch.setattr("shared.aws.client", lambda _: BrokenBus())
    for name in ("SERVICE", "BUS_NAME"):
        monkeypatch.setenv(name, "ledger")

    assert outbox.sweep_handler({"at_once": True}, None) == {"found": 8, "published": 0}


def test_a_silent_bus_loses_nothing(store: Store, tables: MemoryDynamoDB) -> None:
    commit(store, "case_1")

    assert outbox.publish(list(tables.rows("o").values()), store, BrokenBus(), "bus") == 0
    assert pending(tables) == 1


@pytest.mark.parametrize(
    ("bus", "kind", "code"),
    [
        (BrokenBus(), "ReadTimeoutError", None),
        (BrokenBus(client_error("AccessDeniedException", 400)), "ClientError", "AccessDenied"),
        (Bus(refuse={0}), "NotTaken", "InternalFailure"),
    ],
)
def test_the_log_of_the_sweeper_says_why_the_bus_refuses(
    store: Store, capsys: pytest.CaptureFixture[str], bus: Any, kind: str, code: str | None
) -> None:
    commit(store, "case_1", "case_2")

    with observability.invocation("ledger", "sweep-outbox", None):
        assert outbox.sweep(store, bus, "bus", timedelta())[0] == 2

    (line,) = log_lines(capsys.readouterr().out)
    assert line["error"]["type"] == kind
    assert str(line["error"].get("code")).startswith(str(code))
