"""What headquarters sees of the hand-over of a caseload."""

from datetime import datetime
from typing import Annotated, Any, Self

from services.intake.caseloads.domain import CaseloadTransfer
from services.intake.caseloads.values import TransferredCase, TransferStatus
from shared.api.models import View
from shared.domain import CodeOf


class TransferRow(View):
    """How far the hand-over of a caseload is: cases that are `moved`, `waiting`, or `left` behind.

    `more`: there were more cases than one hand-over takes; it is asked for again for the rest.
    """

    id: str
    version: int
    status: TransferStatus
    region: str
    district_id: str | None
    taken_from: str
    taken_by: str
    reason: Annotated[str, CodeOf("case_takeover_reason")]
    opened_by: str
    opened_at: datetime
    ended_at: datetime | None
    moved: int
    waiting: int
    left: int
    more: bool

    @classmethod
    def of_transfer(cls, transfer: CaseloadTransfer, **more: Any) -> Self:
        """Show a hand-over as a line."""
        return cls.of(transfer, id=transfer.transfer_id, district_id=transfer.district, **more)


class TransferView(TransferRow):
    """The hand-over of a caseload with the result of each case."""

    cases: tuple[TransferredCase, ...]
