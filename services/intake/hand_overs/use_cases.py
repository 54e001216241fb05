"""One shift of the hotline leaves a note, the next one takes it and ends it, in time or late."""

from collections.abc import Sequence

from services.intake.families.policy import stamp
from services.intake.hand_overs import events
from services.intake.hand_overs.commands import LeaveNote
from services.intake.hand_overs.domain import OVERDUE, HandOver
from services.intake.hand_overs.policy import load_authorised
from services.intake.hand_overs.repository import NOTE, HandOvers
from services.intake.hand_overs.values import HandOverId, HandOverStatus
from services.intake.requests.policy import load_authorised as load_request
from services.intake.requests.repository import Requests
from shared import clock, ids
from shared.domain import NO_CALENDAR
from shared.errors import named_at
from shared.events.base import Received
from shared.events.intake import FamilyErased, RequestEnded
from shared.privacy.vault import Fields, Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt, in_parts
from shared.storage.rows import RawWrite

# Why the words of a note are read, as the access log says.
CORRECT = "correct_family"
# As many as one commit ends.
MOST_ENDED = 6


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
    return hand_overs.save(context, note, writes=_sealed(note, {NOTE: body.text}, vault))


def take_note(hand_over_id: HandOverId, context: CommandContext, hand_overs: HandOvers) -> Receipt:
    """Say that you do what the note asks for."""
    note = load_authorised(hand_over_id, "take_note", context.actor, hand_overs)
    return hand_overs.save(context, note.take(stamp(context)))


def finish_note(
    hand_over_id: HandOverId, context: CommandContext, hand_overs: HandOvers
) -> Receipt:
    """Say that what the note asks for is done."""
    note = load_authorised(hand_over_id, "finish_note", context.actor, hand_overs)
    return hand_overs.save(context, done := note.finish(stamp(context)), events=events.of_end(done))


def time_is_up(
    hand_over_id: str, context: CommandContext, hand_overs: HandOvers, vault: Vault
) -> None:
    """Ask headquarters to see to a note that no one has ended in time, while it can be read."""
    note = hand_overs.get(hand_over_id)
    if OVERDUE not in note.due(clock.now(), NO_CALENDAR):
        return
    if vault.has_erased(note.subject):
        hand_overs.save(context, note.finish(stamp(context)))
    else:
        hand_overs.save(context, note.miss(), events=[events.of_delay(note)])


def move_notes(
    received: Received[RequestEnded], context: CommandContext, hand_overs: HandOvers, vault: Vault
) -> None:
    """Move the words of notes about a call of another family out of the one it was noted for."""
    left = hand_overs.of_request(received.event.request_id)
    theirs = [each for each in left if each.of_family and not vault.has_erased(each.subject)]
    for of_part, (note,) in in_parts(context, theirs, 1):
        words = vault.open(note.subject, note.hand_over_id, [NOTE], of_part, CORRECT)
        moved = note.leave_family()
        gone = vault.forget(note.subject, note.hand_over_id)
        hand_overs.save(of_part, moved, writes=[*_sealed(moved, words, vault), *gone])


def _sealed(note: HandOver, words: Fields, vault: Vault) -> list[RawWrite]:
    """Return the rows with the words of a note; without a family they end by themselves."""
    ends = None if note.of_family else clock.wall() + regions.words_kept(note.region)
    return vault.seal(note.subject, note.hand_over_id, words, expires_at=ends)


def end_notes(
    received: Received[FamilyErased], context: CommandContext, hand_overs: HandOvers
) -> None:
    """End the notes about a family that is forgotten: no one can read what they ask for."""
    notes = hand_overs.of_family([received.event.family_id])
    waiting = [each for each in notes if each.status is not HandOverStatus.DONE]
    for of_part, part in in_parts(context, waiting, MOST_ENDED):
        _end(part, of_part, hand_overs)


def _end(notes: Sequence[HandOver], context: CommandContext, hand_overs: HandOvers) -> None:
    first, *others = (each.finish(stamp(context)) for each in notes)
    ended = [event for each in (first, *others) for event in events.of_end(each)]
    hand_overs.save(context, first, *map(hand_overs.row, others), events=ended)
