"""Rows of story reminders: `STORY_REMINDER#<match id>`, found only by their deadline."""

from services.notifications.reminders.domain import StoryReminder
from shared.storage.repository import Repository
from shared.storage.rows import Row


class StoryReminders(Repository[StoryReminder]):
    """One row per match in care."""

    model = StoryReminder
    prefix = "STORY_REMINDER"
    id_field = "match_id"

    def row(self, aggregate: StoryReminder) -> Row:
        """Return the reminder with its next deadline."""
        return self._row(aggregate, due_at=aggregate.due_at)
