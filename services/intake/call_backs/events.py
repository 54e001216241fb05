"""Which change of a call-back makes which event."""

from services.intake.call_backs.domain import CallBack
from services.intake.call_backs.values import CallBackStatus
from shared.events.base import Event
from shared.events.intake_calls import CallBackAsked, CallBackEnded, CallBackOverdue


def of_change(
    before: CallBack | None, after: CallBack, *, acknowledged: bool = True
) -> list[Event]:
    """Return the events of a change; only an `acknowledged` end sends the caller a message."""
    if after.status is CallBackStatus.ENDED:
        reason = after.end_reason or ""
        return [
            CallBackEnded(
                region=after.region,
                call_back_id=after.call_back_id,
                reason=reason,
                acknowledged=acknowledged,
            )
        ]
    if before is not None and (before.due_at, before.urgent) == (after.due_at, after.urgent):
        return []
    return [
        CallBackAsked(
            region=after.region,
            call_back_id=after.call_back_id,
            due_at=after.due_at,
            urgent=after.urgent,
            attempts=len(after.attempts),
            tried=before is not None and before.attempts != after.attempts,
        )
    ]


def overdue(call_back: CallBack) -> CallBackOverdue:
    """Return the event that no operator has called in time."""
    return CallBackOverdue(
        region=call_back.region, call_back_id=call_back.call_back_id, urgent=call_back.urgent
    )
