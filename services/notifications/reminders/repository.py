"""Rows of story reminders: `STORY_REMINDER#<match id>`, found only by their deadline."""

from datetime import timedelta

from services.notifications.reminders.domain import StoryReminder
from shared.storage.repository import Repository
from shared.storage.rows import Row

# A story that is heard of later than its end reminds no one anew.
KEPT_FOR = timedelta(days=400)


class StoryReminders(Repository[StoryReminder]):
    """One row per match in care, and of care that has ended in the last 400 days."""

    model = StoryReminder
    prefix = "STORY_REMINDER"
    id_field = "match_id"

    def row(self, aggregate: StoryReminder) -> Row:
        """Return the reminder with its next deadline, or until when it is kept."""
        ended_at = aggregate.ended_at
        expires_at = ended_at and ended_at + KEPT_FOR
        return self._row(aggregate, due_at=aggregate.due_at, expires_at=expires_at)
