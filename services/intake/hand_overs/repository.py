"""Rows of notes to the next shift, and their lists: the urgent ones first, then the oldest."""

from services.intake.hand_overs.domain import HandOver
from services.intake.hand_overs.values import HandOverStatus
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

NOTE = "note"
_LISTED = "hand_over#"


class HandOvers(Repository[HandOver]):
    """Notes by id, and by region and status."""

    model = HandOver
    prefix = "HAND_OVER"
    id_field = "hand_over_id"

    def row(self, aggregate: HandOver) -> Row:
        """Return the note's row with its place in the list of its region."""
        later = 0 if aggregate.urgent else 1
        left = f"{later}#{clock.iso(aggregate.left_at)}#{aggregate.hand_over_id}"
        place = f"{status_prefix(aggregate.status)}{left}"
        return self._row(aggregate, lists={"by_region": (region_key(aggregate.region), place)})


def status_prefix(status: HandOverStatus) -> str:
    """Return how the sort keys of one status's notes begin."""
    return f"{_LISTED}{status}#"
