"""One bad message harms nobody else, and what is delivered twice is done once."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from unittest.mock import Mock, call

import pytest

from shared import budget, clock, observability
from shared.errors import VersionConflict
from shared.events.base import Received
from shared.messaging import batches, consumer, deadlines
from shared.messaging.subscriptions import Subscriptions
from shared.storage.command_context import CommandContext
from shared.storage.rows import Key
from shared.storage.store import Store
from tests.shared.messaging.deliveries import NOW, due_messages, feed, message, opened, step
from tests.simulation.sample_service import Case, CaseOpened, Cases, Mirror
from tests.support.log_lines import log_lines
from tests.support.memory_dynamodb import MemoryDynamoDB


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
    store: Store, tables: MemoryDynamoDB, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = Mirror(store)
    body = message(step(1), 1, 32)

    with observability.invocation("mirror", "on-messages", None):
        feed(store, mirror.inbound(), message(opened(), 0, 16), body, body, body)

    assert mirror.sums.get("steps").tokens == ("t1",)
    (line,) = log_lines(capsys.readouterr().out)
    assert line["duplicates"] == 2 * len(mirror.inbound().reactions_to(step(1)))
    done = tables.rows("d")["INBOX#add_up#evt_1", "INBOX"]
    kept = int(done["expires_at"]["N"]) - clock.wall().timestamp()
    assert kept == pytest.approx(consumer.INBOX_DAYS * 24 * 3600, abs=60)


def test_what_a_reaction_causes_says_what_it_was_caused_by(
    store: Store, tables: MemoryDynamoDB
) -> None:
    def open_another(received: Received[CaseOpened], context: CommandContext) -> None:
        Cases(store).save(context, Case(id="case_2"), events=[opened("case_2")])

    feed(store, Subscriptions("mirror", {CaseOpened: open_another}), message(opened(), 7, 16))

    ((entry,),) = (json.loads(row["entries"]["S"]) for row in tables.rows("o").values())
    told = json.loads(entry["detail"])
    assert (told["causationid"], told["correlationid"]) == ("evt_7", "cor_1")


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
