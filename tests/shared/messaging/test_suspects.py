"""A message that kills its workers hurts no other, and is given up in the end."""

import json
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from moto import mock_aws

from shared import aws, clock
from shared.errors import Unavailable
from shared.events.base import Received
from shared.messaging import batches, consumer, deadlines, parking, quarantine, suspects, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.principal import system
from shared.storage import rows
from shared.storage.command_context import CommandContext, Key
from shared.storage.store import Store
from tests.shared.messaging.test_consumer import NOW, message, opened, step
from tests.simulation.sample_service import (
    Case,
    CaseOpened,
    Cases,
    Ledger,
    Mirror,
    Reminded,
    StepTaken,
)
from tests.support.killable_lambda import MAX_RECEIVED, KillableLambda, run_out_of_time

Way = Callable[[], object]
WAYS: dict[str, Way] = {
    "exits": lambda: os._exit(1),
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "runs out of time": run_out_of_time,
}


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    held = {"now": NOW}
    monkeypatch.setattr(clock, "now", lambda: held["now"])
    return held


def deadly(tokens: set[str], way: Way) -> Callable[[Store], Subscriptions]:
    """A listener that adds up tokens; its worker dies in the middle of some."""

    def offer(store: Store) -> Subscriptions:
        mirror = Mirror(store)

        def add_up(received: Received[StepTaken], context: CommandContext) -> None:
            if received.event.token in tokens:
                way()
            mirror.add_up(received, context)

        ledger = Ledger(store)

        def remind(case_id: str, context: CommandContext) -> None:
            if case_id in tokens:
                way()
            ledger.remind(case_id, context)

        return Subscriptions("mirror", {StepTaken: add_up}, {"CASE": remind})

    return offer


def quarantined(world: KillableLambda) -> list[dict[str, Any]]:
    return [row for (pk, _), row in world.tables.rows("d").items() if pk.startswith("QUARANTINE#")]


def tokens_of(world: KillableLambda) -> list[str]:
    found = Mirror(world.store).sums.find("steps")
    return sorted(found.tokens, key=lambda token: int(token[1:])) if found else []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", [1, 5, 10])
def test_nine_neighbours_have_their_effects_and_the_killer_is_given_up(
    way: str, place: int
) -> None:
    world = KillableLambda(deadly({f"t{place}"}, WAYS[way]))
    world.queue.send(*(message(step(n), n, 16 * n) for n in range(1, 11)))

    world.drain()

    assert tokens_of(world) == [f"t{n}" for n in range(1, 11) if n != place]
    (row,) = quarantined(world)
    assert (row["reason"]["S"], json.loads(row["body"]["S"])["detail"]["id"]) == (
        "gave_up",
        f"evt_{place}",
    )
    assert world.killed == suspects.KILLS + 1
    assert not world.queue.dead
    assert not [pk for pk, _ in world.tables.rows("d") if pk.startswith("ATTEMPT#")][1:]


@pytest.mark.parametrize("killers", [{2, 5, 8}, {1, 2, 3, 4}, {7, 8, 9, 10}])
def test_several_killers_in_one_batch_hurt_nobody_either(killers: set[int]) -> None:
    world = KillableLambda(deadly({f"t{n}" for n in killers}, WAYS["exits"]))
    world.queue.send(*(message(step(n), n, 16 * n) for n in range(1, 11)))

    world.drain(rounds=100)

    assert tokens_of(world) == [f"t{n}" for n in range(1, 11) if n not in killers]
    assert len(quarantined(world)) == len(killers)
    assert not world.queue.dead


def test_a_killer_is_begun_only_with_the_time_of_a_whole_function() -> None:
    world = KillableLambda(deadly({"t1"}, WAYS["exits"]))
    world.queue.send(message(step(1), 1, 16))
    for _ in range(2):  # the first delivery is unmarked
        world.invoke(world.queue.receive(10))
    world.offer, before = deadly(set(), WAYS["exits"]), dict(world.tables.rows("d"))
    records = {"Records": world.queue.receive(10)}

    def consumed(milliseconds: int) -> int:
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)
        inbound = world.offer(world.store)
        answer = consumer.consume(records, context, inbound, world.store, world.queue.delete)
        return len(answer["batchItemFailures"])

    assert consumed(suspects.ALONE_MS - 1) == 1
    assert (world.tables.rows("d"), tokens_of(world)) == (before, [])
    assert consumed(suspects.ALONE_MS) == 0
    assert tokens_of(world) == ["t1"]


def test_what_comes_later_does_not_wait_for_a_killer_and_is_touched_once() -> None:
    world = KillableLambda(deadly({"t1"}, WAYS["exits"]))
    world.queue.send(message(step(1), 1, 16))
    world.invoke(world.queue.receive(10))
    world.queue.send(*(message(step(n), n, 16 * n) for n in range(2, 11)))

    world.invoke(world.queue.receive(10))
    # Now it is known as what it is, and what is done before it is off the queue, too.
    world.queue.send(message(step(11), 11, 16 * 11))
    world.invoke(world.queue.receive(10))

    assert world.killed == 3
    assert tokens_of(world) == [f"t{n}" for n in range(2, 12)]
    assert list(world.queue.waiting) == ["msg_001"]


def test_what_is_done_leaves_the_queue_before_its_batch_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_aws():
        sqs = aws.session().create_client("sqs", "eu-central-1")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        monkeypatch.setattr(aws, "client", lambda _: sqs)
        monkeypatch.setenv("QUEUE_URL", url)
        for body in "abc":
            sqs.send_message(QueueUrl=url, MessageBody=body)
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]

        suspects.take_off_queue([each["ReceiptHandle"] for each in found[:2]])

        name = "ApproximateNumberOfMessagesNotVisible"
        left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
        assert left[name] == "1"


def test_what_came_before_waits_while_its_mark_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = KillableLambda(deadly(set(), WAYS["exits"]))
    world.queue.send(message(step(1), 1, 16))
    world.queue.receive(10)
    records = {"Records": world.queue.receive(10)}
    store = world.store
    read = store.item

    def unread(key: Key) -> Any:
        if key.pk.startswith("ATTEMPT#"):
            raise Unavailable
        return read(key)

    monkeypatch.setattr(store, "item", unread)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: suspects.ALONE_MS)
    answer = consumer.consume(records, context, world.offer(store), store, world.queue.delete)
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ["msg_001"]
    assert tokens_of(world) == []


@pytest.mark.requirement("X-02")
def test_a_message_that_only_fails_is_a_dead_letter_and_never_given_up() -> None:
    def fail() -> None:
        raise RuntimeError("poison")

    world = KillableLambda(deadly({"t3"}, fail))
    bodies = [message(step(n), n, 16 * n) for n in range(1, 11)]
    world.queue.send(*bodies)

    world.drain()

    assert tokens_of(world) == [f"t{n}" for n in range(1, 11) if n != 3]
    assert world.queue.dead == [bodies[2]]
    assert not quarantined(world)
    assert not [pk for pk, _ in world.tables.rows("d") if pk.startswith("ATTEMPT#")]


def test_a_killer_about_to_be_a_dead_letter_is_given_up_instead() -> None:
    world = KillableLambda(deadly({"t1"}, WAYS["exits"]))
    world.queue.send(message(step(1), 1, 16))
    (body,) = world.queue.waiting.values()
    body["attributes"] = {"ApproximateReceiveCount": str(MAX_RECEIVED - 2)}

    world.drain()

    assert world.killed == 1
    assert len(quarantined(world)) == 1
    assert not world.queue.dead
    assert suspects.LAST_DELIVERY == MAX_RECEIVED


KEPT = {
    "not understood": (quarantine, "set_aside", '{"detail": {}}', "QUARANTINE#"),
    "too early": (parking, "park", message(step(1, "case_0"), 99, 160), "PARKED#case_0"),
}


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("kept", KEPT)
def test_a_worker_that_dies_while_it_keeps_a_message_loses_nothing_and_keeps_it_once(
    kept: str, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, body, place = KEPT[kept]
    real = getattr(module, name)

    def dies_once(*given: object) -> None:
        if before and not world.killed:
            os._exit(1)
        real(*given)
        if not world.killed:
            os._exit(1)

    monkeypatch.setattr(module, name, dies_once)

    def offer(store: Store) -> Subscriptions:
        mirror = Mirror(store)

        def react(received: Received[StepTaken], context: CommandContext) -> None:
            of = mirror.mirror_total if received.event.case_id == "case_0" else mirror.add_up
            of(received, context)

        return Subscriptions("mirror", {StepTaken: react})

    world = KillableLambda(offer)
    neighbours = [message(step(n), n, 16 * n) for n in range(1, 10)]
    world.queue.send(*neighbours[:4], body, *neighbours[4:])

    world.drain()

    assert world.killed == 1
    assert tokens_of(world) == [f"t{n}" for n in range(1, 10)]
    assert len([pk for pk, _ in world.tables.rows("d") if pk.startswith(place)]) == 1
    assert not world.queue.dead


def due(world: KillableLambda) -> list[str]:
    """What the minute sweep would send now."""
    sent: list[str] = []

    class Sender:
        def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> None:
            sent.extend(entry["MessageBody"] for entry in Entries)

    sweep.sweep_due(world.store, Sender(), "", rows.DUE_SHARDS)
    return sent


def test_a_deadline_that_kills_meets_few_neighbours_and_is_given_up_until_it_is_put_back(
    moment: dict[str, datetime],
) -> None:
    world = KillableLambda(deadly({"case_bad"}, WAYS["exits"]))
    for name in ("case_bad", "case_good"):
        context = CommandContext(system("ledger"), "open", "cor_1")
        Cases(world.store).save(context, Case(id=name, remind_at=NOW))

    for minute in range(60):
        moment["now"] = NOW + timedelta(minutes=minute)
        world.queue.send(*due(world), message(step(minute + 1), minute, 16 * (minute + 1)))
        world.drain()

    assert world.killed == deadlines.KILLS
    assert Cases(world.store).get("case_good").reminded == (0,)
    assert len(tokens_of(world)) == 60
    assert not world.queue.dead
    # A due row counts its own tries, and a message of it that comes again is marked by none.
    assert not [pk for pk, _ in world.tables.rows("d") if pk.startswith("ATTEMPT#")]
    (row,) = sweep.given_up(world.store)
    assert row["pk"]["S"] == "CASE#case_bad"
    stored = world.store.item(Key("CASE#case_bad", "CASE"))
    assert stored is not None and stored["gave_up"]["S"] == deadlines.KILLED

    world.offer = deadly(set(), WAYS["exits"])
    assert sweep.put_back(world.store) == 1
    world.queue.send(*due(world))
    world.drain()

    assert Cases(world.store).get("case_bad").reminded == (0,)
    assert not sweep.given_up(world.store)


def test_a_deadline_is_not_begun_by_two_workers_nor_where_it_would_kill_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = KillableLambda(deadly(set(), WAYS["exits"]))
    context = CommandContext(system("ledger"), "open", "cor_1")
    Cases(world.store).save(context, Case(id="case_1", remind_at=NOW))
    run, alone = Mock(return_value=True), Mock(side_effect=batches.NotBegun)
    key, turn = Key("CASE#case_1", "CASE"), deadlines.Turn(run, timedelta(seconds=30), alone)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "update", Mock(return_value=False))  # the other was faster
        deadlines.work(key, turn, world.store)
    alone.assert_not_called()
    world.tables.rows("d")[key.pk, key.sk]["due_kills"] = {"N": "1"}
    with pytest.raises(batches.NotBegun):
        deadlines.work(key, turn, world.store)
    run.assert_not_called()


def test_a_change_of_what_was_given_up_makes_it_due_again() -> None:
    world = KillableLambda(deadly({"case_bad"}, WAYS["exits"]))
    cases, key = Cases(world.store), Key("CASE#case_bad", "CASE")
    context = CommandContext(system("ledger"), "open", "cor_1")
    cases.save(context, Case(id="case_bad", remind_at=NOW))
    read_before = cases.get("case_bad")
    row = world.store.item(key)
    assert row is not None
    deadlines._give_up(key, row, world.store)
    assert not due(world)
    stale = json.dumps({"due": [key.pk, key.sk]})
    world.queue.send(stale)
    world.drain()
    assert world.killed == 0

    cases.save(CommandContext(system("ledger"), "step", "cor_1"), read_before)

    assert due(world) == [stale]
    assert not sweep.given_up(world.store)


def test_a_parked_event_that_kills_is_given_up_and_what_wakes_it_is_not(
    moment: dict[str, datetime],
) -> None:
    def offer(store: Store) -> Subscriptions:
        mirror = Mirror(store)

        def mirror_total(received: Received[StepTaken], context: CommandContext) -> None:
            if mirror.seen.find(received.event.case_id) is not None:
                os._exit(1)
            mirror.mirror_total(received, context)

        def touch(received: Received[Reminded], context: CommandContext) -> None:
            seen = mirror.seen.get(received.event.case_id)
            mirror.seen.save(context, seen.model_copy(update={"sequence": received.sequence}))

        return Subscriptions(
            "mirror",
            {CaseOpened: mirror.open_mirror, StepTaken: mirror_total, Reminded: touch},
        )

    world = KillableLambda(offer)
    for body in (message(step(1), 1, 32), message(opened(), 0, 16)):
        world.queue.send(body)
        world.drain()
    assert world.killed == 1
    assert Mirror(world.store).seen.find("case_1") is not None
    world.queue.send(message(Reminded(region="ZR", case_id="case_1", total=1), 2, 48))
    world.drain()
    assert world.killed == 1

    for minute in range(1, 30):
        moment["now"] = NOW + timedelta(minutes=minute)
        world.queue.send(*due(world))
        world.drain()

    assert world.killed == deadlines.KILLS
    (row,) = sweep.given_up(world.store)
    assert row["pk"]["S"] == "PARKED#case_1"
    assert not world.queue.dead


def test_a_deadline_whose_handler_finds_nothing_to_do_is_never_given_up(
    moment: dict[str, datetime],
) -> None:
    world = KillableLambda(
        lambda store: Subscriptions("ledger", {}, {"CASE": lambda name, context: None})
    )
    context = CommandContext(system("ledger"), "open", "cor_1")
    Cases(world.store).save(context, Case(id="case_1", remind_at=NOW))

    for minute in range(0, 240, 10):
        moment["now"] = NOW + timedelta(minutes=minute)
        world.queue.send(*due(world))
        world.drain()

    assert not sweep.given_up(world.store)
    moment["now"] += timedelta(hours=1)
    assert due(world)


def test_while_a_worker_may_live_nobody_else_begins(moment: dict[str, datetime]) -> None:
    world = KillableLambda(deadly({"case_bad"}, WAYS["exits"]))
    context = CommandContext(system("ledger"), "open", "cor_1")
    Cases(world.store).save(context, Case(id="case_bad", remind_at=NOW))
    world.queue.send(*due(world))

    world.invoke(world.queue.receive(10))

    moment["now"] = NOW + deadlines.backoff(1)
    assert not due(world)
    moment["now"] += timedelta(seconds=30)
    assert due(world)
