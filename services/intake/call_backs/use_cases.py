"""Operators claim call-backs and say what their calls have led to."""

from services.intake.call_backs import events
from services.intake.call_backs.commands import RecordAttempt
from services.intake.call_backs.domain import CLAIM_OVER, OVERDUE, PHONE_GOES, CallBack
from services.intake.call_backs.policy import load_authorised, load_claimed
from services.intake.call_backs.repository import CallBacks, name_of
from services.intake.call_backs.values import CallBackEnd, CallBackId, CallBackStatus
from services.intake.families.policy import stamp
from shared import clock
from shared.domain import NO_CALENDAR
from shared.privacy import strangers
from shared.storage.command_context import CommandContext, Receipt


def claim_call_back(
    call_back_id: CallBackId, context: CommandContext, call_backs: CallBacks
) -> Receipt:
    """Say that you call this caller now; without a call in 15 minutes it is open again."""
    call_back = load_authorised(call_back_id, "claim_call_back", context.actor, call_backs)
    return call_backs.save(context, call_back.claim(stamp(context)))


def record_attempt(
    call_back_id: CallBackId, body: RecordAttempt, context: CommandContext, call_backs: CallBacks
) -> Receipt:
    """Say what your call has led to; after the last one in vain the caller gets a message."""
    call_back = load_claimed(call_back_id, "record_attempt", context.actor, call_backs)
    return save_change(
        context, call_back, call_back.record_attempt(stamp(context), body.result), call_backs
    )


def time_is_up(call_back_id: str, context: CommandContext, call_backs: CallBacks) -> None:
    """Give a call-back to all again whose claimer has not called; end one without a phone.

    Headquarters hears of one that no operator has called in time.
    """
    call_back, now = call_backs.get(call_back_id), clock.now()
    due = call_back.due(now, NO_CALENDAR)
    if PHONE_GOES in due:
        save_change(context, call_back, call_back.end(now, CallBackEnd.EXPIRED), call_backs)
    elif OVERDUE in due:
        late = [events.overdue(call_back)]
        call_backs.save(context, call_back.tell_overdue(), events=late)
    elif CLAIM_OVER in due:
        call_backs.save(context, call_back.release())


def save_change(
    context: CommandContext, before: CallBack, after: CallBack, call_backs: CallBacks
) -> Receipt:
    """Store a change with its events; an ended call-back gives its phone's name back."""
    ended = after.status is CallBackStatus.ENDED
    written_to = after.end_reason is CallBackEnd.NOT_REACHED
    acknowledged = not written_to or strangers.may_write(before.index, call_backs.store)
    return call_backs.save(
        context,
        after,
        events=events.of_change(before, after, acknowledged=acknowledged),
        release=[name_of(before)] if ended else [],
    )
