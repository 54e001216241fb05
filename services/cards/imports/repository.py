"""BATCH#<batch id>: one table of holders.

by_region   REGION#<region>   BATCH#<opened at>#<batch id>
Files       batches/<batch id>/{upload, rows.jsonl, part-<n>.csv, bundle-<n>.csv, result.csv};
            gone after 30 days
"""

from datetime import timedelta

from services.cards.imports.domain import Batch
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

RETENTION = timedelta(days=30)


class Batches(Repository[Batch]):
    """The batches of all regions."""

    model = Batch
    prefix = "BATCH"

    def row(self, aggregate: Batch) -> Row:
        """Return a batch's row with its next step and its expiry."""
        place = f"BATCH#{clock.iso(aggregate.opened_at)}#{aggregate.id}"
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            job=True,
            lists={"by_region": (region_key(aggregate.region), place)},
            expires_at=clock.wall() + RETENTION,
        )


def file_of(batch: Batch, name: str) -> str:
    """Return the key of a batch's file."""
    return f"batches/{batch.id}/{name}"
