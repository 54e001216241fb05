"""Where rounds of proposals are kept: `ROUND#<id>`, one document with all of its pairs, 90 days.

by_region: REGION#<region> / ROUND#<opened at>#<id>
due_at:    the next step, at once, through the queue of jobs
"""

from datetime import timedelta
from typing import ClassVar

from services.matching.rounds.domain import Round
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
