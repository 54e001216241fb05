"""Where exports are kept: `EXPORT#<id>`, a job; gone after a day, its file after an hour.

by_region: REGION#<region> / EXPORT#<opened at>#<id>
Files      exports/<id>/part-<n>.csv, exports/<id>/list.csv: deleted together
"""

from datetime import timedelta
from typing import ClassVar

from services.matching.exports.domain import Export
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

PLACE = "EXPORT#"
RETENTION = timedelta(days=1)


class Exports(Repository[Export]):
    """The exports of all regions."""

    model: ClassVar[type[Export]] = Export
    prefix: ClassVar[str] = "EXPORT"
    id_field: ClassVar[str] = "export_id"

    def row(self, export: Export) -> Row:
        """Return an export with its next step."""
        place = f"{PLACE}{clock.iso(export.opened_at)}#{export.export_id}"
        return self._row(
            export,
            due_at=export.due_at,
            job=True,
            lists={"by_region": (region_key(export.region), place)},
            expires_at=clock.wall() + RETENTION,
        )


def file_of(export: Export) -> str:
    """Return the key of the finished list."""
    return f"exports/{export.export_id}/list.csv"


def part_of(export: Export, number: int) -> str:
    """Return the key of the lines of one step."""
    return f"exports/{export.export_id}/part-{number}.csv"


def working_files(export: Export) -> list[str]:
    """Return the keys of all parts; a step whose commit was lost may have written one more."""
    return [part_of(export, number) for number in range(export.parts + 1)]
