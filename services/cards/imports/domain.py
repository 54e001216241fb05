"""A table of holders on its way to cards: checked or issued in steps, stopped by nothing."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from shared.domain import CodeEnum
from shared.errors import IllegalStep

SHOWN_PROBLEMS = 50
MAX_BYTES = 20 * 1024 * 1024

Format = Literal["csv", "xlsx"]


class Status(CodeEnum, of="card_batch_status"):
    """Where a batch stands."""

    WAITING = "waiting_for_file"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RowProblem(BaseModel):
    """Why one line gave no card; the reason's words are in the catalogue."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    line: int
    column: str | None = None
    code: str
    reason: str


class Clerk(BaseModel):
    """On whose authority the cards are issued, as proved when the batch was opened."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    role: str
    regions: tuple[str, ...]
    districts: tuple[str, ...]


class Batch(BaseModel):
    """One table; `titles` are known once it is laid out, `offset` says where to go on."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    region: str
    clerk: Clerk
    format: Format
    dry_run: bool
    opened_at: datetime
    status: Status = Status.WAITING
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
    version: int = 0

    @property
    def next_deadline(self) -> datetime | None:
        """A running batch is due at once for its next step."""
        return self.moved_at if self.status is Status.RUNNING else None

    @property
    def percent_done(self) -> int:
        """How far the table is worked through."""
        if self.status is Status.DONE:
            return 100
        return 100 * self.offset // self.total_bytes if self.titles else 0

    @property
    def lines_done(self) -> int:
        """Rows that were worked through, of whatever kind."""
        return self.accepted + self.refused + self.skipped

    def start(self, size: int, at: datetime) -> Self:
        """The file is there: work begins."""
        if self.status is not Status.WAITING:
            raise IllegalStep(f"batch_{self.status}")
        if size > MAX_BYTES:
            raise IllegalStep("file_too_large", limit_mib=MAX_BYTES // 1024**2)
        return self._with(status=Status.RUNNING, total_bytes=size, moved_at=at)

    def laid_out(self, titles: dict[str, str], size: int, at: datetime) -> Self:
        """The file was understood: so it calls its columns, so long are its rows."""
        return self._with(titles=titles, total_bytes=size, moved_at=at)

    def stepped(
        self, offset: int, *, accepted: int, skipped: int, problems: list[RowProblem], at: datetime
    ) -> Self:
        """Some more rows are done."""
        finished = offset >= self.total_bytes
        return self._with(
            offset=offset,
            accepted=self.accepted + accepted,
            refused=self.refused + len(problems),
            skipped=self.skipped + skipped,
            problems=(*self.problems, *problems)[:SHOWN_PROBLEMS],
            parts=self.parts + 1,
            status=Status.DONE if finished else Status.RUNNING,
            moved_at=at,
        )

    def fail(self, reason: str) -> Self:
        """The file is no table of ours."""
        return self._with(status=Status.FAILED, failure=reason)

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update=changes)
