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


def main() -> None:
    """Answer one `lay_out`: columns in the first line of the input, then the file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked, _, content = sys.stdin.buffer.read().partition(b"\n")
    columns = [Column(**each | {"titles": tuple(each["titles"])}) for each in json.loads(asked)]
    out = io.BytesIO()
    try:
        titles, rows = read(content, columns)
        dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        records = 0
        for row in rows:
            records += row.cells is not None
            out.write(f"{dump([row.number, row.cells])}\n".encode())
        answer: dict[str, Any] = {"titles": titles, "records": records}
    except Invalid as refused:
        out = io.BytesIO()
        answer = {"refused": refused.code, "facts": dict(refused.facts)}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + out.getvalue())
