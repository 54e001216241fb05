"""Events that came before the fact they build on: kept beside the aggregate they wait for."""

import json
from datetime import timedelta
from typing import Any

from shared import clock
from shared.events.base import Received
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
    key = Key(place(aggregate_id), f"{received.sequence:012d}#{reaction}#{received.id}")
    store.put(
        RawWrite(
            "data",
            key,
            {
                "event": _json(received),
                "reaction": reaction,
                "parked_at": clock.iso(now),
                "due_shard": rows.due_shard(key.pk),
                "due_at": clock.iso(now + RETRY),
            },
            condition="absent",
        )
    )


def _json(received: Received[Any]) -> str:
    return json.dumps(
        {
            "type": received.event.detail_type(),
            "id": received.id,
            "time": clock.iso(received.time),
            "sequence": str(received.sequence),
            "subject": received.subject,
            "correlationid": received.correlation_id,
            "data": received.event.model_dump(mode="json"),
        }
    )
