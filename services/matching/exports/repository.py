"""Where exports are kept: `EXPORT#<id>`, a job; gone after a day, its file after an hour.

by_region: REGION#<region> / EXPORT#<opened at>#<id>
Files      exports/<id>/{ids.txt, part-<n>.csv, bundle-<n>.csv, list.csv}: deleted together
"""

from datetime import timedelta
from typing import ClassVar

from services.matching.exports.domain import Export
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

PLACE = "EXPORT#"
LIST = "list.csv"
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


def folder_of(export: Export) -> str:
    """Return the folder of an export's files."""
    return f"exports/{export.export_id}"


def ids_of(export: Export) -> str:
    """Return the key of the ids of what the list holds, one in a line."""
    return f"{folder_of(export)}/ids.txt"


def file_of(export: Export) -> str:
    """Return the key of the finished list."""
    return f"{folder_of(export)}/{LIST}"
