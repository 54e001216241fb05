"""Messages that nobody works: set aside as rows, for the people on duty."""

import hashlib
from datetime import timedelta
from typing import Literal

from shared import clock
from shared.observability import count
from shared.storage import rows
from shared.storage.command_context import Key
from shared.storage.rows import Write
from shared.storage.tables import TableAccess

KEPT_DAYS = 45
MOST_BYTES = 16 * 1024

Reason = Literal["not_understood", "gave_up"]


def set_aside(body: str, reason: Reason, cause: str, store: TableAccess) -> None:
    """Keep a message and why; `cause` is in our words. A second copy of it changes nothing."""
    count("quarantined")
    count("messages_given_up", int(reason == "gave_up"))
    digest = hashlib.sha256(body.encode()).hexdigest()
    store.put(
        Write(
            "data",
            Key(f"QUARANTINE#{clock.wall():%Y-%m-%d}", digest),
            {
                "body": body[:MOST_BYTES],
                "reason": reason,
                "cause": cause,
                "expires_at": rows.epoch(clock.wall() + timedelta(days=KEPT_DAYS)),
            },
        )
    )
