"""What comes before its aggregate waits for it, and calls for help when it waits too long."""

import json
from datetime import datetime, timedelta

import pytest

from shared.events.base import Event
from shared.messaging import consumer, parking
from shared.messaging.subscriptions import EventHandler, Subscriptions
from shared.principal import system
from shared.storage.command_context import CommandContext
from shared.storage.store import Store
from tests.shared.messaging.deliveries import NOW, due_messages, feed, message, opened, step
from tests.simulation.sample_service import Mirror, Seen, StepTaken
from tests.support.memory_dynamodb import MemoryDynamoDB


def test_what_comes_too_early_is_parked_and_done_when_its_aggregate_appears(
    store: Store, tables: MemoryDynamoDB
) -> None:
    mirror = Mirror(store)

    assert feed(store, mirror.inbound(), message(step(1), 1, 32)) == []
    assert any(pk.startswith("PARKED#case_1") for pk, _ in tables.rows("d"))

    feed(store, mirror.inbound(), message(opened(), 0, 16))

    assert mirror.seen.get("case_1").total == 1
    assert not any(pk.startswith("PARKED#") for pk, _ in tables.rows("d"))


def test_a_parked_event_that_was_done_meanwhile_leaves_nothing_that_waits_or_calls_for_help(
    store: Store,
    tables: MemoryDynamoDB,
    moment: dict[str, datetime],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mirror, early, counted = Mirror(store), message(step(1), 1, 32), list[str]()
    feed(store, mirror.inbound(), early)
    mirror.seen.save(CommandContext(system("mirror"), "open", "cor_1"), Seen(id="case_1"))
    moment["now"] += timedelta(minutes=16)
    monkeypatch.setattr(consumer, "count", lambda name, n=1: counted.append(name))

    feed(store, mirror.inbound(), early)
    feed(store, mirror.inbound(), *due_messages(store))

    assert (mirror.seen.get("case_1").total, set(counted)) == (1, {"duplicates"})
    assert not any(pk.startswith("PARKED#") for pk, _ in tables.rows("d"))


def test_a_parked_event_is_retried_by_the_sweep_and_calls_for_help_after_15_minutes(
    store: Store, moment: dict[str, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: dict[str, list[float]] = {"parked": [], "parked_overdue": []}
    for module in (consumer, parking):
        monkeypatch.setattr(module, "count", lambda name, n=1: counted[name].append(n))
    mirror = Mirror(store)
    feed(store, mirror.inbound(), message(step(1), 1, 32))
    assert due_messages(store) == [], "what it waits for has hardly come in the same second"

    for minutes in (1, 16):
        moment["now"] = NOW + timedelta(minutes=minutes)
        feed(store, mirror.inbound(), *due_messages(store))

    assert counted == {"parked": [1], "parked_overdue": [0, 1]}


def test_a_parked_event_is_tried_each_minute_however_often_in_vain(
    store: Store, moment: dict[str, datetime]
) -> None:
    mirror = Mirror(store)
    feed(store, mirror.inbound(), message(step(1), 1, 32))

    for _ in range(20):
        moment["now"] += timedelta(minutes=1)
        waiting = due_messages(store)
        assert len(waiting) == 1
        feed(store, mirror.inbound(), *waiting)


def test_what_is_done_after_all_calls_for_no_help_however_late_it_is(
    store: Store, moment: dict[str, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, counted = Mirror(store), list[str]()
    feed(store, mirror.inbound(), message(step(1), 1, 32))
    mirror.seen.save(CommandContext(system("mirror"), "open", "cor_1"), Seen(id="case_1"))
    monkeypatch.setattr(consumer, "count", lambda name, n=1: counted.append(name))
    moment["now"] += timedelta(minutes=16)

    feed(store, mirror.inbound(), *due_messages(store))

    assert (mirror.seen.get("case_1").total, counted) == (1, [])


def test_an_event_that_comes_again_calls_for_help_no_later(
    store: Store, moment: dict[str, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, early, overdue = Mirror(store), message(step(1), 1, 32), list[float]()
    feed(store, mirror.inbound(), early)
    moment["now"] = NOW + timedelta(minutes=14)
    feed(store, mirror.inbound(), early)
    monkeypatch.setattr(consumer, "count", lambda _, n=1: overdue.append(n))
    moment["now"] = NOW + timedelta(minutes=16)

    feed(store, mirror.inbound(), *due_messages(store))

    assert overdue == [1]


@pytest.mark.parametrize(
    ("now", "why"),
    [({StepTaken: ()}, "no reaction of that name"), ({}, "an unknown type")],
)
def test_a_parked_event_whose_reaction_a_release_has_removed_is_set_aside_to_be_sent_back(
    store: Store,
    tables: MemoryDynamoDB,
    moment: dict[str, datetime],
    now: dict[type[Event], tuple[EventHandler, ...]],
    why: str,
) -> None:
    mirror = Mirror(store)
    feed(store, mirror.inbound(), message(step(1), 1, 32))
    moment["now"] += timedelta(minutes=1)

    feed(store, Subscriptions("mirror", now), *due_messages(store))

    assert not any(pk.startswith("PARKED#") for pk, _ in tables.rows("d"))
    (row,) = [row for (pk, _), row in tables.rows("d").items() if pk.startswith("QUARANTINE#")]
    assert json.loads(row["body"]["S"])["reaction"] == "mirror_total"
    assert (row["reason"]["S"], row["cause"]["S"]) == ("reaction_gone", f"UnknownEvent: {why}")
    feed(store, mirror.inbound(), message(opened(), 0, 16), row["body"]["S"])
    assert mirror.seen.get("case_1").total == 1
