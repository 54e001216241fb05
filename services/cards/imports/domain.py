"""A table on its way to cards or shops: checked or worked in steps, stopped by nothing."""

from datetime import datetime, timedelta
from typing import Self

from services.cards.imports.values import BatchStatus, ImportedBy, RowProblem, TableFormat, TableOf
from shared.domain import Aggregate
from shared.errors import IllegalStep

SHOWN_PROBLEMS = 50
# A link lives a quarter of an hour; what comes by it later is deleted too.
LATE_UPLOADS = timedelta(minutes=16)
WAITS_FOR_FILE = timedelta(days=1)
# The codes end after 30 days, and so do the table and its result.
CODES_WAIT = timedelta(days=29)
MAX_BYTES = 20 * 1024 * 1024


class Batch(Aggregate):
    """One table; `titles` are known once it is laid out, `offset` says where to go on.

    `unread` are titles of columns that mean nothing here.

    `input` names the version of the upload that was there at the start; nothing else is read.
    Once the work is over, `clean_at` is when its files are deleted next. Codes on paper that were
    not taken are no work any more from `codes_lapsed_at` on.
    """

    id: str
    region: str
    clerk: ImportedBy
    format: TableFormat
    dry_run: bool
    kind: TableOf = TableOf.HOLDERS
    opened_at: datetime
    status: BatchStatus = BatchStatus.WAITING
    input: str | None = None
    titles: dict[str, str] = {}
    unread: tuple[str, ...] = ()
    total_bytes: int = 0
    offset: int = 0
    accepted: int = 0
    held: int = 0
    refused: int = 0
    skipped: int = 0
    on_paper: int = 0
    parts: int = 0
    problems: tuple[RowProblem, ...] = ()
    failure: str | None = None
    moved_at: datetime | None = None
    clean_at: datetime | None = None
    cleaned: bool = False
    codes_taken_at: datetime | None = None
    codes_lapsed_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the next step is due: at once while the batch runs, then cleaning up, last codes."""
        if self.status is BatchStatus.WAITING:
            return self.opened_at + WAITS_FOR_FILE
        if self.status is BatchStatus.RUNNING:
            return self.moved_at
        return self.clean_at or self.codes_lapse_at

    @property
    def codes_lapse_at(self) -> datetime | None:
        """When codes on paper that were not taken are given up."""
        waits = self.has_codes_on_paper and not (self.codes_taken_at or self.codes_lapsed_at)
        return self.moved_at + CODES_WAIT if waits and self.moved_at else None

    @property
    def has_codes_on_paper(self) -> bool:
        """Whether it gave cards whose codes no phone gets."""
        return self.ended and not self.dry_run and self.on_paper > 0

    @property
    def ended(self) -> bool:
        """Whether the work is over, one way or the other."""
        return self.status in (BatchStatus.DONE, BatchStatus.FAILED)

    @property
    def has_result(self) -> bool:
        """Whether there is a result file: of all rows, or of those before the failure."""
        return self.ended and self.parts > 0

    @property
    def percent_done(self) -> int:
        """How far the table is worked through."""
        if self.status is BatchStatus.DONE:
            return 100
        return 100 * self.offset // self.total_bytes if self.titles else 0

    @property
    def lines_done(self) -> int:
        """Rows that were worked through, of whatever kind."""
        return self.accepted + self.held + self.refused + self.skipped

    def require_waiting(self) -> None:
        """Refuse a table whose work has begun: its upload may be gone already."""
        if self.status is not BatchStatus.WAITING:
            raise IllegalStep(f"batch_{self.status}")

    def start(self, size: int, version: str, at: datetime) -> Self:
        """Begin to work on the uploaded file."""
        self.require_waiting()
        if size > MAX_BYTES:
            raise IllegalStep("file_too_large", limit_mib=MAX_BYTES // 1024**2)
        return self._with(status=BatchStatus.RUNNING, total_bytes=size, input=version, moved_at=at)

    def laid_out(
        self, titles: dict[str, str], unread: tuple[str, ...], size: int, at: datetime
    ) -> Self:
        """Note how the file calls its columns and how long its rows are."""
        return self._with(titles=titles, unread=unread, total_bytes=size, moved_at=at)

    def advanced(
        self,
        offset: int,
        *,
        accepted: int,
        held: int,
        skipped: int,
        on_paper: int,
        problems: list[RowProblem],
        at: datetime,
    ) -> Self:
        """Note that some more rows are done."""
        finished = offset >= self.total_bytes
        moved = self._with(
            offset=offset,
            accepted=self.accepted + accepted,
            held=self.held + held,
            refused=self.refused + len(problems),
            skipped=self.skipped + skipped,
            on_paper=self.on_paper + on_paper,
            problems=(*self.problems, *problems)[:SHOWN_PROBLEMS],
            parts=self.parts + 1,
            moved_at=at,
        )
        return moved._end(BatchStatus.DONE, at) if finished else moved

    def fail(self, reason: str, at: datetime) -> Self:
        """End the work on a file that cannot be read, or never came."""
        return self._end(BatchStatus.FAILED, at)._with(failure=reason)

    def clean(self, at: datetime) -> Self:
        """Note that the files are deleted; once more when no link to the upload can be alive."""
        return self._with(cleaned=True, clean_at=None if self.cleaned else at + LATE_UPLOADS)

    def take_codes(self, at: datetime) -> Self:
        """Note that the codes that go by no message were handed out."""
        return self._with(codes_taken_at=at)

    def lapse_codes(self, at: datetime) -> Self:
        """Note that the codes that go by no message were not taken in their time."""
        return self._with(codes_lapsed_at=at)

    def _end(self, status: BatchStatus, at: datetime) -> Self:
        return self._with(status=status, clean_at=at)
