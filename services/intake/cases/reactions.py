"""What intake does about the cases of families by itself: matches go on, providers retire.

The functions' names are stored in inbox rows.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from services.intake.cases import care_track
from services.intake.cases.coordination.referrals import LOST, referred_to
from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases.coordination import time_is_up
from services.intake.families.policy import stamp
from services.intake.families.values import Stamp
from shared.errors import PreconditionPending
from shared.events.base import Received
from shared.events.intake_aids import ProviderRetired
from shared.events.matching import (
    CareAgreementSigned,
    CareEnded,
    CareStarted,
    IntroductionHeld,
    MatchCancelled,
    MatchDeclined,
    MatchProposed,
)
from shared.events.matching_progress import ExclusionLifted
from shared.storage.command_context import CommandContext, in_parts


def await_introduction(
    received: Received[MatchProposed], context: CommandContext, cases: Cases
) -> None:
    """Let a case wait for the introduction of the proposed guardian."""
    guardian = received.event.guardian_id
    _apply(received, context, cases, partial(care_track.proposed, guardian_id=guardian))


def search_on(
    received: Received[MatchDeclined | MatchCancelled], context: CommandContext, cases: Cases
) -> None:
    """Search another guardian when a match was declined or cancelled."""
    event = received.event
    file, happened = cases.open_file(event.case_id), _happened(received.time, context)
    what = "match_declined" if isinstance(event, MatchDeclined) else "match_cancelled"
    after = care_track.abandoned(
        file.case, happened, file.family, event.match_id, what, event.reason
    )
    cases.save_change(context, file, after)


def note_introduction(
    received: Received[IntroductionHeld], context: CommandContext, cases: Cases
) -> None:
    """Release the contact to the guardian that the family has met."""
    _apply(received, context, cases, care_track.introduced)


def note_agreement(
    received: Received[CareAgreementSigned], context: CommandContext, cases: Cases
) -> None:
    """Note that family and guardian have signed the care agreement."""
    _apply(received, context, cases, care_track.agreed)


def begin_care(received: Received[CareStarted], context: CommandContext, cases: Cases) -> None:
    """Begin the care of a case with the first help."""
    started_on = received.event.started_on
    _apply(received, context, cases, partial(care_track.started, started_on=started_on))


def end_care(received: Received[CareEnded], context: CommandContext, cases: Cases) -> None:
    """Close a case whose care is over, or let the family wait again."""
    event = received.event
    file, happened = cases.open_file(event.case_id), _happened(received.time, context)
    guardian = care_track.excluded(file.case, event.match_id, event.reason)
    family = file.family if guardian is None else file.family.exclude(guardian)
    after = care_track.ended(file.case, happened, family, event.match_id, event.reason)
    cases.save_change(context, file, after, family=family)


def readmit_guardian(
    received: Received[ExclusionLifted], context: CommandContext, cases: Cases
) -> None:
    """Leave a guardian out no more, once it is known that it was."""
    event = received.event
    file = cases.open_file(event.case_id)
    if not care_track.is_over(file.case, event.match_id):
        raise PreconditionPending(event.case_id)
    family = file.family.readmit(event.guardian_id)
    if family is not file.family:
        happened = _happened(received.time, context)
        after = file.case.record(happened, "exclusion_lifted", ref=event.match_id)
        cases.save_change(context, file, after, family=family)


def tell_of_lost_referrals(
    received: Received[ProviderRetired], context: CommandContext, cases: Cases
) -> None:
    """Let headquarters call the families that may be on their way to who helps no more."""
    provider = received.event.provider_id
    for of_part, (sent,) in in_parts(context, cases.sent_to(provider, received.time), 1):
        file = cases.open_file(sent.case_id)
        asked_again = file.family.open_case_of(sent.programme) is not None
        if referred_to(file.case) == provider and not (file.family.erased or asked_again):
            after = file.case.record(stamp(of_part), LOST, ref=provider)
            cases.save_change(of_part, file, after)


def _apply(
    received: Received[Any],
    context: CommandContext,
    cases: Cases,
    step: Callable[[Case, Stamp, str], Case],
) -> None:
    """Store what a fact about a match does to its case alone."""
    file, happened = cases.open_file(received.event.case_id), _happened(received.time, context)
    after = step(file.case, happened, received.event.match_id)
    cases.save_change(context, file, after)


def _happened(at: datetime, context: CommandContext) -> Stamp:
    """Date a fact of matching by when it happened and not by when it arrived."""
    return stamp(context).model_copy(update={"at": at})


REACTIONS = {
    MatchProposed: await_introduction,
    MatchDeclined: search_on,
    MatchCancelled: search_on,
    IntroductionHeld: note_introduction,
    CareAgreementSigned: note_agreement,
    CareStarted: begin_care,
    CareEnded: end_care,
    ExclusionLifted: readmit_guardian,
    ProviderRetired: tell_of_lost_referrals,
}
DEADLINES = {Cases.prefix: time_is_up}
LOOKS_AGAIN = (tell_of_lost_referrals,)
