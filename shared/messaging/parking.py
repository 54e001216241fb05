"""Events that are kept until the fact they build on has come, or lists show all they need."""

from datetime import datetime, timedelta
from typing import Any

from shared import clock
from shared.events.base import Received, to_cloud_event
from shared.observability import count
from shared.storage import rows
from shared.storage.rows import Key, RawWrite
from shared.storage.tables import TableAccess

RETRY = timedelta(seconds=45)
OVERDUE = timedelta(minutes=15)
# By then an index shows what was written before an event came, on a bad day of DynamoDB's, too.
LOOK_AGAIN = timedelta(minutes=10)
PREFIX = "PARKED#"
AGAIN = f"{PREFIX}again#"


def place(aggregate_id: str) -> str:
    """Return the partition of what waits for an aggregate."""
    return f"{PREFIX}{aggregate_id}"


def holds(key: Key) -> bool:
    """Whether a row is a parked event."""
    return key.pk.startswith(PREFIX)


def looks_again(key: Key) -> bool:
    """Whether a parked event is there for a second look."""
    return key.pk.startswith(AGAIN)


def park(received: Received[Any], reaction: str, aggregate_id: str, store: TableAccess) -> None:
    """Keep an event for a reaction; parking it again changes nothing."""
    count("parked")
    _keep(received, reaction, place(aggregate_id), clock.now() + RETRY, store)


def park_for_second_look(received: Received[Any], reaction: str, store: TableAccess) -> None:
    """Keep an event for a reaction that finds its work by a list, which may lag behind."""
    _keep(received, reaction, f"{AGAIN}{received.id}", clock.now() + LOOK_AGAIN, store)


def _keep(
    received: Received[Any], reaction: str, partition: str, due_at: datetime, store: TableAccess
) -> None:
    event = to_cloud_event(
        received.event,
        event_id=received.id,
        time=received.time,
        sequence=received.sequence,
        correlation_id=received.correlation_id,
        causation_id=None,
    )
    key = Key(partition, f"{received.sequence:012d}#{reaction}#{received.id}")
    store.put(
        RawWrite(
            "data",
            key,
            {
                "event": event,
                "reaction": reaction,
                "parked_at": clock.iso(clock.now()),
                "due_shard": rows.due_shard(key.pk),
                "due_at": clock.iso(due_at),
            },
            condition="absent",
        )
    )
