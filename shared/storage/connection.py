"""The tables of this container's service; their names come from the environment."""

import os
from functools import cache
from typing import TYPE_CHECKING

from shared import aws
from shared.storage import due_queue
from shared.storage.rows import Key
from shared.storage.tables import TableAccess, Tables

if TYPE_CHECKING:
    from shared.storage.store import Store


@cache
def table_access() -> TableAccess:
    """This service's tables for functions that make no commits; without the store's imports."""
    return TableAccess(aws.client("dynamodb"), tables())


@cache
def store() -> "Store":
    """This service's store; rows that are due at once are handed to its own queues."""
    from shared.storage.store import Store

    return Store(aws.client("dynamodb"), tables(), nudge=_nudge)


def tables() -> Tables:
    """The service's tables; fails loudly when the environment does not name one."""
    return Tables(
        data=os.environ["DATA_TABLE"],
        outbox=os.environ["OUTBOX_TABLE"],
        audit=os.environ["AUDIT_TABLE"],
        keys=os.environ["KEYS_TABLE"],
    )


def _nudge(keys: list[Key], jobs: bool) -> None:
    url = os.environ["JOBS_QUEUE_URL" if jobs else "QUEUE_URL"]
    due_queue.send_due(aws.client("sqs"), url, keys)
