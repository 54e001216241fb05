"""An order for printed cards: made once, in the background."""

from datetime import datetime
from typing import Self

from services.cards.printing.values import PrintStatus
from shared.domain import Aggregate


class Print(Aggregate):
    """Some cards on paper for one person; the file is gone after a day."""

    id: str
    region: str
    ordered_by: str
    role: str
    card_ids: tuple[str, ...]
    ordered_at: datetime
    status: PrintStatus = PrintStatus.DRAWING
    failure: str | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the drawing is due: at once."""
        return self.ordered_at if self.status is PrintStatus.DRAWING else None

    def drawn(self) -> Self:
        """Note that the file is there."""
        return self._with(status=PrintStatus.READY)

    def fail(self, reason: str) -> Self:
        """Note that the cards cannot be drawn."""
        return self._with(status=PrintStatus.FAILED, failure=reason)
