"""Where tables of trainings are kept: `TRAINING_TABLE#<id>`, 30 days.

by_region: REGION#<region> / TRAINING_TABLE#<opened at>#<id>
due_at:    the next step, at once, through the queue of jobs
files:     tables/<id>/
"""

from datetime import timedelta
from typing import ClassVar

from services.matching.training_tables.domain import TrainingTable
from shared import clock
from shared.storage.files import Files
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row
from shared.table_imports.steps import TableFiles

PLACE = "TRAINING_TABLE#"
RETENTION = timedelta(days=30)


class TrainingTables(Repository[TrainingTable]):
    """The tables of all regions."""

    model: ClassVar[type[TrainingTable]] = TrainingTable
    prefix: ClassVar[str] = "TRAINING_TABLE"
    id_field: ClassVar[str] = "table_id"

    def row(self, aggregate: TrainingTable) -> Row:
        """Return a table's row with its next step and its expiry."""
        place = f"{PLACE}{clock.iso(aggregate.opened_at)}#{aggregate.table_id}"
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            job=True,
            lists={"by_region": (region_key(aggregate.region), place)},
            expires_at=clock.wall() + RETENTION,
        )


def files_of(table: TrainingTable, files: Files) -> TableFiles:
    """Return the files of a table."""
    return TableFiles(files, f"tables/{table.table_id}")
