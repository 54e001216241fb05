"""Messages that no handler takes: kept as rows, for the people on duty."""

import hashlib
from datetime import timedelta
from typing import Literal

from shared import clock
from shared.events.base import MAX_DETAIL_BYTES
from shared.observability import count
from shared.storage import rows
from shared.storage.rows import Key, RawWrite
from shared.storage.tables import TableAccess

RETENTION_DAYS = 45
# An event is kept whole, with what the bus writes around it, so that it can be sent back.
MAX_BODY = 2 * MAX_DETAIL_BYTES

Reason = Literal["not_understood", "gave_up", "reaction_gone"]


def set_aside(body: str, reason: Reason, explanation: str, store: TableAccess) -> None:
    """Keep a message and why, explained in our words. A second copy of it changes nothing."""
    count("quarantined")
    count("messages_given_up", int(reason == "gave_up"))
    digest = hashlib.sha256(body.encode()).hexdigest()
    store.put(
        RawWrite(
            "data",
            Key(f"QUARANTINE#{clock.wall():%Y-%m-%d}", digest),
            {
                "body": body[:MAX_BODY],
                "reason": reason,
                "cause": explanation,
                "expires_at": rows.epoch(clock.wall() + timedelta(days=RETENTION_DAYS)),
            },
        )
    )
