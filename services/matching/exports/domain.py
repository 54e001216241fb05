"""An export: written in parts in the background, there for an hour, for the person who asked."""

from datetime import datetime, timedelta
from typing import Self

from services.matching.exports.values import ExportKind, ExportStatus
from shared.domain import Aggregate

FILE_LIVES = timedelta(hours=1)


class Export(Aggregate):
    """A list of one region; `prefix` and `cursor` say where the next part goes on."""

    export_id: str
    region: str
    kind: ExportKind
    first: str
    last: str
    opened_by: str
    opened_at: datetime
    moved_at: datetime
    status: ExportStatus = ExportStatus.WORKING
    prefix: int = 0
    cursor: str | None = None
    parts: int = 0
    rows: int = 0
    failure: str | None = None
    delete_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the next part is due: at once; then the end of the file."""
        return self.moved_at if self.status is ExportStatus.WORKING else self.delete_at

    def wrote(self, rows: int, prefix: int, cursor: str | None, at: datetime) -> Self:
        """Note that one more part is there."""
        moved = {"parts": self.parts + 1, "rows": self.rows + rows}
        return self._with(**moved, prefix=prefix, cursor=cursor, moved_at=at)

    def finish(self, at: datetime) -> Self:
        """Note that the file is there."""
        ready = ExportStatus.READY
        return self._with(status=ready, cursor=None, moved_at=at, delete_at=at + FILE_LIVES)

    def delete(self) -> Self:
        """Note that the file is gone."""
        return self._with(status=ExportStatus.DELETED, delete_at=None)

    def fail(self, failure: str, at: datetime) -> Self:
        """End the export with words; its parts are deleted."""
        return self._with(status=ExportStatus.FAILED, failure=failure, delete_at=at)

    def forget_parts(self) -> Self:
        """Note that the parts of a failed export are gone."""
        return self._with(delete_at=None)
