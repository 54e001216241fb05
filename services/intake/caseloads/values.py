"""How far the hand-over of a caseload has come, and the result of each of its cases."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum, ValueObject
from shared.ids import pattern

TransferId = Annotated[str, Field(pattern=pattern("trf"))]


class TransferStatus(CodeEnum, of="caseload_transfer_status"):
    """Whether cases still wait for their turn."""

    MOVING = "moving"
    DONE = "done"


class CaseResult(CodeEnum, of="transferred_case_result"):
    """The result of one case of a caseload; all but `moved` and `waiting` say why it stayed."""

    WAITING = "waiting"
    MOVED = "moved"
    CLOSED = "closed"
    TAKEN_OVER = "taken_over"
    OTHER_ROLE = "other_role"
    REFUSED = "refused"


class TransferredCase(ValueObject):
    """One case of a caseload, by its id and the number that is read aloud."""

    case_id: str
    number: str
    result: CaseResult = CaseResult.WAITING

    @property
    def waits(self) -> bool:
        """Whether its turn has not come yet."""
        return self.result is CaseResult.WAITING
