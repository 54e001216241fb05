"""Rows of paces: `PACE#<person>`."""

from datetime import date

from services.notifications.pacing.domain import Pace
from shared.storage.repository import Repository


class Paces(Repository[Pace]):
    """One row for each person who was written to; it never expires.

    An expired row that is still there reads as absent and is refused as new: it would hold up all
    news of its person until the table has removed it.
    """

    model = Pace
    prefix = "PACE"
    id_field = "person_id"

    def of(self, person_id: str) -> Pace:
        """Return a person's pace, from nothing when it has none."""
        return self.find(person_id) or Pace(person_id=person_id, day=date.min)
