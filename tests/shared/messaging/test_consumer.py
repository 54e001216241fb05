"""One bad message harms nobody else; what comes early waits; what nobody knows is set aside."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, call

import pytest

from shared import budget, clock, observability
from shared.errors import VersionConflict
from shared.events.base import MAX_DETAIL_BYTES, Event, Received, to_cloud_event
from shared.messaging import batches, consumer, deadlines, parking, quarantine, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.principal import system
from shared.storage import rows
from shared.storage.command_context import CommandContext, Key
from shared.storage.rows import DUE_SHARDS
from shared.storage.store import Store, Tables
from tests.simulation.sample_service import (
    Case,
    CaseOpened,
    Cases,
    Ledger,
    Mirror,
    Seen,
    StepTaken,
)
from tests.support.log_lines import log_lines
from tests.support.memory_dynamodb import MemoryDynamoDB

CALM = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
OPENED = (
    '{"detail": {"type": "ledger.CaseOpened", "id": "evt_1",'
    ' "data": {"region": "ZR", "case_id": "case_1"}, %s}}'
)
NOW = datetime(2026, 9, 14, 5, 0, tzinfo=UTC)


@pytest.fixture
def tables() -> MemoryDynamoDB:
    return MemoryDynamoDB()


@pytest.fixture
def store(tables: MemoryDynamoDB) -> Store:
    return Store(tables, Tables("d", "o", "a", "k"))


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    held = {"now": NOW}
    monkeypatch.setattr(clock, "now", lambda: held["now"])
    return held


def message(event: Event, number: int, sequence: int) -> str:
    detail = to_cloud_event(
        event,
        event_id=f"evt_{number}",
        time=NOW,
        sequence=sequence,
        correlation_id="cor_1",
        causation_id=None,
    )
    return json.dumps({"detail-type": event.detail_type(), "detail": json.loads(detail)})


def opened(case_id: str = "case_1") -> CaseOpened:
    return CaseOpened(region="ZR", case_id=case_id)


def step(total: int, case_id: str = "case_1") -> StepTaken:
    return StepTaken(region="ZR", case_id=case_id, token=f"t{total}", total=total)


def feed(store: Store, inbound: Subscriptions, *bodies: str, context: Any = CALM) -> list[str]:
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    if not records:
        return []  # Lambda brings no empty batch
    answer = consumer.consume({"Records": records}, context, inbound, store)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_one_failing_message_is_returned_and_its_neighbours_are_handled(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []

    def note_case(received: Received[CaseOpened], context: CommandContext) -> None:
        if received.event.case_id == "case_bad":
            raise RuntimeError("poison")
        done.append(received.event.case_id)

    inbound = Subscriptions("mirror", {CaseOpened: note_case})
    bodies = [
        message(opened(name), n, 16) for n, name in enumerate(["case_1", "case_bad", "case_2"])
    ]

    with observability.invocation("mirror", "on-messages", None):
        assert feed(store, inbound, *bodies) == ["1"]
    assert done == ["case_1", "case_2"]
    (line,) = log_lines(capsys.readouterr().out)
    assert (line["outcome"], line["error"]["type"]) == ("partial", "RuntimeError")
    assert line["event"] == line["failed"] == [CaseOpened.detail_type(), "note_case"]
    assert line["correlation_id"] == "cor_1"


def test_events_about_one_row_take_turns_and_none_comes_back_minutes_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, races = list[int](), iter(range(1, deadlines.TRIES))
    monkeypatch.setattr(budget, "give_way", waits.append)

    def count_up(received: Received[CaseOpened], context: CommandContext) -> None:
        if next(races, None):
            raise VersionConflict

    inbound = Subscriptions("mirror", {CaseOpened: count_up})

    assert feed(store, inbound, message(opened(), 1, 16)) == []
    assert waits == [*range(1, deadlines.TRIES)]


def test_a_message_delivered_three_times_has_one_effect(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = Mirror(store)
    body = message(step(1), 1, 32)

    with observability.invocation("mirror", "on-messages", None):
        feed(store, mirror.inbound(), message(opened(), 0, 16), body, body, body)

    assert mirror.sums.get("steps").tokens == ("t1",)
    (line,) = log_lines(capsys.readouterr().out)
    assert line["duplicates"] == 2 * len(mirror.inbound().reactions_to(step(1)))


def test_a_reaction_that_is_not_wanted_costs_nothing_and_one_that_is_acts(store: Store) -> None:
    acted: list[str] = []

    def tell_others(received: Received[CaseOpened], context: CommandContext) -> None:
        acted.append(received.event.case_id)

    part = SimpleNamespace(
        REACTIONS={CaseOpened: tell_others},
        WANTED={tell_others: lambda event: event.case_id == "case_2"},
    )
    inbound = Subscriptions.of("mirror", part)

    assert feed(store, inbound, message(opened(), 1, 1)) == []
    assert store.item(Key("INBOX#tell_others#evt_1", "INBOX")) is None
    for _ in range(2):
        assert feed(store, inbound, message(opened("case_2"), 2, 1)) == []
    assert acted == ["case_2"]


def test_a_reaction_that_finds_its_work_by_a_list_looks_once_more(
    store: Store, tables: MemoryDynamoDB, moment: dict[str, datetime]
) -> None:
    looked: list[datetime] = []

    def end_what_is_listed(received: Received[CaseOpened], context: CommandContext) -> None:
        looked.append(clock.now())

    part = SimpleNamespace(
        REACTIONS={CaseOpened: end_what_is_listed}, LOOKS_AGAIN=(end_what_is_listed,)
    )
    inbound, body = Subscriptions.of("mirror", part), message(opened(), 1, 1)

    assert feed(store, inbound, body, body) == []
    for minutes in (1, 9, 11, 30):
        moment["now"] = NOW + timedelta(minutes=minutes)
        feed(store, inbound, *due_messages(store), body)

    assert looked == [NOW, NOW + timedelta(minutes=11)]
    assert not any(pk.startswith("PARKED#") for pk, _ in tables.rows("d"))


def test_two_reactions_of_one_name_are_refused() -> None:
    """The inbox knows a reaction by its name: the second would be taken for the first."""

    def note_case() -> None: ...

    parts = [SimpleNamespace(REACTIONS={CaseOpened: note_case}) for _ in range(2)]
    with pytest.raises(ValueError, match="note_case"):
        Subscriptions.of("mirror", *parts)


def test_an_older_event_does_not_overwrite_a_projection(
    store: Store, tables: MemoryDynamoDB
) -> None:
    mirror = Mirror(store)

    feed(
        store,
        mirror.inbound(),
        message(opened(), 0, 16),
        message(step(2), 2, 48),
        message(step(1), 1, 32),
    )

    assert mirror.seen.get("case_1").total == 2
    assert ("INBOX#mirror_total#evt_1", "INBOX") in tables.rows("d")


def test_what_comes_too_early_is_parked_and_done_when_its_aggregate_appears(
    store: Store, tables: MemoryDynamoDB
) -> None:
    mirror = Mirror(store)

    assert feed(store, mirror.inbound(), message(step(1), 1, 32)) == []
    assert any(pk.startswith("PARKED#case_1") for pk, _ in tables.rows("d"))

    feed(store, mirror.inbound(), message(opened(), 0, 16))

    assert mirror.seen.get("case_1").total == 1
    assert not any(pk.startswith("PARKED#") for pk, _ in tables.rows("d"))


def test_a_parked_event_that_was_done_meanwhile_leaves_nothing_that_waits(
    store: Store, tables: MemoryDynamoDB, moment: dict[str, datetime]
) -> None:
    mirror, early = Mirror(store), message(step(1), 1, 32)
    feed(store, mirror.inbound(), early)
    mirror.seen.save(CommandContext(system("mirror"), "open", "cor_1"), Seen(id="case_1"))
    feed(store, mirror.inbound(), early)
    moment["now"] += timedelta(minutes=1)

    feed(store, mirror.inbound(), *due_messages(store))

    assert mirror.seen.get("case_1").total == 1
    assert not any(pk.startswith("PARKED#") for pk, _ in tables.rows("d"))


def test_a_parked_event_is_retried_by_the_sweep_and_calls_for_help_after_15_minutes(
    store: Store, moment: dict[str, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: dict[str, float] = {}
    for module in (consumer, parking):
        monkeypatch.setattr(
            module, "count", lambda name, n=1: counted.__setitem__(name, counted.get(name, 0) + n)
        )
    mirror = Mirror(store)
    feed(store, mirror.inbound(), message(step(1), 1, 32))
    assert due_messages(store) == [], "what it waits for has hardly come in the same second"

    for minutes in (1, 16):
        moment["now"] = NOW + timedelta(minutes=minutes)
        feed(store, mirror.inbound(), *due_messages(store))

    assert counted["parked"] == 1
    assert counted["parked_overdue"] == 1


def due_messages(store: Store) -> list[str]:
    sent: list[str] = []

    class Queue:
        def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> None:
            sent.extend(entry["MessageBody"] for entry in Entries)

    sweep.sweep_due(store, Queue(), "q", DUE_SHARDS)
    return sent


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
        OPENED % '"time": "0001-01-01T00:00:00+23:59", "sequence": "1", "subject": "c"',
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

    for body in ('{"due": ["CASE#1", "CASE"]}', '{"detail": "+79161234567"}'):
        assert feed(store, inbound, body) == []

    rows = [row for (pk, _), row in tables.rows("d").items() if pk.startswith("QUARANTINE#")]
    causes = sorted(row["cause"]["S"] for row in rows)
    assert causes[1] == "UnknownEvent: a due row of unknown type"
    assert "79161234567" not in causes[0]


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


def test_with_little_time_left_the_rest_goes_back_untouched(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Mock()
    monkeypatch.setattr(batches, "count", counted)
    left = iter([60_000, 60_000, 1_000])
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: next(left))
    bodies = [message(opened(f"case_{n}"), n, 16) for n in range(3)]

    with observability.invocation("mirror", "on-messages", None):
        assert feed(store, Mirror(store).inbound(), *bodies, context=context) == ["2"]
    (line,) = log_lines(capsys.readouterr().out)
    assert line["outcome"] == "partial" and "error" not in line  # it is none: it comes again
    assert counted.mock_calls == [call("records_handled", 2), call("records_returned", 1)]


def test_a_deadline_that_fails_backs_off_and_calls_for_help_at_the_fifth(
    store: Store,
    tables: MemoryDynamoDB,
    moment: dict[str, datetime],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stuck: list[float] = []
    monkeypatch.setattr(
        deadlines, "count", lambda name, n=1: stuck.append(n) if name == "deadline_stuck" else None
    )
    noted: list[object] = []
    monkeypatch.setattr(deadlines, "note", lambda **told: noted.append(told["due"]))
    Cases(store).save(
        CommandContext(system("ledger"), "open", "cor_1"), Case(id="case_1", remind_at=NOW)
    )
    tried: list[datetime] = []

    def broken(case_id: str, context: CommandContext) -> None:
        tried.append(clock.now())
        raise RuntimeError("still broken")

    inbound = Subscriptions("ledger", {}, {"CASE": broken})
    for _ in range(40):
        feed(store, inbound, *due_messages(store))
        moment["now"] += timedelta(minutes=1)

    gaps = [(b - a) // timedelta(minutes=1) for a, b in pairwise(tried)]
    assert gaps[:4] == [1, 2, 4, 8]
    assert stuck == [0, 0, 0, 0, 1, 1]
    assert noted == [["case", "case_1"]] * len(tried)

    mended = Subscriptions("ledger", {}, {"CASE": Ledger(store).remind})
    feed(store, mended, *due_messages(store))
    moment["now"] += timedelta(hours=1)
    sent = due_messages(store)
    for _ in range(2):  # a queue may deliver twice, and then the row is due no more
        assert feed(store, mended, *sent) == []
    assert Cases(store).get("case_1").reminded == (0,)
    assert not [row for shard in DUE_SHARDS for row in store.due(shard, "9999", 10)]


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 2), (6, 32), (7, 60), (12, 60), (10_000, 60)]
)
def test_a_row_rests_longer_after_each_failure_and_an_hour_at_most(
    tries: int, minutes: int
) -> None:
    assert deadlines.backoff(tries) == timedelta(minutes=minutes)


class Killed(BaseException):
    """The worker is gone: nothing of it is caught."""


def test_only_workers_that_die_one_after_the_other_are_counted_against_a_row(
    store: Store, moment: dict[str, datetime]
) -> None:
    Cases(store).save(
        CommandContext(system("ledger"), "open", "cor_1"), Case(id="c", remind_at=NOW)
    )
    ways = [Killed, RuntimeError] * (deadlines.KILLS + 1)
    turn = deadlines.Turn(Mock(side_effect=ways), timedelta(seconds=30), alone=Mock())

    for _ in ways:
        moment["now"] += timedelta(hours=2)
        with contextlib.suppress(Killed):
            deadlines.work(Key("CASE#c", "CASE"), turn, store)

    assert not sweep.given_up(store)


def test_a_job_whose_last_words_kill_is_left_to_people(
    store: Store, moment: dict[str, datetime]
) -> None:
    context = CommandContext(system("ledger"), "open", "cor_1")
    Cases(store).save(context, Case(id="case_1", remind_at=NOW))
    killed, key = 0, Key("CASE#case_1", "CASE")
    run = Mock(side_effect=RuntimeError)
    turn = deadlines.Turn(
        run=run,
        still=timedelta(seconds=30),
        alone=Mock(),
        give_up=Mock(side_effect=Killed),
    )

    for _ in range(2 * deadlines.JOB_TRIES):
        moment["now"] += timedelta(hours=2)
        try:
            deadlines.work(key, turn, store)
        except Killed:
            killed += 1

    assert killed == deadlines.JOB_KILLS + 1
    assert run.call_count == deadlines.JOB_TRIES
    assert [rows.key_of(row) for row in sweep.given_up(store)] == [key]


def test_the_sweep_says_how_late_it_is_and_how_much_waits_for_people(
    store: Store, moment: dict[str, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("case_1", "case_2", "case_3"):
        context = CommandContext(system("ledger"), "open", "cor_1")
        Cases(store).save(context, Case(id=name, remind_at=moment["now"]))
        moment["now"] += timedelta(minutes=1)
    given_up = Key("CASE#case_1", "CASE")
    deadlines._give_up(given_up, store.item(given_up) or {}, store)
    told = Mock()
    monkeypatch.setattr(sweep, "count", told)
    monkeypatch.setattr(sweep, "measure", told)
    monkeypatch.setattr("shared.storage.connection.store", lambda: store)
    sqs = Mock()
    monkeypatch.setattr("shared.aws.client", lambda _: sqs)
    monkeypatch.setenv("QUEUE_URL", "q")

    assert sweep.sweep({}) == {"found": 2, "put_back": 0}

    assert told.mock_calls == [
        call("deadlines_due", 2),
        call("deadline_stuck", 1),
        call("deadline_lag", 120.0, "Seconds"),
    ]
    assert sweep.sweep({"put_back": True}) == {"found": 3, "put_back": 1}
    assert call("deadline_stuck", 0) in told.mock_calls

    job = replace(Cases(store).row(Case(id="case_4", remind_at=moment["now"])), job=True)
    store.commit(CommandContext(system("ledger"), "open", "cor_1"), job)
    for queue, found in {"": 3, "j": 4}.items():
        monkeypatch.setenv("JOBS_QUEUE_URL", queue)  # a service without jobs has none
        assert sweep.sweep({})["found"] == found
    assert {each.kwargs["QueueUrl"] for each in sqs.send_message_batch.mock_calls} == {"q", "j"}


def test_a_due_message_for_a_row_that_is_no_longer_due_does_nothing(store: Store) -> None:
    inbound = Subscriptions("ledger", {}, {"CASE": Ledger(store).remind})
    key = Key("CASE#case_9", "CASE")

    assert feed(store, inbound, json.dumps({"due": [key.pk, key.sk]})) == []
