"""The headquarters calls a family, and writes down what it said."""

from services.matching.calls.commands import RecordCall
from services.matching.follow_ups.values import FollowUpStatus
from services.matching.matches.events import event_fields
from services.matching.matches.policy import load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.use_cases import seal_note
from services.matching.matches.values import MatchId
from shared import clock
from shared.events.matching import FollowUpDone
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def record_call(
    match_id: MatchId, body: RecordCall, context: CommandContext, matches: Matches, vault: Vault
) -> Receipt:
    """Record a call of the headquarters to the family, and its result."""
    match = load_authorised(match_id, "record_call", context.actor, matches)
    now, zone = clock.now(), regions.zone(match.region)
    called, call = match.record_call(
        body.kind, body.result, context.actor.id, now, zone, body.called_at
    )
    event = FollowUpDone(
        **event_fields(match),
        kind=call.kind.value,
        due_on=call.due_on,
        result=body.result,
        attempt=len(call.attempts),
        final=call.status is FollowUpStatus.DONE,
        on_time=call.on_time is not False,
    )
    record = f"call#{match_id}#{call.kind}#{clock.iso(now)}"
    noted, writes = seal_note(called, record, body.note, vault)
    return matches.save(context, noted, events=[event], writes=writes)
