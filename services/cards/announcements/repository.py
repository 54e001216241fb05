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
        """News, due at once until all were told."""
        return self._row(
            aggregate, due_at=aggregate.next_deadline, expires_at=clock.wall() + RETENTION
        )
