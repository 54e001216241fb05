"""What comes in on the way to the first contact."""

from typing import Annotated

from pydantic import Field

from services.matching.matches.commands import ActingForSide
from services.matching.matches.values import Party
from shared.api.models import Command
from shared.domain import Moment, UserId
from shared.reference.code_lists import Listed

DelayReason = Annotated[str, Listed("introduction_delay_reason")]


class AcceptMatch(ActingForSide):
    """One side says yes to the proposal."""


class ExplainDelay(Command):
    """Why family and guardian have not met within 72 hours."""

    reason: DelayReason


class HoldIntroduction(Command):
    """The first contact, with a coordinator of the region taking part; a late one has a reason.

    One that was in time and is recorded after the limit names the evidence.
    """

    held_at: Moment
    format: Annotated[str, Listed("introduction_format")]
    hq_participant: UserId
    participants: list[Party] = Field(min_length=1, max_length=2)
    late_reason: DelayReason | None = None
    evidence: Annotated[str, Listed("match_evidence")] | None = None


class RecordLateIntroduction(HoldIntroduction):
    """A first contact of before the lapse; without `resume` it is noted, and nothing goes on."""

    evidence: Annotated[str, Listed("match_evidence")]
    resume: bool = True
