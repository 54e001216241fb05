"""A table of holders on its way to cards: checked or issued in steps, stopped by nothing."""

from datetime import datetime
from typing import Self

from services.cards.imports.values import BatchStatus, Format, ImportedBy, RowProblem
from shared.domain import Aggregate
from shared.errors import IllegalStep

SHOWN_PROBLEMS = 50
MAX_BYTES = 20 * 1024 * 1024


class Batch(Aggregate):
    """One table; `titles` are known once it is laid out, `offset` says where to go on."""

    id: str
    region: str
    clerk: ImportedBy
    format: Format
    dry_run: bool
    opened_at: datetime
    status: BatchStatus = BatchStatus.WAITING
    titles: dict[str, str] = {}
    total_bytes: int = 0
    offset: int = 0
    accepted: int = 0
    refused: int = 0
    skipped: int = 0
    parts: int = 0
    problems: tuple[RowProblem, ...] = ()
    failure: str | None = None
    moved_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the next step is due: at once while the batch runs."""
        return self.moved_at if self.status is BatchStatus.RUNNING else None

    @property
    def percent_done(self) -> int:
        """How far the table is worked through."""
        if self.status is BatchStatus.DONE:
            return 100
        return 100 * self.offset // self.total_bytes if self.titles else 0

    @property
    def lines_done(self) -> int:
        """Rows that were worked through, of whatever kind."""
        return self.accepted + self.refused + self.skipped

    def start(self, size: int, at: datetime) -> Self:
        """Begin to work on the uploaded file."""
        if self.status is not BatchStatus.WAITING:
            raise IllegalStep(f"batch_{self.status}")
        if size > MAX_BYTES:
            raise IllegalStep("file_too_large", limit_mib=MAX_BYTES // 1024**2)
        return self._with(status=BatchStatus.RUNNING, total_bytes=size, moved_at=at)

    def laid_out(self, titles: dict[str, str], size: int, at: datetime) -> Self:
        """Note how the file calls its columns and how long its rows are."""
        return self._with(titles=titles, total_bytes=size, moved_at=at)

    def advanced(
        self, offset: int, *, accepted: int, skipped: int, problems: list[RowProblem], at: datetime
    ) -> Self:
        """Note that some more rows are done."""
        finished = offset >= self.total_bytes
        return self._with(
            offset=offset,
            accepted=self.accepted + accepted,
            refused=self.refused + len(problems),
            skipped=self.skipped + skipped,
            problems=(*self.problems, *problems)[:SHOWN_PROBLEMS],
            parts=self.parts + 1,
            status=BatchStatus.DONE if finished else BatchStatus.RUNNING,
            moved_at=at,
        )

    def fail(self, reason: str) -> Self:
        """End the work on a file that cannot be read."""
        return self._with(status=BatchStatus.FAILED, failure=reason)
