"""A message that kills its workers hurts no other, and is given up in the end."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws

from shared import aws, clock
from shared.errors import Unavailable
from shared.events.base import Received
from shared.messaging import consumer, parking, quarantine, suspects
from shared.messaging.subscriptions import Subscriptions
from shared.principal import system
from shared.storage.command_context import CommandContext
from shared.storage.rows import Key
from shared.storage.store import Store
from tests.shared.messaging.deliveries import message, step
from tests.shared.messaging.killers import WAYS, deadly, tokens_of
from tests.simulation.sample_service import Case, Cases, Mirror, StepTaken
from tests.support.killable_lambda import MAX_RECEIVED, KillableLambda
from tests.support.lambda_context import Context


def quarantined(world: KillableLambda) -> list[dict[str, Any]]:
    return [row for (pk, _), row in world.tables.rows("d").items() if pk.startswith("QUARANTINE#")]


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
    rows = world.tables.rows("d").items()
    (mark,) = [row for (pk, _), row in rows if pk.startswith("ATTEMPT#")]
    lasts = int(mark["expires_at"]["N"]) - clock.wall().timestamp()
    assert 0 < lasts <= suspects.MARK_LASTS.total_seconds()


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
        context = Context(milliseconds)
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
    context = Context(suspects.ALONE_MS)
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


def test_a_due_row_counts_its_own_tries_and_leaves_no_mark_of_a_message() -> None:
    world = KillableLambda(deadly({"case_1"}, WAYS["exits"]))
    due = Case(id="case_1", remind_at=datetime(2020, 1, 1, tzinfo=UTC))
    Cases(world.store).save(CommandContext(system("ledger"), "open", "cor_1"), due)
    world.queue.send(json.dumps({"due": ["CASE#case_1", "CASE"]}))

    for _ in range(2):
        world.invoke(world.queue.receive(10))

    assert world.killed == 1
    assert not [pk for pk, _ in world.tables.rows("d") if pk.startswith("ATTEMPT#")]
