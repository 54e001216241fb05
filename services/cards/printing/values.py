"""The status of an order for printed cards, and its id."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum

PrintId = Annotated[str, Field(pattern=r"^prt_[0123456789ABCDEFGHJKMNPQRSTVWXYZ]{26}$")]
MAX_CARDS = 100


class PrintStatus(CodeEnum, of="card_print_status"):
    """Whether the file is there."""

    DRAWING = "drawing"
    READY = "ready"
    FAILED = "failed"
