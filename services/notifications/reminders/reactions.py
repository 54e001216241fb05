"""Keeping the thirty days of every guardian in care, and reminding when they are over."""

from typing import Any

from services.notifications.reminders.domain import StoryReminder
from services.notifications.reminders.repository import StoryReminders
from shared import clock
from shared.events.base import Received
from shared.events.matching import CareEnded, CareStarted
from shared.events.matching_stories import StorySubmitted
from shared.events.notifications import StoryDue
from shared.storage.command_context import CommandContext


def keep_story_reminder(
    received: Received[Any], context: CommandContext, reminders: StoryReminders
) -> None:
    """Begin, put off or end the reminder; the events may come in any order."""
    event = received.event
    reminder = reminders.find(event.match_id) or StoryReminder.for_match(
        event.match_id, event.guardian_id, event.region
    )
    over = isinstance(event, CareEnded)
    changed = reminder.end(received.time) if over else reminder.restart(received.time)
    if changed != reminder:
        reminders.save(context, changed)


def remind(match_id: str, context: CommandContext, reminders: StoryReminders) -> None:
    """Remind a guardian who has sent no story for thirty days, and begin the next thirty."""
    reminder = reminders.get(match_id)
    now = clock.now()
    if not reminder.is_due(now):
        return
    event = StoryDue(
        region=reminder.region, match_id=reminder.match_id, guardian_id=reminder.guardian_id
    )
    reminders.save(context, reminder.remind(now), events=[event])


REACTIONS = {
    CareStarted: keep_story_reminder,
    StorySubmitted: keep_story_reminder,
    CareEnded: keep_story_reminder,
}
DEADLINES = {"STORY_REMINDER": remind}
