"""What is due is done once, tried again when it fails, and given up when it cannot be done."""

import contextlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from unittest.mock import Mock, call

import pytest

from shared import clock
from shared.messaging import deadlines, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.principal import system
from shared.storage import rows
from shared.storage.command_context import CommandContext
from shared.storage.rows import DUE_SHARDS, Key
from shared.storage.store import Store
from tests.shared.messaging.deliveries import NOW, due_messages, feed
from tests.simulation.sample_service import Case, Cases, Ledger
from tests.support.memory_dynamodb import MemoryDynamoDB


def test_a_deadline_that_fails_backs_off_and_calls_for_help_at_the_fifth(
    store: Store,
    tables: MemoryDynamoDB,
    moment: dict[str, datetime],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: dict[str, list[float]] = {"deadline_failed": [], "deadline_stuck": []}
    monkeypatch.setattr(deadlines, "count", lambda name, n=1: counted[name].append(n))
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
    assert counted["deadline_stuck"] == [0, 0, 0, 0, 1, 1]
    assert counted["deadline_failed"] == [1] * len(tried)
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


def test_a_job_that_kills_is_not_begun_again_while_its_last_words_fail(
    store: Store, moment: dict[str, datetime]
) -> None:
    context = CommandContext(system("ledger"), "open", "cor_1")
    Cases(store).save(context, Case(id="case_1", remind_at=NOW))
    run, give_up = Mock(side_effect=Killed), Mock(side_effect=[RuntimeError, RuntimeError, True])
    turn = deadlines.Turn(run, timedelta(seconds=30), alone=Mock(), give_up=give_up)

    for _ in range(deadlines.JOB_KILLS + 3):
        moment["now"] += timedelta(hours=2)
        with contextlib.suppress(Killed):
            deadlines.work(Key("CASE#case_1", "CASE"), turn, store)

    assert (run.call_count, give_up.call_count) == (deadlines.JOB_KILLS, 3)


def test_a_job_whose_step_never_succeeds_ends_in_its_own_words(
    store: Store, moment: dict[str, datetime]
) -> None:
    opened = CommandContext(system("ledger"), "open", "cor_1")
    Cases(store).save(opened, Case(id="case_1", remind_at=NOW))
    tried: list[str] = []

    def broken(case_id: str, context: CommandContext) -> None:
        tried.append(case_id)
        raise RuntimeError("still broken")

    job = deadlines.Job(step=broken, give_up=Ledger(store).remind)
    for _ in range(2 * deadlines.JOB_TRIES):
        feed(store, Subscriptions("ledger", {}, jobs={"CASE": job}), *due_messages(store))
        moment["now"] += deadlines.LONGEST_WAIT

    assert tried == ["case_1"] * deadlines.JOB_TRIES
    assert Cases(store).get("case_1").reminded == (0,)


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


def test_a_due_message_that_comes_before_its_hour_does_nothing(
    store: Store, moment: dict[str, datetime]
) -> None:
    context, worked = CommandContext(system("ledger"), "open", "cor_1"), Mock()
    Cases(store).save(context, Case(id="case_1", remind_at=NOW + timedelta(minutes=1)))
    turn = deadlines.Turn(worked, timedelta(seconds=30), alone=Mock())

    for _ in range(2):
        deadlines.work(Key("CASE#case_1", "CASE"), turn, store)
        moment["now"] += timedelta(minutes=1)

    assert worked.call_count == 1


@pytest.mark.parametrize("job", [True, False])
def test_what_is_put_back_is_worked_through_the_queue_that_it_was_on(
    store: Store, job: bool
) -> None:
    row = replace(Cases(store).row(Case(id="case_1", remind_at=NOW)), job=job)
    store.commit(CommandContext(system("ledger"), "open", "cor_1"), row)
    deadlines._give_up(row.key, store.item(row.key) or {}, store)

    assert sweep.put_back(store) == 1

    shards = rows.JOB_SHARDS if job else rows.DUE_SHARDS
    (found,) = [found for shard in shards for found in store.due(shard, clock.iso(NOW), 10)]
    assert rows.key_of(found) == row.key
