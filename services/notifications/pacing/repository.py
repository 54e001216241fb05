"""Rows of paces: `PACE#<person>.<day>`, for some days."""

from datetime import date, timedelta

from services.notifications.pacing.domain import Pace
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row

# Longer than a day lasts anywhere: a row that expires must not come again under its id.
KEPT = timedelta(days=3)


class Paces(Repository[Pace]):
    """One row for each person who was written to on a day."""

    model = Pace
    prefix = "PACE"
    id_field = "pace_id"

    def row(self, aggregate: Pace) -> Row:
        """Return the pace, which is worth nothing after its day."""
        return self._row(aggregate, expires_at=clock.wall() + KEPT)

    def of(self, person_id: str, day: date) -> Pace:
        """Return a person's pace of a day, from nothing when it has got nothing yet."""
        pace_id = f"{person_id}.{day}"
        return self.find(pace_id) or Pace(pace_id=pace_id)
