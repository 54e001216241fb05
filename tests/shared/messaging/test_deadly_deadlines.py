"""A deadline that kills its workers is given up, and made due again by people or a change."""

import json
import os
from datetime import datetime, timedelta
from unittest.mock import Mock

import pytest

from shared.events.base import Received
from shared.messaging import batches, deadlines, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.principal import system
from shared.storage.command_context import CommandContext
from shared.storage.rows import Key
from shared.storage.store import Store
from tests.shared.messaging.deliveries import NOW, due_messages, message, opened, step
from tests.shared.messaging.killers import WAYS, deadly, tokens_of
from tests.simulation.sample_service import Case, CaseOpened, Cases, Mirror, Reminded, StepTaken
from tests.support.killable_lambda import KillableLambda


def test_a_deadline_that_kills_meets_few_neighbours_and_is_given_up_until_it_is_put_back(
    moment: dict[str, datetime],
) -> None:
    world = KillableLambda(deadly({"case_bad"}, WAYS["exits"]))
    for name in ("case_bad", "case_good"):
        context = CommandContext(system("ledger"), "open", "cor_1")
        Cases(world.store).save(context, Case(id=name, remind_at=NOW))

    for minute in range(60):
        moment["now"] = NOW + timedelta(minutes=minute)
        world.queue.send(
            *due_messages(world.store), message(step(minute + 1), minute, 16 * (minute + 1))
        )
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
    world.queue.send(*due_messages(world.store))
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
    assert not due_messages(world.store)
    stale = json.dumps({"due": [key.pk, key.sk]})
    world.queue.send(stale)
    world.drain()
    assert world.killed == 0

    cases.save(CommandContext(system("ledger"), "step", "cor_1"), read_before)

    assert due_messages(world.store) == [stale]
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
        world.queue.send(*due_messages(world.store))
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
        world.queue.send(*due_messages(world.store))
        world.drain()

    assert not sweep.given_up(world.store)
    moment["now"] += timedelta(hours=1)
    assert due_messages(world.store)


def test_while_a_worker_may_live_nobody_else_begins(moment: dict[str, datetime]) -> None:
    world = KillableLambda(deadly({"case_bad"}, WAYS["exits"]))
    context = CommandContext(system("ledger"), "open", "cor_1")
    Cases(world.store).save(context, Case(id="case_bad", remind_at=NOW))
    world.queue.send(*due_messages(world.store))

    world.invoke(world.queue.receive(10))

    moment["now"] = NOW + deadlines.backoff(1)
    assert not due_messages(world.store)
    moment["now"] += timedelta(seconds=30)
    assert due_messages(world.store)
