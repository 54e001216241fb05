"""What intake does when matching tells of a match."""

from collections.abc import Callable
from datetime import datetime

from services.intake.cases import match_progress
from services.intake.cases.domain import Case
from services.intake.cases.policy import Desk, stamp
from services.intake.cases.values import Stamp
from shared.events.base import Received
from shared.events.matching import (
    CareAgreementSigned,
    CareEnded,
    CareStarted,
    IntroductionHeld,
    MatchCancelled,
    MatchDeclined,
    MatchProposed,
)
from shared.storage.command_context import CommandContext


def await_introduction(
    received: Received[MatchProposed], context: CommandContext, desk: Desk
) -> None:
    """A guardian is proposed to the family."""
    match = received.event

    def change(case: Case, now: Stamp) -> Case:
        return match_progress.proposed(case, now, match.match_id, match.guardian_id)

    _apply(match.case_id, received.time, change, context, desk)


def search_on(
    received: Received[MatchDeclined | MatchCancelled], context: CommandContext, desk: Desk
) -> None:
    """The proposal came to nothing."""
    match = received.event
    what = "match_declined" if isinstance(match, MatchDeclined) else "match_cancelled"

    def change(case: Case, now: Stamp) -> Case:
        return match_progress.lost(case, now, match.match_id, what, match.reason)

    _apply(match.case_id, received.time, change, context, desk)


def note_introduction(
    received: Received[IntroductionHeld], context: CommandContext, desk: Desk
) -> None:
    """Family and guardian have met: the guardian may have the contact."""
    match = received.event

    def change(case: Case, now: Stamp) -> Case:
        return match_progress.introduced(case, now, match.match_id)

    _apply(match.case_id, received.time, change, context, desk)


def note_agreement(
    received: Received[CareAgreementSigned], context: CommandContext, desk: Desk
) -> None:
    """Both sides have signed."""
    match = received.event

    def change(case: Case, now: Stamp) -> Case:
        return match_progress.agreed(case, now, match.match_id)

    _apply(match.case_id, received.time, change, context, desk)


def begin_care(received: Received[CareStarted], context: CommandContext, desk: Desk) -> None:
    """The first help was given."""
    match = received.event

    def change(case: Case, now: Stamp) -> Case:
        return match_progress.started(case, now, match.match_id, match.started_on)

    _apply(match.case_id, received.time, change, context, desk)


def end_care(received: Received[CareEnded], context: CommandContext, desk: Desk) -> None:
    """The care is over: the case closes, or the family waits again."""
    match = received.event

    def change(case: Case, now: Stamp) -> Case:
        return match_progress.ended(case, now, match.match_id, match.reason)

    _apply(match.case_id, received.time, change, context, desk)


def _apply(
    case_id: str,
    at: datetime,
    change: Callable[[Case, Stamp], Case],
    context: CommandContext,
    desk: Desk,
) -> None:
    """The case after a fact of another service, dated when it happened and not when we heard."""
    case = desk.cases.get(case_id)
    happened = stamp(context).model_copy(update={"at": at})
    desk.save(context, case, change(case, happened))
