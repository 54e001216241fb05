"""One update of a provider, as it was stored before anything was done about it."""

from datetime import datetime
from typing import Self

from shared.domain import Aggregate


class StoredUpdate(Aggregate):
    """A delivery of one of our messages, or what a person did in a chat with a bot.

    Chat and words of a person are in the vault under the update's own id, for a week.
    """

    update_id: str
    provider: str
    kind: str
    message_id: str = ""
    delivery: str = ""
    code: str | None = None
    received_at: datetime
    handled_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When something is to be done about it: at once, about a delivery of ours."""
        return self.received_at if self.message_id and self.handled_at is None else None

    def handle(self, now: datetime) -> Self:
        """Record that what it says is in the ledger."""
        return self._with(handled_at=now)
