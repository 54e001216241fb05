"""What comes in about the end of care."""

from services.matching.matches.commands import ActingForSide
from services.matching.matches.values import TerminationReason
from shared.api.models import Command, Text
from shared.domain import Day


class NotifyTermination(ActingForSide):
    """One side says that it stops."""

    reason: TerminationReason


class WithdrawNotice(ActingForSide):
    """The side that wanted to stop goes on."""


class EndCare(Command):
    """The headquarters confirms the end; a note about a conflict is for its eyes only."""

    reason: TerminationReason
    effective_on: Day | None = None
    conflict_note: Text | None = None
