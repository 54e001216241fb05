"""An export: written in parts in the background, there for an hour, for the person who asked."""

from datetime import datetime, timedelta
from typing import Self

from services.matching.exports.values import ExportKind, ExportStatus
from shared.domain import Aggregate

FILE_LIVES = timedelta(hours=1)


class Export(Aggregate):
    """A list of one region, of which `rows` are written of the `count` that it has.

    One that began before they were counted begins anew.
    """

    export_id: str
    region: str
    kind: ExportKind
    first: str
    last: str
    opened_by: str
    opened_at: datetime
    moved_at: datetime
    status: ExportStatus = ExportStatus.WORKING
    count: int | None = None
    parts: int = 0
    rows: int = 0
    failure: str | None = None
    delete_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the next part is due: at once; then the end of the file."""
        return self.moved_at if self.status is ExportStatus.WORKING else self.delete_at

    @property
    def is_whole(self) -> bool:
        """Whether each line that was noted is written."""
        return self.count is not None and self.rows >= self.count

    def note(self, count: int, at: datetime) -> Self:
        """Note that it is known which lines the list has."""
        return self._with(count=count, parts=0, rows=0, moved_at=at)

    def wrote(self, rows: int, at: datetime) -> Self:
        """Note that one more part is there."""
        return self._with(parts=self.parts + 1, rows=self.rows + rows, moved_at=at)

    def finish(self, at: datetime) -> Self:
        """Note that the file is there."""
        return self._with(status=ExportStatus.READY, moved_at=at, delete_at=at + FILE_LIVES)

    def delete(self) -> Self:
        """Note that the file is gone."""
        return self._with(status=ExportStatus.DELETED, delete_at=None)

    def fail(self, failure: str, at: datetime) -> Self:
        """End the export with words; its parts are deleted."""
        return self._with(status=ExportStatus.FAILED, failure=failure, delete_at=at)

    def forget_parts(self) -> Self:
        """Note that the parts of a failed export are gone."""
        return self._with(delete_at=None)
