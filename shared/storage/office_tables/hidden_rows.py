"""Rows that a filter or a hand has hidden: the library gives them like all others.

Of binary workbooks (XLS, XLSB) it is not known.
"""

import contextlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from shared.storage.office_tables.columns import MAX_ROWS

_BOOK, _LINKS, _OPEN = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "content.xml"
_ROW, _NUMBER = re.compile(rb"<(?:\w+:)?row\b([^>]*)"), re.compile(rb'\br="(\d+)"')
_UNSEEN = re.compile(rb'\b(?:hidden="(?:1|true)"|ht="0(?:\.0+)?")')
# A filter is declared in the book. In a longer sheet without one, rows that a hand has hidden are
# not looked for: that would cost a tenth of the reading.
_FILTER = b"_FilterDatabase"
_SHORT = 4 * 1024 * 1024
_HIDDEN = ("filter", "collapse")
# As `epochs` says, the library reads some packings that these do not.
_UNREAD = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, RuntimeError, OSError)


def hidden_rows(content: bytes, sheet: str) -> frozenset[int]:
    """Return the numbers of the hidden rows of a sheet."""
    with contextlib.suppress(*_UNREAD):
        parts = zipfile.ZipFile(io.BytesIO(content))
        if _BOOK in parts.namelist():
            return frozenset(_of_workbook(parts, sheet))
        return frozenset(_of_open_document(parts.read(_OPEN), sheet))
    return frozenset()


def _of_workbook(parts: zipfile.ZipFile, sheet: str) -> Iterator[int]:
    book = parts.read(_BOOK)
    links = {each.get("name"): _attribute(each, "id") for each in _elements(book, "sheet")}
    found = _elements(parts.read(_LINKS), "Relationship")
    targets = {each.get("Id"): each.get("Target", "") for each in found}
    place = targets[links[sheet]]
    part = parts.getinfo(place.lstrip("/") if place.startswith("/") else f"xl/{place}")
    if _FILTER in book or part.file_size <= _SHORT:
        yield from _of_rows(parts.read(part))


def _of_rows(part: bytes) -> Iterator[int]:
    """Yield the numbers of hidden rows; a row that has none follows the one before."""
    if _UNSEEN.search(part) is None:
        return
    number = 0
    for row in _ROW.finditer(part):
        written = _NUMBER.search(row[1])
        number = int(written[1]) if written else number + 1
        if _UNSEEN.search(row[1]):
            yield number


def _of_open_document(document: bytes, sheet: str) -> Iterator[int]:
    if b"visibility=" not in document:
        return
    tables = (each for each in _elements(document, "table") if _attribute(each, "name") == sheet)
    number = 0
    for row in (each for table in tables for each in table.iter() if _is_a(each, "table-row")):
        repeated = int(_attribute(row, "number-rows-repeated") or 1)
        if _attribute(row, "visibility") in _HIDDEN:
            yield from range(number + 1, number + 1 + min(repeated, MAX_ROWS))
        number += repeated


def _elements(document: bytes, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in ElementTree.fromstring(document).iter() if _is_a(each, name))


def _is_a(element: ElementTree.Element, name: str) -> bool:
    """Whether an element has that name, in whatever edition of its format."""
    return element.tag.rpartition("}")[2] == name


def _attribute(element: ElementTree.Element, name: str) -> str | None:
    values = (value for key, value in element.items() if key.rpartition("}")[2] == name)
    return next(values, None)
