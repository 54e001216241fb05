"""Tables for people to open in a spreadsheet: the one writer of all services."""

import csv
import io
from collections.abc import Iterable, Sequence

# Names the encoding to spreadsheets.
_MARK = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@")


def head_of(columns: Sequence[str]) -> bytes:
    """Return how a file begins: the mark of its encoding, and its columns."""
    return _MARK + write_lines([columns])


def write_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return lines of a file, ready for a spreadsheet: no cell begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows(["'" + cell if cell[:1] in _FORMULA else cell for cell in row] for row in rows)
    return out.getvalue().encode()
