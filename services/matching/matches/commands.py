"""What comes in about a match."""

from typing import Annotated

from pydantic import Field

from services.matching.families.values import CaseId
from services.matching.guardians.values import GuardianId
from services.matching.matches.values import MatchStatus, Party
from shared.api.models import Command, RegionQuery
from shared.reference.code_lists import Listed


class Override(Command):
    """Why a guardian is proposed that does not cover every need, and which it does not."""

    reason: Annotated[str, Listed("match_override_reason")]
    uncovered: list[Annotated[str, Listed("aid_category", retired=True)]] = Field(
        default=[], max_length=30
    )


class ProposeMatch(Command):
    """A family and a guardian that might suit each other; the standby is next in line."""

    case_id: CaseId
    guardian_id: GuardianId
    standby_id: GuardianId | None = None
    override: Override | None = None


class ActingForSide(Command):
    """Which side this is for; the headquarters may act for a side that has asked it to.

    `evidence` is how the side said it to the headquarters; a side that acts itself names none.
    """

    by: Party | None = None
    evidence: Annotated[str, Listed("match_evidence")] | None = None


class DeclineMatch(ActingForSide):
    """A refusal before care, without blame."""

    reason: Annotated[str, Listed("match_decline_reason")]


class CancelMatch(Command):
    """The headquarters takes the proposal back."""

    reason: Annotated[str, Listed("match_cancel_reason")]


class MatchQuery(RegionQuery):
    """Matches of the caller's region, organisation or family; in a region also of one guardian."""

    status: MatchStatus | None = None
    guardian_id: GuardianId | None = None
