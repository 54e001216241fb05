"""What a clerk sees of a table of holders."""

from datetime import datetime
from typing import Literal

from services.cards.imports.values import TableOf
from shared.api.models import View
from shared.table_imports.domain import ImportStatus, RowProblem


class OpenedBatch(View):
    """Where to put the file, by PUT, within a quarter of an hour; no link once the work began."""

    id: str
    version: int
    status: ImportStatus
    upload_url: str | None
    upload_method: Literal["PUT"] = "PUT"


class BatchView(View):
    """How far a batch is, which columns nothing was read of, and its first bad lines.

    Rows that are `held` gave cards which wait for a leader: their holders may have one already.
    """

    id: str
    region: str
    kind: TableOf
    status: ImportStatus
    dry_run: bool
    opened_at: datetime
    percent_done: int
    lines_done: int
    accepted: int
    held: int
    refused: int
    skipped: int
    on_paper: int
    unread: tuple[str, ...]
    problems: list[RowProblem]
    failure: str | None
    version: int


class BatchResult(View):
    """Where to fetch the result file, within five minutes."""

    download_url: str
