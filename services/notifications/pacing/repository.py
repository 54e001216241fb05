"""Rows of paces: `PACE#<person>`, for some days after the last message."""

from datetime import date, timedelta

from services.notifications.pacing.domain import Pace
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row

RETENTION = timedelta(days=7)


class Paces(Repository[Pace]):
    """One row for each person who was written to lately."""

    model = Pace
    prefix = "PACE"
    id_field = "person_id"

    def row(self, aggregate: Pace) -> Row:
        """Return a pace, which is worth nothing after some days."""
        return self._row(aggregate, expires_at=clock.wall() + RETENTION)

    def of(self, person_id: str) -> Pace:
        """Return a person's pace, from nothing when it has none."""
        return self.find(person_id) or Pace(person_id=person_id, day=date.min)
