"""What a table of trainings is made of: its status, and the rows that were refused."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum, ValueObject
from shared.ids import pattern

TableId = Annotated[str, Field(pattern=pattern("trt"))]


class TableStatus(CodeEnum, of="training_table_status"):
    """Where a table is between its announcement and its result."""

    WAITING = "waiting_for_file"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RowProblem(ValueObject):
    """Why one line was refused: where, what was read there, and in words what would be right."""

    line: int
    column: str | None = None
    code: str
    reason: str
    read: str | None = None
