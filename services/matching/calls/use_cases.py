"""The headquarters calls a family, and writes down what it said."""

from datetime import date

from services.matching.calls import domain
from services.matching.calls.commands import CorrectCall, RecordCall
from services.matching.follow_ups.domain import FollowUp
from services.matching.follow_ups.values import FollowUpKind, FollowUpStatus
from services.matching.matches.domain import Match
from services.matching.matches.events import caught_up, event_fields
from services.matching.matches.policy import load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.use_cases import seal_note
from services.matching.matches.values import MatchId
from shared import clock
from shared.errors import Invalid
from shared.events.matching import FollowUpDone
from shared.events.matching_progress import FollowUpCorrected
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def record_call(
    match_id: MatchId, body: RecordCall, context: CommandContext, matches: Matches, vault: Vault
) -> Receipt:
    """Record a call of the headquarters to the family, and its result."""
    match = load_authorised(match_id, "record_call", context.actor, matches)
    now, zone = clock.now(), regions.zone(match.region)
    caught, breaches = caught_up(match, now)
    called, call = caught.record_call(
        body.kind, body.result, context.actor.id, now, zone, body.called_at
    )
    record = domain.note_record(match, call, clock.iso(now))
    noted, writes = seal_note(called, record, body.note, vault)
    events = [*breaches, _done(match, call)]
    return matches.save(context, noted, events=events, writes=writes)


def correct_call(
    match_id: MatchId,
    kind: FollowUpKind,
    body: CorrectCall,
    context: CommandContext,
    matches: Matches,
    vault: Vault,
) -> Receipt:
    """Mend the result of the last call of a kind, or take a call back that was not made.

    What follows from a result follows from the right one; a call that was not made is asked for.
    When the care is over nothing follows: only what is known of the call is right again.
    """
    match = load_authorised(match_id, "correct_call", context.actor, matches)
    if body.not_made == (body.result is not None) or (body.not_made and body.called_at):
        raise Invalid("result_or_not_made", "/result")
    context.reason = body.reason
    now, zone = clock.now(), regions.zone(match.region)
    after, was, call = domain.correct_call(match, kind, body.result, body.called_at, now, zone)
    event = _corrected(match, was, call.due_on, body)
    if not body.not_made:
        said = [_done(match, call)] if match.is_open else []
        return matches.save(context, after, events=[event, *said])
    left, note = domain.without_note(after, was)
    writes = [] if note is None else vault.forget(match.family_id, note)
    return matches.save(context, left, events=[event], writes=writes)


def _corrected(match: Match, was: FollowUp, due_on: date, body: CorrectCall) -> FollowUpCorrected:
    """Return the event of a call that was written down wrongly."""
    return FollowUpCorrected(
        **event_fields(match),
        kind=was.kind.value,
        due_on=due_on,
        former_result=was.attempts[-1].result,
        result=body.result,
        attempt=len(was.attempts),
        not_made=body.not_made,
        care_ended=not match.is_open,
    )


def _done(match: Match, call: FollowUp) -> FollowUpDone:
    """Return the event of the last call."""
    return FollowUpDone(
        **event_fields(match),
        kind=call.kind.value,
        due_on=call.due_on,
        result=call.attempts[-1].result,
        attempt=len(call.attempts),
        final=call.status is FollowUpStatus.DONE,
        on_time=call.on_time is not False,
    )
