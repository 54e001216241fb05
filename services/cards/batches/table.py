"""Reading a table as offices write it: their encodings, separators, column names and dates."""

import csv
import io
import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from services.cards.batches.domain import Layout
from shared.errors import Invalid

_COLUMNS = Path(__file__).with_name("columns.toml")
_ENCODINGS = ("utf-8-sig", "cp1251")
_DELIMITERS = ";\t,"
REQUIRED = ("holder_ref", "district_id")
MOST_UNPACKED = 50 * 1024 * 1024  # some 150 000 lines, ten seconds of one processor


@cache
def words() -> dict[str, Any]:
    """Column names and words of the catalogue."""
    return tomllib.loads(_COLUMNS.read_text(encoding="utf-8"))


def lay_out(head: bytes) -> tuple[Layout, int]:
    """The layout found in the first line, and where the second begins; raises Invalid."""
    end = head.find(b"\n") + 1
    if not end:
        raise Invalid("table_empty")
    encoding = next((e for e in _ENCODINGS if _decodes(head[:end], e)), "")
    first = head[:end].decode(encoding or "utf-8", "replace").strip().lower()
    delimiter = max(_DELIMITERS, key=first.count)
    columns = tuple(_column(title) for title in next(csv.reader([first], delimiter=delimiter)))
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise Invalid("column_missing", column=words()[missing[0]][1])
    return Layout(encoding=encoding, delimiter=delimiter, columns=columns), end


def lines_in(piece: bytes, layout: Layout, most: int, *, last: bool) -> Iterator[tuple[int, str]]:
    """Whole lines at the head of a piece, at most so many, each with its length in bytes."""
    encoding = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
    position = 0
    for _ in range(most):
        end = piece.find(b"\n", position) + 1
        if not end:
            if not last or position >= len(piece):
                return
            end = len(piece)
        yield end - position, piece[position:end].decode(encoding, "replace").strip("\r\n")
        position = end


def read_line(text: str, layout: Layout) -> dict[str, str]:
    """The named cells of a line; empty ones are left out."""
    cells = next(csv.reader([text], delimiter=layout.delimiter), [])
    named = zip(layout.columns, cells, strict=False)
    return {column: cell.strip() for column, cell in named if column and cell.strip()}


def form_of(region: str, cells: dict[str, str]) -> dict[str, Any]:
    """The cells as the body of a single issue."""
    form: dict[str, Any] = {
        "region": region,
        "holder_ref": cells.get("holder_ref", ""),
        "district_id": cells.get("district_id", ""),
        "placement_current": cells.get("placement_current", "").lower() in words()["words"]["yes"],
    }
    if "order_ref" in cells or "ordered_on" in cells:
        ordered_on = _day(cells.get("ordered_on", ""))
        form["order"] = {"order_ref": cells.get("order_ref", ""), "ordered_on": ordered_on}
    if "phone" in cells or "name" in cells:
        form["contact"] = {
            "name": cells.get("name", ""),
            "channel": "sms",
            "phone": cells.get("phone"),
        }
    return form


def csv_of(workbook: bytes) -> bytes:
    """The first sheet of a workbook as a table of ours."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _require_unpackable(workbook)
        sheet = load_workbook(io.BytesIO(workbook), read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, InvalidFileException, KeyError, IndexError):
        raise Invalid("table_unreadable") from None
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for row in sheet.iter_rows(values_only=True):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode()


def _require_unpackable(workbook: bytes) -> None:
    """Refuse a file that is small only while it is packed."""
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(workbook)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise Invalid("file_too_large", limit_mib=MOST_UNPACKED // 1024**2)


def write_lines(rows: list[list[str]]) -> bytes:
    """Lines of a result file, ready for a spreadsheet: no cell begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([["'" + c if c[:1] in ("=", "+", "-", "@") else c for c in r] for r in rows])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, bool):
        return "1" if value else ""
    text = "" if value is None else str(value)
    return " ".join(text.split())


def _column(title: str) -> str | None:
    plain = title.strip().strip('"').lower()
    names = (n for n, spellings in words().items() if isinstance(spellings, list))
    return next((name for name in names if plain in words()[name]), None)


def _day(text: str) -> str:
    """A date as people write it, as ISO; anything else is left for the form to refuse."""
    try:
        return datetime.strptime(text, "%d.%m.%Y").date().isoformat()
    except ValueError:
        return text


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        head.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
