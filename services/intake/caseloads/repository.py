"""Rows of hand-overs of caseloads: `CASELOAD_TRANSFER#<id>`, with all of its cases, 90 days."""

from datetime import timedelta

from services.intake.caseloads.domain import CaseloadTransfer
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

LISTED = "caseload_transfer#"
RETENTION = timedelta(days=90)


class CaseloadTransfers(Repository[CaseloadTransfer]):
    """Hand-overs of caseloads by id and by region."""

    model = CaseloadTransfer
    prefix = "CASELOAD_TRANSFER"
    id_field = "transfer_id"

    def row(self, aggregate: CaseloadTransfer) -> Row:
        """Return the row, due at once while there is work, with its place in the region's list."""
        place = f"{LISTED}{clock.iso(aggregate.opened_at)}#{aggregate.transfer_id}"
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            lists={"by_region": (region_key(aggregate.region), place)},
            expires_at=clock.wall() + RETENTION,
        )
