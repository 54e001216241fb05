"""Rows of hand-overs of caseloads: `CASELOAD_TRANSFER#<id>`, with all of its cases, 90 days."""

from datetime import timedelta

from services.intake.caseloads.domain import CaseloadTransfer
from shared import clock
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

LISTED = "caseload_transfer#"
RETENTION = timedelta(days=90)


class CaseloadTransfers(Repository[CaseloadTransfer]):
    """Hand-overs of caseloads by id, by region and by who had the cases."""

    model = CaseloadTransfer
    prefix = "CASELOAD_TRANSFER"
    id_field = "transfer_id"

    def row(self, aggregate: CaseloadTransfer) -> Row:
        """Return the row, due at once while there is work, with its place in the region's list."""
        opened = f"{clock.iso(aggregate.opened_at)}#{aggregate.transfer_id}"
        lists: dict[Index, tuple[str, str]] = {
            "by_region": (region_key(aggregate.region), f"{LISTED}{opened}"),
            "by_owner": (person_key(aggregate.taken_from), f"{_given(aggregate.region)}{opened}"),
        }
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            lists=lists,
            expires_at=clock.wall() + RETENTION,
        )

    def given_by(self, region: str, person: str, most: int) -> list[CaseloadTransfer]:
        """Return the latest hand-overs of the cases that a coordinator had in a region."""
        key, prefix = person_key(person), _given(region)
        return self.list_all("by_owner", key, prefix=prefix, newest_first=True, most=most)


def _given(region: str) -> str:
    """Return how the sort keys of what a coordinator has given away in a region begin."""
    return f"{LISTED}{region}#"
