"""A table on its way into a service: checked or worked in steps, until its end or a cancel."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from shared.domain import Aggregate, CodeEnum, ValueObject
from shared.errors import IllegalStep

SHOWN_PROBLEMS = 50
# A link lives a quarter of an hour; what comes by it later is deleted too.
LATE_UPLOADS = timedelta(minutes=16)
WAITS_FOR_FILE = timedelta(days=1)
MEBIBYTE = 1024 * 1024
MAX_BYTES = 20 * MEBIBYTE


class ImportStatus(CodeEnum, of="table_import_status"):
    """Where a table is between its announcement and its result."""

    WAITING = "waiting_for_file"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


AT_WORK = frozenset({ImportStatus.RUNNING, ImportStatus.CANCELLING})


class RowProblem(ValueObject):
    """Why one line was refused: where, what was read there, and in words what would be right."""

    line: int
    column: str | None = None
    code: str
    reason: str
    read: str | None = None


class TableImport(Aggregate):
    """One table; `titles` are known once it is laid out, `offset` says where to go on.

    `unread` are titles of columns that mean nothing here.
    `input` names the version of the upload that was there at the start; nothing else is read.
    Once the work is over, `clean_at` is when its files are deleted next.
    """

    region: str
    dry_run: bool
    opened_at: datetime
    status: ImportStatus = ImportStatus.WAITING
    input: str | None = None
    titles: dict[str, str] = {}
    unread: tuple[str, ...] = ()
    total_bytes: int = 0
    offset: int = 0
    accepted: int = 0
    refused: int = 0
    skipped: int = 0
    parts: int = 0
    problems: tuple[RowProblem, ...] = ()
    failure: str | None = None
    moved_at: datetime | None = None
    clean_at: datetime | None = None
    cleaned: bool = False

    @property
    def due_at(self) -> datetime | None:
        """When the next step is due: at once while it runs, then that of cleaning up."""
        if self.status is ImportStatus.WAITING:
            return self.opened_at + WAITS_FOR_FILE
        return self.moved_at if self.status in AT_WORK else self.clean_at

    @property
    def ended(self) -> bool:
        """Whether the work is over, one way or the other."""
        return self.status is not ImportStatus.WAITING and self.status not in AT_WORK

    @property
    def has_result(self) -> bool:
        """Whether there is a result file: of all rows, or of those before the work stopped."""
        return self.ended and self.parts > 0

    @property
    def percent_done(self) -> int:
        """How far the table is worked through."""
        return 100 * self.offset // self.total_bytes if self.titles else 0

    def require_waiting(self) -> None:
        """Refuse a table whose work has begun: its upload may be gone already."""
        if self.status is not ImportStatus.WAITING:
            raise IllegalStep(f"table_{self.status}")

    def require_result(self) -> None:
        """Refuse to show the result of a table that has none yet."""
        if not self.has_result:
            raise IllegalStep("table_not_done")

    def start(self, size: int, version: str, at: datetime) -> Self:
        """Begin to work on the uploaded file."""
        self.require_waiting()
        if size > MAX_BYTES:
            raise IllegalStep("file_too_large", limit_mib=MAX_BYTES // MEBIBYTE)
        return self._with(status=ImportStatus.RUNNING, input=version, moved_at=at)

    def laid_out(
        self, titles: dict[str, str], unread: tuple[str, ...], size: int, at: datetime
    ) -> Self:
        """Note how the file calls its columns and how long its rows are."""
        return self._with(titles=titles, unread=unread, total_bytes=size, moved_at=at)

    def advance(
        self,
        offset: int,
        *,
        accepted: int,
        skipped: int,
        problems: Sequence[RowProblem],
        at: datetime,
    ) -> Self:
        """Note that some more rows are done."""
        moved = self._with(
            offset=offset,
            accepted=self.accepted + accepted,
            skipped=self.skipped + skipped,
            refused=self.refused + len(problems),
            problems=_worth_showing((*self.problems, *problems)),
            parts=self.parts + 1,
            moved_at=at,
        )
        if offset >= self.total_bytes:
            return moved._end(ImportStatus.DONE, at)
        cancelled = self.status is ImportStatus.CANCELLING
        return moved._end(ImportStatus.CANCELLED, at) if cancelled else moved

    def cancel(self, at: datetime) -> Self:
        """Stop the work: at once before the first row, else after the rows that may be under way.

        A step that has begun may have done some of them, so it is brought to its end and reported.
        """
        if self.ended or self.status is ImportStatus.CANCELLING:
            raise IllegalStep(f"table_{self.status}")
        if not self.titles:
            return self._end(ImportStatus.CANCELLED, at)
        return self._with(status=ImportStatus.CANCELLING)

    def fail(self, reason: str, at: datetime) -> Self:
        """End the work on a file that cannot be read, or never came."""
        return self._end(ImportStatus.FAILED, at)._with(failure=reason)

    def clean(self, at: datetime) -> Self:
        """Note that the files are deleted; once more when no link to the upload can be alive."""
        return self._with(cleaned=True, clean_at=None if self.cleaned else at + LATE_UPLOADS)

    def _end(self, status: ImportStatus, at: datetime) -> Self:
        return self._with(status=status, clean_at=at)


def _worth_showing(problems: Sequence[RowProblem]) -> tuple[RowProblem, ...]:
    """Return as many as are shown, without the last ones of the faults that are most frequent.

    Of last year's list most holders have a card: that hides no line in which something is wrong.
    """
    shown = list(problems)
    while len(shown) > SHOWN_PROBLEMS:
        ((often, _),) = Counter(each.code for each in shown).most_common(1)
        shown.remove([each for each in shown if each.code == often][-1])
    return tuple(shown)
