"""Tables for people to open in a spreadsheet: the one writer of all services."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Names the encoding to spreadsheets.
_MARK = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@")
# What a spreadsheet takes for a day or another number: 5-12, 0123, 10E5, more than 15 digits.
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_TURNED = re.compile(rf"{_DAY}[-/.]{_MONTH}|{_DAY}[-/]{_MONTH}[-/]\d+|0\d+|\d+[eE]\d+|\d{{16,}}")


def head_of(columns: Sequence[str]) -> bytes:
    """Return how a file begins: the mark of its encoding, and its columns."""
    return _MARK + write_lines([columns])


def write_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return lines of a file, ready for a spreadsheet: each cell stays the text that it is."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows(map(_as_text, row) for row in rows)
    return out.getvalue().encode()


def _as_text(cell: str) -> str:
    if cell.startswith(_FORMULA):
        return f"'{cell}"
    return f'="{cell}"' if _TURNED.fullmatch(cell) else cell
