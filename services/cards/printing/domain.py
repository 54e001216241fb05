"""An order for printed cards: made once, in the background."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from services.cards.printing.values import PrintStatus
from shared.domain import Aggregate

FILE_LIVES = timedelta(hours=1)


class Print(Aggregate):
    """Some cards on paper for one person; the file is there for an hour.

    `left_out` are cards that had ended, were held, or were on a later order when it was drawn.
    """

    id: str
    region: str
    ordered_by: str
    role: str
    card_ids: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    ordered_at: datetime
    status: PrintStatus = PrintStatus.DRAWING
    failure: str | None = None
    delete_at: datetime | None = None

    @property
    def on_paper(self) -> tuple[str, ...]:
        """The cards that the file shows."""
        return tuple(card_id for card_id in self.card_ids if card_id not in self.left_out)

    @property
    def due_at(self) -> datetime | None:
        """When the drawing is due: at once; then the end of its file."""
        return self.ordered_at if self.status is PrintStatus.DRAWING else self.delete_at

    def drawn(self, left_out: Iterable[str], at: datetime) -> Self:
        """Note that the file is there."""
        status, until = PrintStatus.READY, at + FILE_LIVES
        return self._with(status=status, left_out=tuple(left_out), delete_at=until)

    def withdraw(self, at: datetime) -> Self:
        """Let the file be deleted at once: one of its cards ended, or was printed anew."""
        return self._with(status=PrintStatus.DELETED, delete_at=at)

    def delete(self) -> Self:
        """Note that the file is gone."""
        return self._with(status=PrintStatus.DELETED, delete_at=None)

    def fail(self, reason: str) -> Self:
        """Note that the cards cannot be drawn."""
        return self._with(status=PrintStatus.FAILED, failure=reason)
