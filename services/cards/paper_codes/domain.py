"""The list of codes of one table: written on demand, taken once, deleted within minutes."""

from datetime import datetime
from typing import ClassVar, Self

from services.cards.taken_once import TakenOnce


class PaperCodes(TakenOnce):
    """Numbers and codes of the cards that one table gave, for the person who sent the table."""

    REFUSAL: ClassVar = "paper_codes_{status}"

    offset: int = 0
    parts: int = 0
    cards: int = 0

    def advance(self, offset: int, cards: int, at: datetime) -> Self:
        """Note that some more lines are written."""
        return self._with(offset=offset, parts=self.parts + 1, cards=self.cards + cards, due_at=at)

    def write_again(self, at: datetime) -> Self:
        """Write a list anew that was not taken in time."""
        return self._written_again(at, offset=0, parts=0, cards=0)
