"""What time alone brings to a match; the row's deadline calls this."""

from services.matching.follow_ups.domain import FollowUp
from services.matching.matches.domain import Match, Timer
from services.matching.matches.repository import Desk
from services.matching.matches.use_cases import who
from shared import clock
from shared.events import matching as events
from shared.events.base import Event
from shared.observability import count
from shared.storage.command_context import CommandContext


def match_due(match_id: str, context: CommandContext, desk: Desk) -> None:
    """Tell what has fallen due on a match, each thing once."""
    match = desk.matches.find(match_id)
    if match is None:
        return
    changed, timers = match.fall_due(clock.now())
    if not timers:
        return
    told = [_told(match, timer, call) for timer, call in timers]
    desk.matches.save(context, changed, events=told)
    names = [timer for timer, _ in timers]
    count("introduction_overdue", names.count("introduction_overdue"))
    count("follow_up_missed", names.count("call_missed"))


def _told(match: Match, timer: Timer, call: FollowUp | None) -> Event:
    if timer == "introduction_due_soon":
        return events.IntroductionDueSoon(**who(match), due_at=match.introduction_due_at)
    if timer == "introduction_overdue":
        return events.IntroductionOverdue(**who(match), due_at=match.introduction_due_at)
    if timer == "notice_awaited":
        assert match.asked is not None and match.hq_may_end_at is not None
        return events.NoticeAwaited(
            **who(match), asked=match.asked.value, may_end_at=match.hq_may_end_at
        )
    assert call is not None
    if timer == "call_due":
        return events.FollowUpDue(
            **who(match), kind=call.kind.value, due_on=call.due_on, attempt=call.attempt
        )
    return events.FollowUpMissed(**who(match), kind=call.kind.value, due_on=call.due_on)
