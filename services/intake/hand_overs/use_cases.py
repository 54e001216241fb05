"""One shift of the hotline leaves a note, the next one takes it and ends it."""

from services.intake.families.policy import stamp
from services.intake.hand_overs.commands import LeaveNote
from services.intake.hand_overs.domain import HandOver
from services.intake.hand_overs.policy import load_authorised
from services.intake.hand_overs.repository import NOTE, HandOvers
from services.intake.hand_overs.values import HandOverId
from services.intake.requests.policy import load_authorised as load_request
from services.intake.requests.repository import Requests
from shared import ids
from shared.errors import named_at
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt


def leave_note(
    body: LeaveNote,
    context: CommandContext,
    hand_overs: HandOvers,
    requests: Requests,
    vault: Vault,
) -> Receipt:
    """Leave a note about a request to the next shift of the hotline."""
    with named_at("/request_id"):
        request = load_request(body.request_id, "leave_note", context.actor, requests)
    now = stamp(context)
    note = HandOver(
        hand_over_id=ids.new("hov"),
        request_id=request.request_id,
        number=request.number,
        region=request.region,
        subject=request.subject,
        urgency=body.urgency,
        left_by=now.by,
        left_at=now.at,
    )
    words = vault.seal(request.subject, note.hand_over_id, {NOTE: body.text})
    return hand_overs.save(context, note, writes=words)


def take_note(hand_over_id: HandOverId, context: CommandContext, hand_overs: HandOvers) -> Receipt:
    """Say that you do what the note asks for."""
    note = load_authorised(hand_over_id, "take_note", context.actor, hand_overs)
    return hand_overs.save(context, note.take(stamp(context)))


def finish_note(
    hand_over_id: HandOverId, context: CommandContext, hand_overs: HandOvers
) -> Receipt:
    """Say that what the note asks for is done."""
    note = load_authorised(hand_over_id, "finish_note", context.actor, hand_overs)
    return hand_overs.save(context, note.finish(stamp(context)))
