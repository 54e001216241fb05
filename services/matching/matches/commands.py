"""What comes in about a match."""

from typing import Annotated, Literal

from pydantic import Field

from services.matching.families.values import CaseId
from services.matching.follow_ups.values import FollowUpKind, FollowUpResult
from services.matching.guardians.values import Category, GuardianId
from services.matching.headquarters.values import UserId
from services.matching.matches.values import MatchStatus, Party
from shared.api.models import Command, RegionQuery, Text
from shared.domain import Code, Moment
from shared.reference.code_lists import Listed


class Override(Command):
    """Why a guardian is proposed that does not cover every need, and which it does not."""

    reason: Code
    uncovered: list[Category] = Field(default=[], max_length=len(Category))


class ProposeMatch(Command):
    """A family and a guardian that might suit each other."""

    case_id: CaseId
    guardian_id: GuardianId
    override: Override | None = None


class ActingForSide(Command):
    """Which side this is for; the headquarters may act for a side that has asked it to.

    `evidence` is the code of how the side said it: `phone_call`, `paper`, `in_person`.
    """

    by: Party | None = None
    evidence: Code | None = None


class DeclineMatch(ActingForSide):
    """A refusal before care, without blame."""

    reason: Annotated[str, Listed("match_decline_reason")]


class CancelMatch(Command):
    """The headquarters takes the proposal back."""

    reason: Code


class HoldIntroduction(Command):
    """The first contact, with a coordinator of the region taking part."""

    held_at: Moment
    format: Literal["in_person", "video", "phone"]
    hq_participant: UserId
    participants: list[Party] = Field(min_length=1, max_length=2)


class RecordCall(Command):
    """A call to the family, and what was said."""

    kind: FollowUpKind
    result: FollowUpResult
    note: Text | None = None


class MatchQuery(RegionQuery):
    """Matches of the caller's region, organisation or family."""

    status: MatchStatus | None = None
