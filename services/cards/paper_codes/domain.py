"""The list of codes of one table: written on demand, taken once, deleted within minutes."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.cards.paper_codes.values import PaperStatus
from shared.domain import StatefulAggregate

WAITS = timedelta(minutes=15)
# A link lives five minutes.
LINK_LIVES = timedelta(minutes=6)


class PaperCodes(StatefulAggregate):
    """Numbers and codes of the cards that one table gave, for the person who sent the table."""

    STEPS: ClassVar = {
        PaperStatus.WRITING: {"finish": PaperStatus.READY, "fail": PaperStatus.FAILED},
        PaperStatus.READY: {"take": PaperStatus.TAKEN, "expire": PaperStatus.DELETED},
        PaperStatus.TAKEN: {"clean": None},
        PaperStatus.DELETED: {"write_again": PaperStatus.WRITING},
        PaperStatus.FAILED: {"write_again": PaperStatus.WRITING},
    }
    REFUSAL: ClassVar = "paper_codes_{status}"

    id: str
    region: str
    asked_by: str
    role: str
    asked_at: datetime
    status: PaperStatus = PaperStatus.WRITING
    offset: int = 0
    parts: int = 0
    cards: int = 0
    failure: str | None = None
    due_at: datetime | None = None

    def advance(self, offset: int, cards: int, at: datetime) -> Self:
        """Note that some more lines are written."""
        return self._with(offset=offset, parts=self.parts + 1, cards=self.cards + cards, due_at=at)

    def finish(self, at: datetime) -> Self:
        """Let the list be taken, for a quarter of an hour."""
        self._require("finish")
        return self._with(status=PaperStatus.READY, due_at=at + WAITS)

    def fail(self, reason: str) -> Self:
        """Note that the list cannot be written."""
        self._require("fail")
        return self._with(status=PaperStatus.FAILED, failure=reason, due_at=None)

    def take(self, at: datetime) -> Self:
        """Hand the list out, this one time."""
        self._require("take")
        return self._with(status=PaperStatus.TAKEN, due_at=at + LINK_LIVES)

    def clean(self) -> Self:
        """Note that the file is deleted; a list that was not taken may be asked for again."""
        kept = self.status if self.status is PaperStatus.TAKEN else PaperStatus.DELETED
        return self._with(status=kept, due_at=None)

    def write_again(self, at: datetime) -> Self:
        """Write a list anew that was not taken in time."""
        self._require("write_again")
        return self._with(
            status=PaperStatus.WRITING,
            asked_at=at,
            due_at=at,
            offset=0,
            parts=0,
            cards=0,
            failure=None,
        )
