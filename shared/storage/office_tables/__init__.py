"""Tables as offices send them: the one reader of all services.

Guarantees
- the format of a file is read from its first bytes, not from its name or a clerk's choice;
- the head is found below titles, in one row or in two merged ones, by forgiving names;
- every row is counted as the file counts it; rows that are no records are skipped and counted;
- a district that is named once, above the records of its own, goes for each of them;
- records below the title of another table, or of those who are gone, are refused as a whole;
- two columns of one meaning say the same, or the file is refused: none is dropped in silence;
- nothing is read that the clerk may not see in the file: a record on one of several sheets or in
  a hidden row, a cell in a hidden column;
- a broken or hostile file is a refusal in words: it is read in a process of its own, whose memory
  and time are bounded, so that it can end nothing but itself.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from shared import settings
from shared.errors import Invalid
from shared.storage.office_tables import process
from shared.storage.office_tables.columns import (
    Cells,
    Column,
    Kind,
    Row,
    cut,
    is_failed,
    require_readable,
    said,
)

__all__ = [
    "Cells",
    "Column",
    "Kind",
    "LaidOut",
    "Row",
    "cut",
    "is_failed",
    "lay_out",
    "require_readable",
    "row_of",
]

SECONDS = 25
_READS = f"from {process.__name__} import main; main()"


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A table with one row of JSON a line, and how the file itself calls its columns.

    `unread` are the first titles of columns that were not asked for. Long titles are cut.
    """

    titles: dict[str, str]
    unread: tuple[str, ...]
    records: int
    lines: bytes


def lay_out(content: bytes, columns: Sequence[Column]) -> LaidOut:
    """Read a file in a process of its own; raises Invalid with a reason for the clerk."""
    asked = json.dumps([asdict(column) for column in columns]).encode() + b"\n"
    head, _, lines = _answer_to(asked + content).partition(b"\n")
    answer = json.loads(head)
    if "refused" in answer:
        raise Invalid(answer["refused"], **answer["facts"])
    return LaidOut(answer["titles"], tuple(answer["unread"]), answer["records"], lines)


def _answer_to(question: bytes) -> bytes:
    environment = settings.environment_with(PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    try:
        done = subprocess.run(
            [sys.executable, "-c", _READS],
            input=question,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Invalid("table_unreadable") from None
    if done.returncode:
        raise Invalid("table_unreadable")
    return done.stdout


def row_of(line: bytes) -> Row:
    """One line of a table that was laid out; a cell that only says that it is empty is none."""
    number, cells = json.loads(line)
    if cells is None:
        return Row(number, None)
    return Row(number, {name: seen for name, text in cells.items() if (seen := said(text))})
