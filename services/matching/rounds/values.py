"""What a round of proposals is made of: its status and its pairs."""

from typing import Annotated, Self

from pydantic import Field

from shared.domain import AidCategory, CodeEnum, ValueObject
from shared.ids import pattern

RoundId = Annotated[str, Field(pattern=pattern("rnd"))]


class RoundStatus(CodeEnum, of="round_status"):
    """How far a round of proposals has come."""

    SOLVING = "solving"
    READY = "ready"
    PROPOSING = "proposing"
    DONE = "done"
    FAILED = "failed"


class PairStatus(CodeEnum, of="round_pair_status"):
    """What has happened to one pair of a round."""

    SUGGESTED = "suggested"
    LEFT_OUT = "left_out"
    PROPOSED = "proposed"
    REFUSED = "refused"


class PlannedPair(ValueObject):
    """A family with the guardian that it is to be proposed; a refusal keeps its code.

    `uncovered` is what the guardian leaves without help, as it was judged last.
    """

    case_id: str
    number: str
    guardian_id: str
    coverage: float
    standby_id: str | None = None
    uncovered: tuple[AidCategory, ...] = ()
    status: PairStatus = PairStatus.SUGGESTED
    match_id: str | None = None
    code: str | None = None

    def propose(self, match_id: str) -> Self:
        """Note the proposal that the pair became."""
        return self._with(status=PairStatus.PROPOSED, match_id=match_id)

    def refuse(self, code: str, uncovered: tuple[str, ...]) -> Self:
        """Note why the pair could not be proposed."""
        return self._with(status=PairStatus.REFUSED, code=code, uncovered=uncovered)
