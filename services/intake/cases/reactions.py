"""What intake does about matching's events; the functions' names are stored in inbox rows."""

from collections.abc import Callable
from datetime import datetime

from services.intake.cases import care_track
from services.intake.cases.domain import Case
from services.intake.cases.policy import stamp
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases.review import outcome_due
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
    received: Received[MatchProposed], context: CommandContext, cases: Cases
) -> None:
    """Let a case wait for the introduction of the proposed guardian."""
    event = received.event

    def change(case: Case, now: Stamp) -> Case:
        return care_track.proposed(case, now, event.match_id, event.guardian_id)

    _apply(event.case_id, received.time, change, context, cases)


def search_on(
    received: Received[MatchDeclined | MatchCancelled], context: CommandContext, cases: Cases
) -> None:
    """Search another guardian when a match was declined or cancelled."""
    event = received.event
    what = "match_declined" if isinstance(event, MatchDeclined) else "match_cancelled"

    def change(case: Case, now: Stamp) -> Case:
        return care_track.abandoned(case, now, event.match_id, what, event.reason)

    _apply(event.case_id, received.time, change, context, cases)


def note_introduction(
    received: Received[IntroductionHeld], context: CommandContext, cases: Cases
) -> None:
    """Release the contact to the guardian that the family has met."""
    event = received.event

    def change(case: Case, now: Stamp) -> Case:
        return care_track.introduced(case, now, event.match_id)

    _apply(event.case_id, received.time, change, context, cases)


def note_agreement(
    received: Received[CareAgreementSigned], context: CommandContext, cases: Cases
) -> None:
    """Note that family and guardian have signed the care agreement."""
    event = received.event

    def change(case: Case, now: Stamp) -> Case:
        return care_track.agreed(case, now, event.match_id)

    _apply(event.case_id, received.time, change, context, cases)


def begin_care(received: Received[CareStarted], context: CommandContext, cases: Cases) -> None:
    """Begin the care of a case with the first help."""
    event = received.event

    def change(case: Case, now: Stamp) -> Case:
        return care_track.started(case, now, event.match_id, event.started_on)

    _apply(event.case_id, received.time, change, context, cases)


def end_care(received: Received[CareEnded], context: CommandContext, cases: Cases) -> None:
    """Close a case whose care is over, or let the family wait again."""
    event = received.event

    def change(case: Case, now: Stamp) -> Case:
        return care_track.ended(case, now, event.match_id, event.reason)

    _apply(event.case_id, received.time, change, context, cases)


def _apply(
    case_id: str,
    at: datetime,
    change: Callable[[Case, Stamp], Case],
    context: CommandContext,
    cases: Cases,
) -> None:
    """Change a case by a fact of matching, dated when it happened and not when it arrived."""
    case = cases.get(case_id)
    happened = stamp(context).model_copy(update={"at": at})
    cases.save_change(context, case, change(case, happened))


REACTIONS = {
    MatchProposed: await_introduction,
    MatchDeclined: search_on,
    MatchCancelled: search_on,
    IntroductionHeld: note_introduction,
    CareAgreementSigned: note_agreement,
    CareStarted: begin_care,
    CareEnded: end_care,
}
DEADLINES = {Cases.prefix: outcome_due}
