"""What the library leaves out: rows that a filter or a hand has hidden, formulas without a value.

It gives hidden rows like all others, and a cell whose formula has failed as an empty one, as it
does where the program that wrote the file has not counted it. Of old workbooks (XLS) another
library says both, but not whether a formula was counted; of binary ones (XLSB) nothing is known.
"""

import contextlib
import functools
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree

from shared.office_values import WORDS
from shared.storage.office_tables.columns import MAX_ROWS, Numbered

OLE = b"\xd0\xcf\x11\xe0"
_BOOK, _LINKS, _OPEN = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "content.xml"
_ROW, _NUMBER = re.compile(rb"<(?:\w+:)?row\b([^>]*)"), re.compile(rb'\br="(\d+)"')
_UNSEEN = re.compile(rb'\b(?:hidden="(?:1|true)"|ht="0(?:\.0+)?")')
# A hostile sheet is long: no part of these looks further than its own tag, or the next one.
_WITHIN = rb"[^<>]{0,300}"
_FORMULA = rb"<(?:\w+:)?f\b%s(?:/>|>[^<]*</(?:\w+:)?f>)" % _WITHIN
_FAILED = re.compile(
    rb'<(?:\w+:)?c\b(?=%s\br="([A-Z]{1,3})(\d{1,7})")%s\bt="e"%s(?<!/)>'
    rb"(?:%s)?<(?:\w+:)?v>([^<]{0,30})<" % (_WITHIN, _WITHIN, _WITHIN, _FORMULA)
)
# A program that does not count wrote it, and whoever opens the file sees a value.
_NOT_COUNTED = re.compile(
    rb'<(?:\w+:)?c\b(?=%s\br="([A-Z]{1,3})(\d{1,7})")%s(?<!/)>%s()</(?:\w+:)?c>'
    % (_WITHIN, _WITHIN, _FORMULA)
)
# Some programs write a value without a word; of a text (`str`) it would be one.
_NO_VALUE = re.compile(
    rb'<(?:\w+:)?c\b(?=%s\br="([A-Z]{1,3})(\d{1,7})")(?!%s\bt="str")%s(?<!/)>'
    rb"%s()<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>)</(?:\w+:)?c>" % (_WITHIN, _WITHIN, _WITHIN, _FORMULA)
)
# In a long sheet a plain text is found ten times as fast as a pattern: no tag of what is looked
# for is without these.
_MAY_HIDE = re.compile(rb'hidden="'), re.compile(rb'ht="0')
_MAY_FAIL, _MAY_COUNT = re.compile(rb't="e"'), re.compile(rb"f>")
_HIDDEN = ("filter", "collapse")
# As `epochs` says, the library reads some packings that these do not.
_UNREAD = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, RuntimeError, OSError)

Failed = Mapping[int, Mapping[int, str]]


class Unseen(NamedTuple):
    """The numbers of hidden rows; by row, what failed in which of its places."""

    rows: frozenset[int] = frozenset()
    failed: Failed = {}


def unseen(content: bytes, sheet: str, margin: int) -> Unseen:
    """Return what is left out of a sheet whose first columns, the `margin`, are empty."""
    if content.startswith(OLE):
        return _of_old_workbook(content, sheet, margin)
    with contextlib.suppress(*_UNREAD):
        parts = zipfile.ZipFile(io.BytesIO(content))
        if _BOOK in parts.namelist():
            part = _part_of(parts, sheet)
            return Unseen(frozenset(_of_rows(part)), _failed(part, margin))
        document = parts.read(_OPEN)
        hidden = frozenset(_of_open_document(document, sheet))
        return Unseen(hidden, _open_failed(document, sheet, margin))
    return Unseen()


def _of_old_workbook(content: bytes, sheet: str, margin: int) -> Unseen:
    from xlrd import XL_CELL_ERROR, error_text_from_code, open_workbook

    # What it cannot read the other library has read: then neither is known.
    with contextlib.suppress(Exception):
        book = open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        found = book.sheet_by_name(sheet)
        failed = {
            number: {
                at - margin: error_text_from_code[found.cell_value(number - 1, at)]
                for at, kind in enumerate(kinds)
                if kind == XL_CELL_ERROR
            }
            for number, kinds in enumerate(map(found.row_types, range(found.nrows)), 1)
            if XL_CELL_ERROR in kinds
        }
        rows = found.rowinfo_map.items()
        hidden = (at + 1 for at, row in rows if row.hidden or row.height == 0)
        return Unseen(frozenset(hidden), failed)
    return Unseen()


def with_failed(rows: Iterable[Numbered], failed: Failed) -> Iterator[Numbered]:
    """Yield rows in which a cell whose formula has failed says so."""
    for number, cells in rows:
        here = failed.get(number, {})
        yield number, [here.get(at, cell) for at, cell in enumerate(cells)]


def _failed(part: bytes, margin: int) -> Failed:
    found: dict[int, dict[int, str]] = {}
    failed = _FAILED.findall(part) if _MAY_FAIL.search(part) else []
    if _MAY_COUNT.search(part):
        failed += _NOT_COUNTED.findall(part) + _NO_VALUE.findall(part)
    for letters, row, text in failed:
        at = functools.reduce(lambda at, letter: at * 26 + letter - 64, letters, 0) - 1
        found.setdefault(int(row), {})[at - margin] = text.decode() or WORDS["errors"][0]
    return found


def _part_of(parts: zipfile.ZipFile, sheet: str) -> bytes:
    book = parts.read(_BOOK)
    links = {each.get("name"): _attribute(each, "id") for each in _elements(book, "sheet")}
    found = _elements(parts.read(_LINKS), "Relationship")
    targets = {each.get("Id"): each.get("Target", "") for each in found}
    place = targets[links[sheet]]
    return parts.read(place.lstrip("/") if place.startswith("/") else f"xl/{place}")


def _of_rows(part: bytes) -> Iterator[int]:
    """Yield the numbers of hidden rows; a row that has none follows the one before."""
    if not any(mark.search(part) for mark in _MAY_HIDE):
        return
    number = 0
    for row in _ROW.finditer(part):
        written = _NUMBER.search(row[1])
        number = int(written[1]) if written else number + 1
        if _UNSEEN.search(row[1]):
            yield number


def _of_open_document(document: bytes, sheet: str) -> Iterator[int]:
    if b"visibility=" in document:
        for number, repeated, row in _open_rows(document, sheet):
            if _attribute(row, "visibility") in _HIDDEN:
                yield from range(number, number + min(repeated, MAX_ROWS))


def _open_failed(document: bytes, sheet: str, margin: int) -> Failed:
    found: dict[int, dict[int, str]] = {}
    if b'value-type="error"' in document:
        for number, _, row in _open_rows(document, sheet):
            at = -margin
            for cell in row:
                if ("value-type", "error") in _attributes(cell):
                    found.setdefault(number, {})[at] = "".join(cell.itertext())
                at += int(_attribute(cell, "number-columns-repeated") or 1)
    return found


def _open_rows(document: bytes, sheet: str) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Yield the rows of an open document, with their numbers and how often they are repeated."""
    tables = (each for each in _elements(document, "table") if _attribute(each, "name") == sheet)
    number = 1
    for row in (each for table in tables for each in table.iter() if _is_a(each, "table-row")):
        repeated = int(_attribute(row, "number-rows-repeated") or 1)
        yield number, repeated, row
        number += repeated


def _elements(document: bytes, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in ElementTree.fromstring(document).iter() if _is_a(each, name))


def _is_a(element: ElementTree.Element, name: str) -> bool:
    """Whether an element has that name, in whatever edition of its format."""
    return element.tag.rpartition("}")[2] == name


def _attribute(element: ElementTree.Element, name: str) -> str | None:
    return next((value for key, value in _attributes(element) if key == name), None)


def _attributes(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Yield attributes by their names, in whatever edition of a format."""
    return ((key.rpartition("}")[2], value) for key, value in element.items())
