"""Deadlines live on the row of the aggregate they belong to.

Guarantees
- a due row is handled at least once a minute until its next deadline is stored, and its effect
  happens once: the handler's commit expects the version it read;
- a deadline is cleared by the commit that has its effect, never before: the row is only put off
  while its handler runs, so that one that kills its worker meets the row later, and counted;
- a handler that fails is tried again after 1, 2, 4 … minutes; from the fifth failure on the metric
  `deadline_stuck` calls for help;
- a handler that kills its worker again and again is given up: the row leaves the index of due rows
  with a reason, `deadline_stuck` calls for help until `put_back`, and a job ends in words;
- jobs, which are long, go through a queue of their own and never delay a deadline.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from shared import aws, clock, ids, settings
from shared.dependencies import connected
from shared.errors import VersionConflict
from shared.observability import count, measure, note
from shared.principal import system
from shared.storage import connection, due_queue, rows
from shared.storage.command_context import AlreadyProcessed, CommandContext, Key
from shared.storage.rows import Item
from shared.storage.store import Store
from shared.storage.tables import TableAccess

# Takes the id, the context, and its repositories and other dependencies by type.
Handler = Callable[..., None]
T = TypeVar("T")

SWEEP_PAGE = 200
TRIES = 5
STUCK_AFTER = 5
KILLS = 5
JOB_KILLS = 3
LONGEST_WAIT = timedelta(hours=1)
KILLED = "killed_its_worker"
FOR_EVER = "9999"


@dataclass(frozen=True, slots=True)
class Job:
    """Work in steps on the service's queue of jobs; `give_up` ends it, in words, when a step kills.

    Its rows say `job=True` in their repository.
    """

    step: Handler
    give_up: Handler


def backoff(tries: int) -> timedelta:
    """How long a row rests after so many tries."""
    return min(timedelta(minutes=2 ** min(tries - 1, 10)), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a due row: what to run, and what protects others from it.

    `run` returns whether the row has moved on; when not, it is due again after `again(tries)`.
    No other worker begins while this one may `still` live. `alone` comes before a row whose worker
    has died before; after too many deaths comes `give_up`, once, or nothing any more.
    """

    run: Callable[[], bool]
    still: timedelta
    alone: Callable[[], object]
    again: Callable[[int], timedelta] = backoff
    give_up: Callable[[], bool] | None = None


# finding --------------------------------------------------------------------------------------


def sweep(event: Item) -> Item:
    """Hand every due id of this service to its queues; the minute's work of one Lambda.

    `{"put_back": true}`, from the people on duty, tries again first what was given up.
    """
    store, queue = connection.store(), aws.client("sqs")
    back = put_back(store) if event.get("put_back") else 0
    found, lag = sweep_due(store, queue, settings.queue_url(), rows.DUE_SHARDS)
    jobs = settings.jobs_queue_url()
    if jobs:
        found += sweep_due(store, queue, jobs, rows.JOB_SHARDS)[0]
    count("deadlines_due", found)
    count("deadline_stuck", len(given_up(store)))
    measure("deadline_lag", lag, "Seconds")
    return {"found": found, "put_back": back}


def sweep_due(
    store: TableAccess, queue: Any, queue_url: str, shards: Iterable[str]
) -> tuple[int, float]:
    """Queue what is due now: (how many, seconds by which the oldest is late)."""
    now = clock.now()
    found, lag = 0, 0.0
    for shard in shards:
        due = store.due(shard, clock.iso(now), SWEEP_PAGE)
        due_queue.send_due(queue, queue_url, [rows.key_of(row) for row in due])
        found += len(due)
        if due:
            lag = max(lag, (now - clock.parse(due[0]["due_at"]["S"])).total_seconds())
    return found, lag


# working --------------------------------------------------------------------------------------


def turn_of(
    key: Key, handler: Handler | Job, still: timedelta, alone: Callable[[], object]
) -> Turn:
    """Return the turn of an aggregate's row."""
    if not isinstance(handler, Job):
        return Turn(partial(_attempt, key, handler), still, alone)
    step, give_up = partial(_attempt, key, handler.step), partial(_attempt, key, handler.give_up)
    return Turn(step, still, alone, give_up=give_up)


def work(key: Key, turn: Turn, store: Store, at_once: bool = False) -> None:
    """Give one due row its turn: put it off, run it, make it due again if it did not move on.

    A failure postpones the row and never loses it. `at_once` does not wait until it is due.
    """
    found = store.item(key)
    if found is None or not (at_once or _is_due(found)):
        return
    tries, kills = _number(found, "due_attempts") + 1, _number(found, "due_kills")
    if kills:
        turn.alone()
    most = JOB_KILLS if turn.give_up else KILLS
    last = turn.give_up if kills == most else None
    if kills >= most and last is None:
        _give_up(key, found, store)
        return
    later = clock.iso(clock.now() + turn.still + turn.again(tries))
    if not _put_off(key, found, later, tries, kills + 1, store):
        return
    try:
        if (last or turn.run)():
            count("job_gave_up", int(last is not None))
            return
    except Exception as error:
        note(error=error)
        count("deadline_failed")
        count("deadline_stuck", int(tries >= STUCK_AFTER))
    _make_due_again(key, later, turn.again(tries), kills if last else 0, store)


def has_killed(found: Item) -> bool:
    """Whether the last worker on a row never came to an end."""
    return _number(found, "due_kills") > 0


def _is_due(found: Item) -> bool:
    due = found.get("due_at")
    return due is not None and "gave_up" not in found and due["S"] <= clock.iso(clock.now())


def _number(found: Item, name: str) -> int:
    return int(found.get(name, {"N": "0"})["N"])


def until_first(attempt: Callable[[], T]) -> T:
    """Try again while another write is faster: each try reads what that one has left."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(VersionConflict):
            return attempt()
    return attempt()


def _attempt(key: Key, handler: Handler) -> bool:
    """Run the handler; whether its row has moved on."""

    def run() -> bool:
        context = CommandContext(system(key.sk.lower()), f"due:{key.sk.lower()}", ids.new("cor"))
        handler(key.pk.partition("#")[2], context, **connected(handler))
        return context.receipt is not None

    try:
        return until_first(run)
    except AlreadyProcessed:
        return False


def _put_off(key: Key, found: Item, later: str, tries: int, kills: int, store: Store) -> bool:
    """Put a row off before it runs; False when another worker was faster.

    The version stays, so this neither hides a change nor disturbs the handler's own commit, which
    replaces the row and all that is counted here.
    """
    return store.update(
        "data",
        key,
        "SET due_at = :later, due_attempts = :tries, due_kills = :kills",
        "due_at = :due",
        later=later,
        tries=tries,
        kills=kills,
        due=found["due_at"]["S"],
    )


def _make_due_again(key: Key, later: str, rest: timedelta, kills: int, store: Store) -> None:
    """Make a row due after its rest: the worker lives and the row has not moved on."""
    store.update(
        "data",
        key,
        "SET due_at = :soon, due_kills = :kills",
        "due_at = :later",
        soon=clock.iso(clock.now() + rest),
        kills=kills,
        later=later,
    )


# giving up ------------------------------------------------------------------------------------


def _give_up(key: Key, found: Item, store: Store) -> None:
    """Leave a row to people; the next command on it, or `put_back`, makes it due again."""
    store.update(
        "data",
        key,
        "SET due_shard = :shard, gave_up = :why",
        "due_at = :due",
        shard=rows.given_up_shard(found["due_shard"]["S"]),
        why=KILLED,
        due=found["due_at"]["S"],
    )


def given_up(store: TableAccess) -> list[Item]:
    """Keys of the rows that wait for people, up to a page of deadlines and one of jobs."""
    return [row for shard in rows.GIVEN_UP for row in store.due(shard, FOR_EVER, SWEEP_PAGE)]


def put_back(store: TableAccess) -> int:
    """Make what was given up due again, as if it had never been tried; how many."""
    waiting = given_up(store)
    for row in waiting:
        key, shard = rows.key_of(row), row["due_shard"]["S"]
        store.update(
            "data",
            key,
            "SET due_shard = :shard, due_at = :now REMOVE due_attempts, due_kills, gave_up",
            "due_shard = :given_up",
            shard=rows.due_shard(key.pk, job=rows.holds_jobs(shard)),
            now=clock.iso(clock.now()),
            given_up=shard,
        )
    return len(waiting)
