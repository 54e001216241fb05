"""Rows of notes to the next shift, and their lists: the urgent ones first, then the oldest."""

from collections.abc import Iterable

from services.intake.hand_overs.domain import HandOver
from services.intake.hand_overs.values import HandOverStatus
from shared import clock
from shared.domain import NO_CALENDAR
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

NOTE = "note"
_LISTED = "hand_over#"


class HandOvers(Repository[HandOver]):
    """Notes by id, by region and status, by whose words they are, and by the request."""

    model = HandOver
    prefix = "HAND_OVER"
    id_field = "hand_over_id"

    def row(self, aggregate: HandOver) -> Row:
        """Return the row with its deadline and its places in the lists of region and family."""
        later = 0 if aggregate.urgent else 1
        left = f"{later}#{clock.iso(aggregate.left_at)}#{aggregate.hand_over_id}"
        place = f"{status_prefix(aggregate.status)}{left}"
        about = f"{_LISTED}{clock.iso(aggregate.left_at)}#{aggregate.hand_over_id}"
        lists: dict[Index, tuple[str, str]] = {
            "by_region": (region_key(aggregate.region), place),
            "by_ref": (person_key(aggregate.subject), about),
            "by_owner": (person_key(aggregate.request_id), about),
        }
        return self._row(aggregate, due_at=aggregate.next_deadline(NO_CALENDAR), lists=lists)

    def of_family(self, record_ids: Iterable[str]) -> list[HandOver]:
        """Return all notes about a family: about each of its records, the oldest first."""
        return [
            note
            for key in map(person_key, record_ids)
            for note in self.list_all("by_ref", key, prefix=_LISTED, latest=True)
        ]

    def of_request(self, request_id: str) -> list[HandOver]:
        """Return all notes about a request, the oldest first."""
        return self.list_all("by_owner", person_key(request_id), prefix=_LISTED, latest=True)


def status_prefix(status: HandOverStatus) -> str:
    """Return how the sort keys of one status's notes begin."""
    return f"{_LISTED}{status}#"
