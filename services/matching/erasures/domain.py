"""Something of a family that is forgotten, on its way out."""

from datetime import datetime, timedelta
from typing import Self

from shared.domain import Aggregate

TRIED_AGAIN = timedelta(days=1)


class Erasure(Aggregate):
    """What is left to erase of one family; nothing, once no step is due."""

    family_id: str
    due_at: datetime | None = None

    def due(self, at: datetime) -> bool:
        """Return whether the next step has come."""
        return self.due_at is not None and self.due_at <= at

    def go_on(self, until: datetime | None) -> Self:
        """Note that a step is done, and when the next one is due, if any."""
        return self._with(due_at=until)

    def put_off(self, at: datetime) -> Self:
        """Try again a day later: an erasure is never given up."""
        return self._with(due_at=at + TRIED_AGAIN)
