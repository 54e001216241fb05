"""What becomes of a match when the record of a call to its family was wrong."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.matching.follow_ups.domain import FollowUp
from services.matching.follow_ups.values import FollowUpKind
from services.matching.matches.domain import Match
from shared.errors import Invalid
from shared.reference import calendar


def correct_call(
    match: Match,
    kind: FollowUpKind,
    result: str | None,
    at: datetime | None,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[Match, FollowUp, FollowUp]:
    """Return the match with another result of the last call, or none; the call before and after.

    What was said, and when, stays as it was recorded unless it is said anew. A call that was not
    made is to be made still; one that is answered late counts as late. After the care none is made.
    """
    match._require("correct_call")
    (was,) = (call for call in match.follow_ups if call.kind is kind)
    mended = was.take_back(calendar.local_date(zone, now), zone)
    if result is not None:
        last = was.attempts[-1]
        at = at or last.at
        if at > now:
            raise Invalid("in_the_future", "/called_at")
        mended = mended.call(result, last.by, at, now, zone)
    if match.ending is not None:
        mended = mended.end_with(match.ending.at, zone)
    return match._with_call(mended), was, mended


def note_record(match: Match, call: FollowUp, moment: str) -> str:
    """Return the name of the record of a note on the last call of a kind."""
    return f"{_notes_of(match, call)}{moment}#{len(call.attempts)}"


def without_note(match: Match, call: FollowUp) -> tuple[Match, str | None]:
    """Return the match without the note on the last call of a kind, and that note's record.

    It is found by the call's place among its kind: moments of calls are said later and mended.
    """
    start, end = _notes_of(match, call), f"#{len(call.attempts)}"
    last = next((note for note in match.notes if note.startswith(start) and note.endswith(end)), "")
    return match._with(notes=tuple(note for note in match.notes if note != last)), last or None


def _notes_of(match: Match, call: FollowUp) -> str:
    return f"call#{match.match_id}#{call.kind}#"
