"""Deadlines live on the row of the aggregate they belong to.

Guarantees
- a due row is handled at least once a minute until its next deadline is stored, and its effect
  happens once: the handler's commit expects the version it read;
- a deadline is cleared by the commit that has its effect, never before;
- a handler that fails is tried again after 1, 2, 4 … minutes; from the fifth failure on the metric
  `deadline_stuck` calls for help.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from shared import aws, clock, ids, rows
from shared.cause import AlreadyDone, Cause, Key
from shared.errors import VersionConflict
from shared.observability import count, measure, note
from shared.principals import system
from shared.rows import Item
from shared.store import Store

Handler = Callable[[str, Cause], None]

SEND_BATCH = 10
SWEEP_PAGE = 200
TRIES = 4
STUCK_AFTER = 5
LONGEST_WAIT = timedelta(hours=1)


def sweep() -> Item:
    """Hand every due id of this service to its own queue; the minute's work of one Lambda."""
    found, lag = sweep_due(aws.store(), aws.client("sqs"), os.environ["QUEUE_URL"])
    count("deadlines_due", found)
    measure("deadline_lag", lag, "Seconds")
    return {"found": found}


def sweep_due(store: Store, queue: Any, queue_url: str) -> tuple[int, float]:
    """Queue what is due now: (how many, seconds by which the oldest is late)."""
    now = clock.now()
    found, lag = 0, 0.0
    for shard in rows.due_shards():
        due = store.due(shard, clock.iso(now), SWEEP_PAGE)
        send_due(queue, queue_url, [Key(row["pk"]["S"], row["sk"]["S"]) for row in due])
        found += len(due)
        if due:
            lag = max(lag, (now - clock.parse(due[0]["due_at"]["S"])).total_seconds())
    return found, lag


def send_due(queue: Any, queue_url: str, keys: Sequence[Key]) -> None:
    """Put ids of due rows on the service's queue. Losing one is harmless: the sweep comes again."""
    for start in range(0, len(keys), SEND_BATCH):
        queue.send_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(place), "MessageBody": json.dumps({"due": [key.pk, key.sk]})}
                for place, key in enumerate(keys[start : start + SEND_BATCH])
            ],
        )


def work(key: Key, handlers: Mapping[str, Handler], store: Store) -> None:
    """Do what is due on one row now; a failure postpones the row and never loses it."""
    found = store.item(key)
    if found is None or not _is_due(found):
        return
    try:
        _attempt(key, handlers[key.sk])
    except Exception as error:
        attempts = int(found.get("due_attempts", {"N": "0"})["N"]) + 1
        note(error=error)
        count("deadline_failed")
        count("deadline_stuck", int(attempts >= STUCK_AFTER))
        _postpone(key, found, attempts, store)


def _is_due(found: Item) -> bool:
    due = found.get("due_at")
    return due is not None and due["S"] <= clock.iso(clock.now())


def _attempt(key: Key, handler: Handler) -> None:
    """Run the handler; whoever was faster has had the effect, so read again."""
    identifier = key.pk.partition("#")[2]
    for left in reversed(range(TRIES)):
        correlation = ids.new("cor")
        cause = Cause(system(key.sk.lower()), f"due:{key.sk.lower()}", correlation)
        try:
            handler(identifier, cause)
            return
        except AlreadyDone:
            return
        except VersionConflict:
            if not left:
                raise


def _postpone(key: Key, found: Item, attempts: int, store: Store) -> None:
    wait = min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_WAIT)
    store.update(
        "data",
        key,
        UpdateExpression="SET due_at = :later, due_attempts = :n",
        ConditionExpression="due_at = :due",
        ExpressionAttributeValues={
            ":later": {"S": clock.iso(clock.now() + wait)},
            ":n": {"N": str(attempts)},
            ":due": found["due_at"],
        },
    )
