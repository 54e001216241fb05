"""BATCH#<batch id>: one table of holders.

by_region   REGION#<region>                BATCH#<opened at>#<batch id>
by_owner    ORG#<org>                      the same, of a manager
by_ref      BATCHES#<region>#<district>    the same, of a clerk with a district
Files       batches/<batch id>/
"""

from datetime import timedelta

from services.cards.imports.domain import Batch
from services.cards.imports.values import TableOf
from shared import clock
from shared.storage.files import Files
from shared.storage.list_keys import org_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row
from shared.table_imports.steps import TableFiles

RETENTION = timedelta(days=30)
PLACE = "BATCH#"


class Batches(Repository[Batch]):
    """The batches of all regions."""

    model = Batch
    prefix = "BATCH"

    def row(self, aggregate: Batch) -> Row:
        """Return a batch's row with its next step and its expiry."""
        place = f"{PLACE}{clock.iso(aggregate.opened_at)}#{aggregate.id}"
        lists: dict[Index, tuple[str, str]] = {"by_region": (region_key(aggregate.region), place)}
        if aggregate.clerk.districts:
            district = aggregate.clerk.districts[0]
            lists["by_ref"] = (district_key(aggregate.region, district), place)
        if aggregate.kind is TableOf.SHOPS and aggregate.clerk.org:
            lists["by_owner"] = (org_key(aggregate.clerk.org), place)
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            job=True,
            lists=lists,
            expires_at=clock.wall() + RETENTION,
        )


def district_key(region: str, district: str) -> str:
    """Return the list partition of the tables of a district."""
    return f"BATCHES#{region}#{district}"


def files_of(batch: Batch, files: Files) -> TableFiles:
    """Return the files of a batch."""
    return TableFiles(files, f"batches/{batch.id}")
