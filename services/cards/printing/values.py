"""The status of an order for printed cards, and its id."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

PrintId = Annotated[str, Field(pattern=pattern("prt"))]
MAX_CARDS = 100


class PrintStatus(CodeEnum, of="card_print_status"):
    """Whether the file is there."""

    DRAWING = "drawing"
    READY = "ready"
    DELETED = "deleted"
    FAILED = "failed"
