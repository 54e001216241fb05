"""Deadlines live on the row of the aggregate they belong to.

Guarantees
- a due row is handled at least once a minute until its next deadline is stored, and its effect
  happens once: the handler's commit expects the version it read;
- a deadline is cleared by the commit that has its effect, never before: the row is only put off
  while its handler runs, so that one that kills its worker meets the row later, and counted;
- a handler that fails is tried again after 1, 2, 4 … minutes; from the fifth failure on the metric
  `deadline_stuck` calls for help;
- a handler that kills its worker again and again is given up: the row leaves the index of due rows
  with a reason, `deadline_stuck` calls for help until `sweep.put_back`, and a job ends in words;
- a job whose step fails again and again, for most of a working day, ends in words too;
- jobs, which are long, go through a queue of their own and never delay a deadline.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from shared import budget, clock, ids
from shared.dependencies import connected
from shared.errors import VersionConflict
from shared.observability import count, note
from shared.principal import system
from shared.storage import rows
from shared.storage.command_context import AlreadyProcessed, CommandContext
from shared.storage.rows import Item, Key
from shared.storage.store import Store

# Takes the id, the context, and its repositories and other dependencies by type.
Handler = Callable[..., None]
T = TypeVar("T")

TRIES = 8
STUCK_AFTER = 5
KILLS = 5
JOB_KILLS = 3
JOB_TRIES = 12
LONGEST_WAIT = timedelta(hours=1)
KILLED = "killed_its_worker"


@dataclass(frozen=True, slots=True)
class Job:
    """Work in steps on the service's queue of jobs.

    `give_up` ends it, in words, when a step kills its workers or never succeeds.

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
    if kills > most or (kills == most and turn.give_up is None):
        _give_up(key, found, store)
        return
    last = turn.give_up if kills == most or tries > JOB_TRIES else None
    due, later = found["due_at"]["S"], clock.iso(clock.now() + turn.still + turn.again(tries))
    counted = "due_at = :later, due_attempts = :tries, due_kills = :kills"
    if not _move(key, due, counted, store, later=later, tries=tries, kills=kills + 1):
        return
    try:
        if (last or turn.run)():
            count("job_gave_up", int(last is not None))
            return
    except Exception as error:
        note(error=error, due=[key.sk.lower(), key.pk.partition("#")[2]])
        count("deadline_failed")
        count("deadline_stuck", int(tries >= STUCK_AFTER))
    soon, kills = clock.iso(clock.now() + turn.again(tries)), kills if last else 0
    _move(key, later, "due_at = :soon, due_kills = :kills", store, soon=soon, kills=kills)


def has_killed(found: Item) -> bool:
    """Whether the last worker on a row never came to an end."""
    return _number(found, "due_kills") > 0


def _is_due(found: Item) -> bool:
    due = found.get("due_at")
    return due is not None and "gave_up" not in found and due["S"] <= clock.iso(clock.now())


def _number(found: Item, name: str) -> int:
    return int(found.get(name, {"N": "0"})["N"])


def until_first(attempt: Callable[[], T]) -> T:
    """Try again while another write is faster: each try reads what that one has left.

    Who gives up is heard again when its message comes back, minutes later.
    """
    for _ in budget.tries(TRIES):
        with contextlib.suppress(VersionConflict):
            return attempt()
    raise VersionConflict


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


def _move(key: Key, due: str, change: str, store: Store, **values: str | int) -> bool:
    """Change a row that is due at that moment; False when another worker was faster.

    The version stays, so this neither hides a change nor disturbs the handler's own commit, which
    replaces the row and all that is counted here.
    """
    return store.update("data", key, f"SET {change}", "due_at = :due", due=due, **values)


def _give_up(key: Key, found: Item, store: Store) -> None:
    """Leave a row to people; the next command on it, or `sweep.put_back`, makes it due again."""
    shard = rows.given_up_shard(found["due_shard"]["S"])
    change = "due_shard = :shard, gave_up = :why"
    _move(key, found["due_at"]["S"], change, store, shard=shard, why=KILLED)
