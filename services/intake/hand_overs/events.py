"""The events of notes to the next shift that are late."""

from services.intake.hand_overs.domain import HandOver
from shared.events.base import Event
from shared.events.intake_calls import HandOverDone, HandOverOverdue


def of_delay(note: HandOver) -> Event:
    """Return the event that a note is not done in time."""
    return HandOverOverdue(
        region=note.region, hand_over_id=note.hand_over_id, number=note.number, urgent=note.urgent
    )


def of_end(note: HandOver) -> list[Event]:
    """Return that a note is done after all, when it was late."""
    done = HandOverDone(region=note.region, hand_over_id=note.hand_over_id)
    return [done] if note.fired else []
