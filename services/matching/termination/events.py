"""The events of a termination."""

from services.matching.matches.domain import Match
from services.matching.matches.events import event_fields
from services.matching.matches.values import MatchStatus, Party
from shared.events.base import Event
from shared.events.matching import NoticeWithdrawn, TerminationNotified


def notified_event(ending: Match, by: Party) -> Event:
    """Return the event that one side has given its notice."""
    (reason,) = (notice.reason for notice in ending.notices if notice.by is by)
    asked = None if ending.asked is None else ending.asked.value
    return TerminationNotified(
        **event_fields(ending), by=by.value, reason=reason.value, asked=asked
    )


def withdrawn_event(match: Match, by: Party) -> Event:
    """Return the event that one side took its notice back."""
    goes_on = match.status is MatchStatus.ACTIVE
    return NoticeWithdrawn(**event_fields(match), by=by.value, goes_on=goes_on)
