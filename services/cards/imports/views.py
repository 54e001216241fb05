"""What a clerk sees of a table of holders."""

from datetime import datetime
from typing import Literal

from services.cards.imports.values import BatchStatus, RowProblem, TableOf
from shared.api.models import View


class OpenedBatch(View):
    """Where to put the file, by PUT, within a quarter of an hour; no link once the work began."""

    id: str
    version: int
    status: BatchStatus
    upload_url: str | None
    upload_method: Literal["PUT"] = "PUT"


class BatchView(View):
    """How far a batch is, and what was wrong with its first bad lines."""

    id: str
    region: str
    kind: TableOf
    status: BatchStatus
    dry_run: bool
    opened_at: datetime
    percent_done: int
    lines_done: int
    accepted: int
    refused: int
    skipped: int
    on_paper: int
    problems: list[RowProblem]
    failure: str | None
    version: int


class BatchResult(View):
    """Where to fetch the result file, within five minutes."""

    download_url: str
