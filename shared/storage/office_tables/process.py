"""The process of its own in which a file is read: it can end nothing but itself."""

import gc
import io
import json
import resource
import sys
from collections.abc import Mapping
from typing import Any

from shared.errors import Invalid
from shared.storage.office_tables.columns import Column
from shared.storage.office_tables.reader import read

MEMORY_BYTES = 1024**3
MAX_LINE = 64 * 1024  # of a row as it is laid out
# Of all rows: twice what the longest table has. One text of a workbook may be in each of its cells.
MAX_LINES = 128 * 1024**2
# Of titles, which may be as long as any cell: enough to find them in the file.
SHOWN_TITLES, SHOWN = 30, 60


def main() -> None:
    """Answer one `lay_out` within the memory that it may have."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Many small objects come and go while a sheet is parsed, and no circle of them is left behind.
    gc.disable()
    sys.stdout.buffer.write(answer_to(sys.stdin.buffer.read()))


def answer_to(question: bytes) -> bytes:
    """Lay out a file; the question holds columns in its first line, then the file."""
    asked, _, content = question.partition(b"\n")
    columns = [Column(**each | {"titles": tuple(each["titles"])}) for each in json.loads(asked)]
    out = io.BytesIO()
    try:
        table = read(content, columns)
        dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        records = 0
        for row in table.rows:
            records += row.cells is not None
            line = f"{dump(row)}\n".encode()
            if len(line) > MAX_LINE:
                raise Invalid("line_too_long", line=row.number)
            out.write(line)
            if out.tell() > MAX_LINES:
                raise Invalid("table_unreadable")
        answer: dict[str, Any] = {
            "titles": {name: title[:SHOWN] for name, title in table.titles.items()},
            "unread": [title[:SHOWN] for title in table.unread[:SHOWN_TITLES]],
            "records": records,
        }
    except Invalid as refused:
        out = io.BytesIO()
        answer = {"refused": refused.code, "facts": _shown(refused.facts)}
    return json.dumps(answer).encode() + b"\n" + out.getvalue()


def _shown(facts: Mapping[str, object]) -> dict[str, object]:
    """Return what a refusal names, of what a file says its beginning."""
    return {name: fact[:SHOWN] if isinstance(fact, str) else fact for name, fact in facts.items()}
