"""Keeping the thirty days of every guardian in care, and reminding when they are over."""

from typing import Any

from services.notifications.desk import Desk
from services.notifications.reminders.domain import StoryReminder
from shared import clock
from shared.events.base import Received
from shared.events.matching import CareEnded
from shared.events.notifications import StoryDue
from shared.storage.command_context import CommandContext


def keep_story_reminder(received: Received[Any], context: CommandContext, desk: Desk) -> None:
    """Begin, put off or end the reminder; the events may come in any order."""
    event = received.event
    kept = desk.reminders.find(event.match_id) or StoryReminder.for_match(
        event.match_id, event.guardian_id, event.region
    )
    changed = kept.ended() if isinstance(event, CareEnded) else kept.told(received.time)
    if changed != kept or not kept.version:
        desk.reminders.save(context, changed)


def remind(match_id: str, context: CommandContext, desk: Desk) -> None:
    """Thirty days without a word: say so, once, and begin the next thirty."""
    reminder = desk.reminders.get(match_id)
    now = clock.now()
    if not reminder.is_due(now):
        return
    told = StoryDue(
        region=reminder.region, match_id=reminder.match_id, guardian_id=reminder.guardian_id
    )
    desk.reminders.save(context, reminder.reminded(now), events=[told])
