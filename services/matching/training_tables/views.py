"""What the sender of a table of trainings sees of it."""

from datetime import datetime
from typing import Literal

from shared.api.models import View
from shared.table_imports.domain import ImportStatus, RowProblem


class OpenedTrainingTable(View):
    """Where to put the file, by PUT, within a quarter of an hour; no link once the work began."""

    id: str
    version: int
    status: ImportStatus
    upload_url: str | None
    upload_method: Literal["PUT"] = "PUT"


class TrainingTableView(View):
    """How far a table is, which columns nothing was read of, and its first bad lines.

    Rows that are `known` say what was recorded before.
    """

    table_id: str
    region: str
    status: ImportStatus
    dry_run: bool
    opened_at: datetime
    percent_done: int
    accepted: int
    known: int
    refused: int
    skipped: int
    unread: tuple[str, ...]
    problems: tuple[RowProblem, ...]
    failure: str | None
    version: int


class TrainingTableResult(View):
    """Where to fetch the result file, within five minutes."""

    download_url: str
