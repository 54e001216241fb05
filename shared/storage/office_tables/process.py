"""The process of its own in which a file is read: it can end nothing but itself."""

import io
import json
import resource
import sys
from typing import Any

from shared.errors import Invalid
from shared.storage.office_tables.columns import Column
from shared.storage.office_tables.reader import read

MEMORY_BYTES = 1024**3
MAX_LINE = 64 * 1024  # of a row as it is laid out


def main() -> None:
    """Answer one `lay_out` within the memory that it may have."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
        answer: dict[str, Any] = {
            "titles": table.titles,
            "unread": table.unread,
            "records": records,
        }
    except Invalid as refused:
        out = io.BytesIO()
        answer = {"refused": refused.code, "facts": dict(refused.facts)}
    return json.dumps(answer).encode() + b"\n" + out.getvalue()
