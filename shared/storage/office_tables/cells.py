"""From the bytes of a file to its rows of cells, whatever program wrote it."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from shared.errors import Invalid
from shared.storage.office_tables.columns import Column, Numbered
from shared.storage.office_tables.heads import HEAD_WITHIN, find_head

_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ";\t,|"
_ENCODINGS = ["utf_8", "cp1251", "utf_16", "cp866", "koi8_r"]


def sheets(content: bytes, columns: Sequence[Column]) -> Iterator[Iterator[Numbered]]:
    """Yield the visible sheets of a workbook, or the one of a text, row by row."""
    if content.startswith(_BINARY):
        yield from _workbook(content)
    else:
        yield _text(_decoded(content), columns)


def _workbook(content: bytes) -> Iterator[Iterator[Numbered]]:
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        for sheet in book.sheets_metadata:
            if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet:
                found = book.get_sheet_by_name(sheet.name)
                yield enumerate(found.iter_rows(), 1)
    except PasswordError:
        raise Invalid("table_locked") from None
    except CalamineError:
        raise Invalid("table_unreadable") from None


def _decoded(content: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(content, cp_isolation=_ENCODINGS).best()
    if found is None:
        raise Invalid("table_unreadable")
    return str(found).lstrip("\ufeff")


def _text(text: str, columns: Sequence[Column]) -> Iterator[Numbered]:
    def named(delimiter: str) -> int:
        start = list(islice(_split(text, delimiter), HEAD_WITHIN + 1))
        head = find_head(start, columns)
        return len(head.titles) if head else -1

    return _split(text, max(_DELIMITERS, key=named))


def _split(text: str, delimiter: str) -> Iterator[Numbered]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number, width = 1, 0
    try:
        for cells in lines:
            width = max(width, len(cells))
            if lines.line_num > number and _swallowed(cells, delimiter, width):
                raise Invalid("quote_unclosed", line=number)
            yield number, cells
            number = lines.line_num + 1
    except csv.Error:
        raise Invalid("quote_unclosed", line=number) from None


def _swallowed(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether a quote that was never closed made whole rows into a part of one cell."""
    return width > 2 and any(
        line.count(delimiter) >= width - 1 for cell in cells for line in cell.splitlines()[1:]
    )
