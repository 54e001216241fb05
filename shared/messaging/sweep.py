"""The minute's sweep of a service: what is due goes to its queues, what was given up is counted."""

from collections.abc import Iterable
from typing import Any

from shared import aws, clock, settings
from shared.observability import count, measure
from shared.storage import connection, rows
from shared.storage.rows import Item
from shared.storage.tables import TableAccess

SWEEP_PAGE = 200
FOR_EVER = "9999"


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
        connection.send_due(queue, queue_url, [rows.key_of(row) for row in due])
        found += len(due)
        if due:
            lag = max(lag, (now - clock.parse(due[0]["due_at"]["S"])).total_seconds())
    return found, lag


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
