"""Binary workbooks, the new ones (XLSB), whose parts are records, and the old ones (XLS)."""

import io
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from shared.office_values import WORDS, number_format, text_of
from shared.storage.office_tables.columns import Unseen

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Sheet

_SHEET, _ROW, _COLUMNS = 156, 0, 60
# Cells that hold an error: a plain one, and the result of a formula.
_FAILED = (3, 11)
_IS_HIDDEN = 0x10  # in the flags of a row
# Records of a binary workbook: its properties, and the list of its sheets, which comes after.
_PROPERTIES, _SHEETS = 153, 143


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


def counts_from_1904(book: bytes) -> bool:
    """Return whether the properties of a workbook say so."""
    for kind, body in records_of(book):
        if kind == _PROPERTIES:
            return bool(body[:1] and body[0] & 1)
        if kind == _SHEETS:
            break
    return False


def unseen_of(part: bytes, margin: int) -> Unseen:
    """Return what is hidden and the errors of a sheet whose first columns are empty."""
    from xlrd import error_text_from_code

    unseen, row = Unseen.nothing(), 0
    for kind, body in records_of(part):
        if kind == _COLUMNS and len(body) > 16 and body[16] & 1:
            first, last = (int.from_bytes(body[at : at + 4], "little") for at in (0, 4))
            unseen.columns.update(range(first - margin, last + 1 - margin))
        elif kind == _ROW:
            row = int.from_bytes(body[:4], "little") + 1
            if len(body) > 11 and body[11] & _IS_HIDDEN:
                unseen.rows.add(row)
        elif kind in _FAILED and len(body) > 8:
            at = int.from_bytes(body[:4], "little") - margin
            unseen.say(row, at, error_text_from_code.get(body[8], WORDS["errors"][0]))
    return unseen


def unseen_of_old(content: bytes, sheet: str, margin: int) -> Unseen:
    """Return the same of an old workbook, with what it shows beside numbers."""
    from xlrd import XL_CELL_ERROR, XL_CELL_NUMBER, error_text_from_code, open_workbook

    unseen = Unseen.nothing()
    # Some programs write a list of blocks that holds one of them twice: it is read all the same.
    book = open_workbook(
        file_contents=content,
        formatting_info=True,
        logfile=io.StringIO(),
        ignore_workbook_corruption=True,
    )
    found = book.sheet_by_name(sheet)
    coded = ((key, number_format(of.format_str or "")) for key, of in book.format_map.items())
    more = {key: form for key, form in coded if form}
    for number, kinds in enumerate(map(found.row_types, range(found.nrows))):
        for at in range(len(kinds)) if more or XL_CELL_ERROR in kinds else ():
            text = ""
            if kinds[at] == XL_CELL_ERROR:
                code = found.cell_value(number, at)
                text = error_text_from_code.get(code, WORDS["errors"][0])
            elif kinds[at] == XL_CELL_NUMBER and more:
                key = book.xf_list[found.cell_xf_index(number, at)].format_key
                digits = text_of(found.cell_value(number, at))
                if key in more and digits.isdecimal():
                    text = more[key].show(digits)
            unseen.say(number + 1, at - margin, text)
    for row, at in _struck(book, found):
        unseen.say(row + 1, at - margin, "", is_struck=True)
    rows = found.rowinfo_map.items()
    unseen.rows.update(at + 1 for at, row in rows if row.hidden or row.height == 0)
    unseen.columns.update(at - margin for at, of in found.colinfo_map.items() if of.hidden)
    return unseen


def _struck(book: "Book", sheet: "Sheet") -> Iterator[tuple[int, int]]:
    fonts = {at for at, font in enumerate(book.font_list) if font.struck_out}
    styles = {at for at, style in enumerate(book.xf_list) if style.font_index in fonts}
    for place, parts in sheet.rich_text_runlist_map.items():
        if any(font in fonts for _, font in parts):
            yield place
    for row, at in product(range(sheet.nrows), range(sheet.ncols)) if styles else ():
        if sheet.cell_xf_index(row, at) in styles:
            yield row, at


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
