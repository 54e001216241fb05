"""What a gift is made of, and what is known of the cases of the family that gives it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from shared.domain import CodeEnum, ValueObject
from shared.ids import pattern

GiftId = Annotated[str, Field(pattern=pattern("gft"))]


class GiftStatus(CodeEnum, of="gift_status"):
    """Whether the family still wants to give."""

    OFFERED = "offered"
    WITHDRAWN = "withdrawn"


STEPS: Mapping[GiftStatus, Mapping[str, Any]] = {
    GiftStatus.OFFERED: {"withdraw_gift": GiftStatus.WITHDRAWN},
    GiftStatus.WITHDRAWN: {},
}


class KnownCase(ValueObject):
    """A case of the family, open or closed; `sequence` orders what intake says of it."""

    case_id: str
    open: bool
    sequence: int
    closed_at: datetime | None = None
