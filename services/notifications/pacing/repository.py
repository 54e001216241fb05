"""Rows of paces: `PACE#<person>`."""

from datetime import date

from services.notifications.pacing.domain import Pace
from shared.storage.repository import Repository


class Paces(Repository[Pace]):
    """One row for each person who was written to, which is emptied when the person is forgotten.

    It neither expires nor is deleted, since its id comes again: the audit has one entry for each
    version of a row, and a row that began anew would be refused for ever.
    """

    model = Pace
    prefix = "PACE"
    id_field = "person_id"

    def of(self, person_id: str) -> Pace:
        """Return a person's pace, from nothing when it has none."""
        return self.find(person_id) or Pace(person_id=person_id, day=date.min)
