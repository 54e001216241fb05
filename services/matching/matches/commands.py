"""What people ask of a match."""

from typing import Annotated, Literal

from pydantic import Field

from services.matching.follow_ups.values import FollowUpKind, FollowUpResult
from services.matching.forms import (
    CaseId,
    Code,
    Day,
    Form,
    GuardianId,
    Moment,
    OfRegion,
    Ref,
    Text,
    UserId,
)
from services.matching.guardians.values import Category, Programme
from services.matching.matches.values import MatchStatus, Party, TerminationReason
from services.matching.stories.domain import StoryStatus
from shared.reference.code_lists import Listed

NeedId = Annotated[str, Field(pattern=r"^[a-z]{2,5}_[0-9A-Za-z]{1,40}$")]


class Override(Form):
    """Why a guardian is proposed that does not cover every need, and which it does not."""

    reason: Code
    uncovered: list[Category] = Field(default=[], max_length=len(Category))


class ProposeMatch(Form):
    """A family and a guardian that might suit each other."""

    case_id: CaseId
    guardian_id: GuardianId
    override: Override | None = None


class ActingForSide(Form):
    """Which side this is for; the headquarters may act for a side that has told it so.

    `evidence` is the code of how the side said it: `phone_call`, `paper`, `in_person`.
    """

    by: Party | None = None
    evidence: Code | None = None


class DeclineMatch(ActingForSide):
    """A refusal before care, without blame."""

    reason: Annotated[str, Listed("match_decline_reason")]


class CancelMatch(Form):
    """The headquarters takes the proposal back."""

    reason: Code


class HoldIntroduction(Form):
    """The first contact, with a coordinator of the region taking part."""

    held_at: Moment
    format: Literal["in_person", "video", "phone"]
    hq_participant: UserId
    participants: list[Party] = Field(min_length=1, max_length=2)


class DraftAgreement(Form):
    """What help the family gets, how often and from when."""

    need_ids: list[NeedId] = Field(min_length=1, max_length=30)
    frequency: Code
    starts_on: Day
    template_version: Ref
    programme: Programme = Programme.SERVICE_MEMBER_CARE


class SignAgreement(ActingForSide):
    """One side's signature."""


class SignByLink(Form):
    """The family's signature through the link it was given."""

    link: str = Field(min_length=20, max_length=512)


class RecordHelp(Form):
    """A help that was given."""

    need_id: NeedId
    given_at: Moment
    note: Text | None = None


class RecordCall(Form):
    """A call to the family and what came of it."""

    kind: FollowUpKind
    result: FollowUpResult
    note: Text | None = None


class ReportCare(Form):
    """How the help is going, in the guardian's view."""

    period: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    done: Text
    difficulties: Text | None = None
    resources_ok: bool


class StoryMedia(Form):
    """A file of a story."""

    kind: Literal["photo", "video"]
    key: Ref


class SubmitStory(Form):
    """A story about the help."""

    text: Annotated[str, Field(min_length=1, max_length=8000)]
    media: list[StoryMedia] = Field(default=[], max_length=10)
    consent_ref: Ref | None = None


class RecordStoryConsent(Form):
    """Where the family's consent to publication is kept."""

    consent_ref: Ref


class DecideStory(Form):
    """Why a story is not published."""

    reason: Code


class NotifyTermination(ActingForSide):
    """One side says that it stops."""

    reason: TerminationReason


class WithdrawNotice(ActingForSide):
    """The side that wanted to stop goes on."""


class EndCare(Form):
    """The headquarters confirms the end; a note about a conflict is for its eyes only."""

    reason: TerminationReason
    effective_on: Day | None = None
    conflict_note: Text | None = None


class MatchQuery(OfRegion):
    """Matches of the caller's region, organisation or family."""

    status: MatchStatus | None = None


class StoryQuery(OfRegion):
    """Stories of a region, in one status or all."""

    status: StoryStatus | None = None
