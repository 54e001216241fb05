"""What a coordinator says about a round of proposals."""

from typing import Annotated

from pydantic import Field

from services.matching.families.values import CaseId
from shared.api.models import Command, Paging
from shared.domain import RegionCode
from shared.reference.code_lists import Listed

# With what is said of each, one document holds so many.
MOST_PAIRS = 600


class OpenRound(Command):
    """Which region is to be assigned; nothing is proposed by that."""

    region: RegionCode


class CommitRound(Command):
    """Which pairs are not to be proposed, and why pairs that leave needs uncovered are.

    Without an override reason a pair that leaves a need uncovered is refused.
    """

    leave_out: list[CaseId] = Field(default=[], max_length=MOST_PAIRS)
    override_reason: Annotated[str, Listed("match_override_reason")] | None = None


class RoundsQuery(Paging):
    """A slice of a region's rounds."""

    region: RegionCode | None = None
