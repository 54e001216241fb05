"""Rows of story reminders: `STORY_REMINDER#<match id>`, found only by their deadline."""

from services.notifications.reminders.domain import StoryReminder
from shared.storage.repository import Repository
from shared.storage.rows import Row
from shared.storage.store import Document


class StoryReminders(Repository[StoryReminder]):
    """One row per match in care."""

    model = StoryReminder
    prefix = "STORY_REMINDER"
    id_field = "match_id"

    def row(self, aggregate: StoryReminder) -> Row:
        """Return the reminder with its next deadline."""
        return self._row(aggregate, due_at=aggregate.due_at)

    def _aggregate(self, document: Document) -> StoryReminder:
        # Rows of before December 2026 say `last_told_at`.
        if "last_told_at" in document:
            document = {**document, "counted_from": document["last_told_at"]}
        return super()._aggregate(document)
