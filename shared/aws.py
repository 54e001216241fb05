"""Clients and tables of this container: one session, made on first use.

Their names come from the environment.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from shared.rows import Key
from shared.tables import TableAccess, Tables

if TYPE_CHECKING:
    from shared.store import Store

# Links to encrypted files need this signature, and the host of the bucket's own region.
_LINKS: dict[str, Any] = {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}


@cache
def _session() -> Any:
    from botocore.session import get_session

    return get_session()


# A function of another service may start cold, and is given 15 s itself.
READ_SECONDS = {"lambda": 20}


@cache
def client(service: str) -> Any:
    """The container's one client of an AWS service."""
    from botocore.config import Config

    config = Config(
        connect_timeout=2,
        read_timeout=READ_SECONDS.get(service, 5),
        retries={"mode": "standard", "total_max_attempts": 2},
        parameter_validation=False,
        user_agent_extra="ryadom",
        **(_LINKS if service == "s3" else {}),
    )
    return _session().create_client(service, config=config)


@cache
def table_access() -> TableAccess:
    """This service's tables for functions that make no commits; without the store's imports."""
    return TableAccess(client("dynamodb"), tables())


@cache
def store() -> "Store":
    """This service's store; rows that are due at once are handed to its own queue."""
    from shared.store import Store

    return Store(client("dynamodb"), tables(), nudge=_nudge)


def tables() -> Tables:
    """The service's tables; fails loudly when the environment does not name one."""
    return Tables(
        data=os.environ["DATA_TABLE"],
        outbox=os.environ["OUTBOX_TABLE"],
        audit=os.environ["AUDIT_TABLE"],
        keys=os.environ["KEYS_TABLE"],
    )


def _nudge(keys: list[Key]) -> None:
    from shared import deadlines

    deadlines.send_due(client("sqs"), os.environ["QUEUE_URL"], keys)
