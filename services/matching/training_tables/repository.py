"""Where tables of trainings are kept: `TRAINING_TABLE#<id>`, 30 days.

by_region: REGION#<region> / TRAINING_TABLE#<opened at>#<id>
due_at:    the next step, at once, through the queue of jobs
files:     tables/<id>/{upload, input-<etag>, rows.jsonl, part-<n>.csv, bundle-<n>.csv} until
           the work is over; result.csv names no person, is gone after 30 days
"""

from datetime import timedelta
from typing import ClassVar

from services.matching.training_tables.domain import TrainingTable
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

PLACE = "TRAINING_TABLE#"
RETENTION = timedelta(days=30)
UPLOAD, ROWS_FILE, RESULT = "upload", "rows.jsonl", "result.csv"


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


def folder_of(table: TrainingTable) -> str:
    """Return the folder of a table's files."""
    return f"tables/{table.table_id}"


def file_of(table: TrainingTable, name: str) -> str:
    """Return the key of a table's file."""
    return f"{folder_of(table)}/{name}"


def input_of(table: TrainingTable) -> str:
    """Return the key of the file that is worked on: the upload as it was at the start."""
    return file_of(table, f"input-{table.input}" if table.input else UPLOAD)


def working_files(table: TrainingTable) -> list[str]:
    """Return the keys of all files but the result and its parts."""
    return [file_of(table, UPLOAD), input_of(table), file_of(table, ROWS_FILE)]
