"""What comes in about the end of care."""

from typing import Annotated

from services.matching.matches.commands import ActingForSide
from services.matching.matches.values import Party, TerminationReason
from shared.api.models import Command, Text
from shared.domain import Day
from shared.reference.code_lists import Listed


class NotifyTermination(ActingForSide):
    """One side says that it stops."""

    reason: TerminationReason


class WithdrawNotice(ActingForSide):
    """The side that wanted to stop goes on."""


class HearSide(Command):
    """What the headquarters asked one side about a conflict; the note is for its eyes only."""

    side: Party
    result: Annotated[str, Listed("hearing_result")]
    note: Text | None = None


class EndCare(Command):
    """The headquarters confirms the end; a note about a conflict is for its eyes only."""

    reason: TerminationReason
    effective_on: Day | None = None
    conflict_note: Text | None = None


class LiftExclusion(Command):
    """Why a pair that was parted by a conflict may be proposed again.

    `ended_for` says why the care ended, where it was no conflict; of one that is settled it did.
    """

    reason: Annotated[str, Listed("exclusion_lift_reason")]
    ended_for: TerminationReason | None = None
