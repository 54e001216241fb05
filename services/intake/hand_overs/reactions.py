"""What intake does about notes to the next shift by itself: late ones climb, some move or end."""

from services.intake.codes.values import EndReason
from services.intake.hand_overs.repository import HandOvers
from services.intake.hand_overs.use_cases import end_notes, move_notes, time_is_up
from shared.events.intake import FamilyErased, RequestEnded


def _disowned(event: RequestEnded) -> bool:
    return event.reason == EndReason.OTHER_FAMILY


REACTIONS = {FamilyErased: end_notes, RequestEnded: move_notes}
WANTED = {move_notes: _disowned}
DEADLINES = {HandOvers.prefix: time_is_up}
LOOKS_AGAIN = (end_notes, move_notes)
