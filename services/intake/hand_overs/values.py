"""How far a note to the next shift has come."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

HandOverId = Annotated[str, Field(pattern=pattern("hov"))]


class HandOverStatus(CodeEnum, of="hand_over_status"):
    """Whether an operator of a later shift has the note in hand."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
