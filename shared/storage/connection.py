"""The tables of this container's service, and the way of their due rows to its queues."""

import json
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from shared import aws, settings
from shared.storage.rows import Key
from shared.storage.tables import TableAccess, Tables

if TYPE_CHECKING:
    from shared.storage.store import Store

SEND_BATCH = 10


@cache
def table_access() -> TableAccess:
    """Return this service's tables for functions that make no commits, without the store."""
    return TableAccess(aws.client("dynamodb"), tables())


@cache
def store() -> "Store":
    """Return this service's store; rows that are due at once are handed to its own queues."""
    from shared.storage.store import Store

    return Store(aws.client("dynamodb"), tables(), nudge=_nudge)


def tables() -> Tables:
    """Return the service's tables; fails loudly when the environment does not name one."""
    return Tables(
        data=settings.data_table(),
        outbox=settings.outbox_table(),
        audit=settings.audit_table(),
        keys=settings.keys_table(),
    )


def _nudge(keys: list[Key], jobs: bool) -> None:
    url = settings.jobs_queue_url.required() if jobs else settings.queue_url()
    send_due(aws.client("sqs"), url, keys)


def send_due(queue: Any, queue_url: str, keys: Sequence[Key]) -> None:
    """Put ids of due rows on a queue. Losing one is harmless: the sweep comes again."""
    for start in range(0, len(keys), SEND_BATCH):
        queue.send_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(place), "MessageBody": json.dumps({"due": [key.pk, key.sk]})}
                for place, key in enumerate(keys[start : start + SEND_BATCH])
            ],
        )
