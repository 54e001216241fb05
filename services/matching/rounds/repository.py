"""Where rounds of proposals are kept: `ROUND#<id>`, one document with all of its pairs, 90 days.

ROUND_REASONS#<id>: why a family has another guardian than its best, or none; written once, with it
by_region: REGION#<region> / ROUND#<opened at>#<id>
due_at:    the next step, at once, through the queue of jobs
"""

from datetime import timedelta
from typing import ClassVar

from services.matching.rounds.domain import Reasons, Round
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

PLACE = "ROUND#"
RETENTION = timedelta(days=90)


class Rounds(Repository[Round]):
    """The rounds of all regions."""

    model: ClassVar[type[Round]] = Round
    prefix: ClassVar[str] = "ROUND"
    id_field: ClassVar[str] = "round_id"

    def row(self, found: Round) -> Row:
        """Return a round with its next step."""
        place = f"{PLACE}{clock.iso(found.opened_at)}#{found.round_id}"
        return self._row(
            found,
            due_at=found.due_at,
            job=True,
            lists={"by_region": (region_key(found.region), place)},
            expires_at=clock.wall() + RETENTION,
        )


class RoundReasons(Repository[Reasons]):
    """The reasons of all rounds."""

    model: ClassVar[type[Reasons]] = Reasons
    prefix: ClassVar[str] = "ROUND_REASONS"
    id_field: ClassVar[str] = "round_id"

    def row(self, reasons: Reasons) -> Row:
        """Return the reasons of a round, which are kept as long as it is."""
        return self._row(reasons, expires_at=clock.wall() + RETENTION)

    def of_round(self, round_id: str) -> Reasons:
        """Return the reasons of a round; of one that is not solved there are none."""
        return self.find(round_id) or Reasons(round_id=round_id)
