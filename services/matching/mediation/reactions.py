"""What opens a mediation by itself, and that it ends with the care."""

from services.matching.follow_ups.values import FollowUpResult
from services.matching.matches.domain import Match
from services.matching.matches.repository import Matches
from services.matching.mediation.domain import Mediation
from services.matching.mediation.events import ended_event, raised_event
from services.matching.mediation.repository import Mediations
from services.matching.mediation.values import (
    Concern,
    MediationResult,
    MediationStatus,
    RaisedConcern,
    Result,
    mediation_id,
)
from services.matching.mediation.vault_records import without_left_out
from shared.events.base import Received
from shared.events.matching import CareEnded, FollowUpDone
from shared.events.matching_progress import FollowUpCorrected
from shared.events.notifications import GUARDIAN_FEEDBACK, LowScoreReceived
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext

BY_FAMILY, BY_GUARDIAN, BY_SYSTEM = "family", "guardian", "system"


def on_low_score(
    received: Received[LowScoreReceived],
    context: CommandContext,
    matches: Matches,
    mediations: Mediations,
    vault: Vault,
) -> None:
    """Mediate when a side of a care gives a low score."""
    event = received.event
    by = BY_GUARDIAN if event.form == GUARDIAN_FEEDBACK else BY_FAMILY
    match = matches.find(event.match_id) if event.match_id else None
    if match is not None:
        concern = RaisedConcern(concern=Concern.LOW_SCORE.value, by=by, at=received.time)
        _raise(match, concern, context, matches, mediations, vault)


def on_call_with_problem(
    received: Received[FollowUpDone],
    context: CommandContext,
    matches: Matches,
    mediations: Mediations,
    vault: Vault,
) -> None:
    """Mediate when a family names a problem in a call."""
    match = matches.get(received.event.match_id)
    if _is_problem(match, received.event):
        problem = Concern.CALL_PROBLEM.value
        call = received.event.kind
        concern = RaisedConcern(concern=problem, by=BY_FAMILY, at=received.time, call=call)
        _raise(match, concern, context, matches, mediations, vault)


def _is_problem(match: Match, event: FollowUpDone) -> bool:
    """Return whether the family named a problem, as the call is recorded by now."""
    (call,) = (each for each in match.follow_ups if each.kind.value == event.kind)
    said = [each.result for each in call.attempts[event.attempt - 1 : event.attempt]]
    return event.result == FollowUpResult.PROBLEM and said == [event.result]


def on_corrected_call(
    received: Received[FollowUpCorrected],
    context: CommandContext,
    mediations: Mediations,
    vault: Vault,
) -> None:
    """End a mediation for which there was no reason but a problem that no family has named."""
    event = received.event
    found = mediations.find(mediation_id(event.match_id))
    mistaken = event.former_result == FollowUpResult.PROBLEM != event.result
    if found is None or not mistaken or not found.rests_on(event.kind):
        return
    result = MediationResult(result=Result.NOT_CONFIRMED.value, by=BY_SYSTEM, at=received.time)
    _end(found, result, context, mediations, vault)


def _raise(
    match: Match,
    concern: RaisedConcern,
    context: CommandContext,
    matches: Matches,
    mediations: Mediations,
    vault: Vault,
) -> None:
    before = mediations.of(match)
    # A call whose record is mended is told of again.
    if not match.in_care or match.family_forgotten or before.knows_of(concern.call):
        return
    after = before.raise_concern(concern)
    in_care = matches.row(match.raise_concern())
    writes = without_left_out(before, after, vault)
    mediations.save(context, after, in_care, events=[raised_event(after)], writes=writes)


def end_with_care(
    received: Received[CareEnded], context: CommandContext, mediations: Mediations, vault: Vault
) -> None:
    """Close the mediation of a care that is over."""
    found = mediations.find(mediation_id(received.event.match_id))
    if found is None or found.status is not MediationStatus.OPEN:
        return
    result = MediationResult(result=Result.CARE_ENDS.value, by=BY_SYSTEM, at=received.time)
    _end(found, result, context, mediations, vault)


def _end(
    before: Mediation,
    result: MediationResult,
    context: CommandContext,
    mediations: Mediations,
    vault: Vault,
) -> None:
    after = before.end(result)
    writes = without_left_out(before, after, vault)
    mediations.save(context, after, events=[ended_event(after)], writes=writes)


REACTIONS = {
    LowScoreReceived: on_low_score,
    FollowUpDone: on_call_with_problem,
    FollowUpCorrected: on_corrected_call,
    CareEnded: end_with_care,
}
