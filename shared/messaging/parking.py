"""Events that came before the fact they build on: kept beside the aggregate they wait for."""

from datetime import timedelta
from typing import Any

from shared import clock
from shared.events.base import Received, to_cloud_event
from shared.observability import count
from shared.storage import rows
from shared.storage.command_context import Key
from shared.storage.rows import RawWrite
from shared.storage.tables import TableAccess

RETRY = timedelta(seconds=45)
OVERDUE = timedelta(minutes=15)
PREFIX = "PARKED#"


def place(aggregate_id: str) -> str:
    """Return the partition of what waits for an aggregate."""
    return f"{PREFIX}{aggregate_id}"


def holds(key: Key) -> bool:
    """Whether a row is a parked event."""
    return key.pk.startswith(PREFIX)


def park(received: Received[Any], reaction: str, aggregate_id: str, store: TableAccess) -> None:
    """Keep an event for a reaction; parking it again changes nothing."""
    count("parked")
    now = clock.now()
    event = to_cloud_event(
        received.event,
        event_id=received.id,
        time=received.time,
        sequence=received.sequence,
        correlation_id=received.correlation_id,
        causation_id=None,
    )
    key = Key(place(aggregate_id), f"{received.sequence:012d}#{reaction}#{received.id}")
    store.put(
        RawWrite(
            "data",
            key,
            {
                "event": event,
                "reaction": reaction,
                "parked_at": clock.iso(now),
                "due_shard": rows.due_shard(key.pk),
                "due_at": clock.iso(now + RETRY),
            },
            condition="absent",
        )
    )
