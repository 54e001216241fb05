"""The times that the programme promises, and the deadlines of a match: a line each.

A deadline is announced by the event of `shared.events.matching` that has its name.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.matching.follow_ups.domain import FollowUp, next_call
from services.matching.follow_ups.values import FollowUpStatus
from services.matching.matches.values import MatchStatus
from shared.domain import Deadline

# 72 running hours; weekends count.
INTRODUCTION_LIMIT = timedelta(hours=72)
# After the proposal; the place is needed by another family, and this one by another guardian.
LAPSE = timedelta(days=7)
SECOND_NOTICE_LIMIT = timedelta(hours=72)
# Limits are kept to the second: 72:00:00 is in time, 72:00:01 is late.
TICK = timedelta(seconds=1)

# The deadline that changes the match, and the reminder that a later deadline makes superfluous.
LAPSED, REMINDER = "match_cancelled", "introduction_due_soon"

Moment = Callable[[Any, ZoneInfo], datetime | None]


def _unmet_for(limit: timedelta) -> Moment:
    """Return so long after the proposal, while family and guardian have not met."""
    return lambda match, _: (
        match.proposed_at + limit if match.status is MatchStatus.PROPOSED else None
    )


def _unanswered_for(limit: timedelta) -> Moment:
    """Return so long after the first notice, while the other side is asked for its own."""
    return lambda match, _: (
        match.notices[0].at + limit
        if match.status is MatchStatus.ENDING and match.asked is not None
        else None
    )


def _call(status: FollowUpStatus) -> Moment:
    """Return when the next call of that status moves on; while an ending is decided none does."""

    def moment(match: Any, zone: ZoneInfo) -> datetime | None:
        if match.status is not MatchStatus.ACTIVE:
            return None
        call = next_call((each for each in match.follow_ups if each.status is status), zone)
        return None if call is None else call.next_moment(zone)

    return moment


DEADLINES = (
    Deadline(REMINDER, _unmet_for(timedelta(hours=48))),
    Deadline("introduction_overdue", _unmet_for(INTRODUCTION_LIMIT + TICK)),
    Deadline(LAPSED, _unmet_for(LAPSE)),
    Deadline("follow_up_due", _call(FollowUpStatus.PLANNED)),
    Deadline("follow_up_missed", _call(FollowUpStatus.DUE)),
    Deadline("notice_awaited", _unanswered_for(timedelta(hours=24))),
)


class Passed(NamedTuple):
    """A deadline that has come, with the call it is about."""

    deadline: str
    call: FollowUp | None = None
