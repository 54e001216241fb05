"""How far a note to the next shift has come."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

# Left undone for so long it is asked of headquarters: as long as a review of a case may take.
DONE_WITHIN, DONE_WITHIN_URGENT = timedelta(hours=24), timedelta(hours=8)

HandOverId = Annotated[str, Field(pattern=pattern("hov"))]


class HandOverStatus(CodeEnum, of="hand_over_status"):
    """Whether an operator of a later shift has the note in hand."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
