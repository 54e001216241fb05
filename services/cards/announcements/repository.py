"""ANNOUNCEMENT#<id>: news of a partner, kept while messages about it may wait."""

from datetime import timedelta

from services.cards.announcements.domain import Announcement
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row

RETENTION = timedelta(days=60)


class Announcements(Repository[Announcement]):
    """News of partners."""

    model = Announcement
    prefix = "ANNOUNCEMENT"

    def row(self, aggregate: Announcement) -> Row:
        """Return the row of news, due at once until all holders have their event."""
        return self._row(aggregate, due_at=aggregate.due_at, expires_at=clock.wall() + RETENTION)
