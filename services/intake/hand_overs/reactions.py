"""What intake does about notes to the next shift by itself: late ones climb, some end."""

from services.intake.hand_overs.repository import HandOvers
from services.intake.hand_overs.use_cases import end_notes, time_is_up
from shared.events.intake import FamilyErased

REACTIONS = {FamilyErased: end_notes}
DEADLINES = {HandOvers.prefix: time_is_up}
LOOKS_AGAIN = (end_notes,)
