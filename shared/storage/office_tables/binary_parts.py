"""Binary workbooks, the new ones (XLSB), whose parts are records, and the old ones (XLS)."""

import contextlib
import io
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from shared.office_values import WORDS, number_format, text_of

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Sheet

_SHEET, _ROW, _COLUMNS = 156, 0, 60
# Cells that hold an error: a plain one, and the result of a formula.
_FAILED = (3, 11)
_IS_HIDDEN = 0x10  # in the flags of a row
# Hidden rows; by row what stays unsaid of which of its places, and which of them are struck out;
# the places of hidden columns.
Unsaid = tuple[frozenset[int], dict[int, dict[int, str]], dict[int, set[int]], frozenset[int]]


def records_of(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the kind and the body of each record; what is cut off ends the part."""
    at, end = 0, len(part)
    while at < end:
        kind, at = _number(part, at)
        size, at = _number(part, at)
        yield kind, part[at : at + size]
        at += size


def link_of(book: bytes, sheet: str) -> str:
    """Return by which link a workbook knows the part of a sheet; raises KeyError."""
    for kind, body in records_of(book):
        if kind == _SHEET:
            link, at = _text(body, 8)
            if _text(body, at)[0] == sheet:
                return link
    raise KeyError(sheet)


def unseen_of(part: bytes, margin: int) -> Unsaid:
    """Return what is hidden and the errors of a sheet whose first columns are empty."""
    from xlrd import error_text_from_code

    row, hidden, failed = 0, set[int](), dict[int, dict[int, str]]()
    columns = set[int]()
    for kind, body in records_of(part):
        if kind == _COLUMNS and len(body) > 16 and body[16] & 1:
            first, last = (int.from_bytes(body[at : at + 4], "little") for at in (0, 4))
            columns.update(range(first - margin, last + 1 - margin))
        elif kind == _ROW:
            row = int.from_bytes(body[:4], "little") + 1
            if len(body) > 11 and body[11] & _IS_HIDDEN:
                hidden.add(row)
        elif kind in _FAILED and len(body) > 8:
            at = int.from_bytes(body[:4], "little") - margin
            text = error_text_from_code.get(body[8], WORDS["errors"][0])
            failed.setdefault(row, {})[at] = text
    return frozenset(hidden), failed, {}, frozenset(columns)


def unseen_of_old(content: bytes, sheet: str, margin: int) -> Unsaid:
    """Return the same of an old workbook, with what it shows beside numbers."""
    from xlrd import XL_CELL_ERROR, XL_CELL_NUMBER, error_text_from_code, open_workbook

    # What it cannot read the other library has read: then nothing is known.
    with contextlib.suppress(Exception):
        book = open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        found = book.sheet_by_name(sheet)
        said = dict[int, dict[int, str]]()
        coded = ((key, number_format(of.format_str or "")) for key, of in book.format_map.items())
        more = {key: form for key, form in coded if form}
        for number, kinds in enumerate(map(found.row_types, range(found.nrows))):
            for at in range(len(kinds)) if more or XL_CELL_ERROR in kinds else ():
                text = ""
                if kinds[at] == XL_CELL_ERROR:
                    text = error_text_from_code[found.cell_value(number, at)]
                elif kinds[at] == XL_CELL_NUMBER and more:
                    key = book.xf_list[found.cell_xf_index(number, at)].format_key
                    digits = text_of(found.cell_value(number, at))
                    if key in more and digits.isdecimal():
                        text = more[key].show(digits)
                if text:
                    said.setdefault(number + 1, {})[at - margin] = text
        rows = found.rowinfo_map.items()
        hidden = (at + 1 for at, row in rows if row.hidden or row.height == 0)
        columns = (at - margin for at, each in found.colinfo_map.items() if each.hidden)
        return frozenset(hidden), said, _struck(book, found, margin), frozenset(columns)
    return frozenset(), {}, {}, frozenset()


def _struck(book: "Book", sheet: "Sheet", margin: int) -> dict[int, set[int]]:
    fonts = {at for at, font in enumerate(book.font_list) if font.struck_out}
    styles = {at for at, style in enumerate(book.xf_list) if style.font_index in fonts}
    runs = sheet.rich_text_runlist_map.items()
    found = [place for place, parts in runs if any(font in fonts for _, font in parts)]
    for row, at in product(range(sheet.nrows), range(sheet.ncols)) if styles else ():
        if sheet.cell_xf_index(row, at) in styles:
            found.append((row, at))
    rows = dict[int, set[int]]()
    for row, at in found:
        rows.setdefault(row + 1, set()).add(at - margin)
    return rows


def _text(body: bytes, at: int) -> tuple[str, int]:
    """Return a text with its length before it, and where it ends."""
    end = at + 4 + 2 * int.from_bytes(body[at : at + 4], "little")
    return body[at + 4 : end].decode("utf-16-le"), end


def _number(part: bytes, at: int) -> tuple[int, int]:
    """Return a number that is written in sevens of bits, and where it ends."""
    value, shift = 0, 0
    while at < len(part):
        value |= (part[at] & 127) << shift
        at, shift, more = at + 1, shift + 7, part[at] & 128
        if not more:
            break
    return value, at
