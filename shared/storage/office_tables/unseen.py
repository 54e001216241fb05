"""What the library leaves out: what is hidden or struck out, formulas without a value.

It gives what a filter or a hand has hidden, or that has a line through, like all the rest, and
a cell whose formula has failed as an empty one, as it does where the program that wrote the file
has not counted it. A number that is shown with more signs, as 00013 or ЛД-13, comes without them.
Of old workbooks (XLS) another library says all that, but not whether a formula was counted; of
binary ones (XLSB) only what is hidden and failed is known.
"""

import contextlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple
from xml.etree import ElementTree

from shared.office_values import WORDS
from shared.storage.office_tables.binary_parts import link_of, unseen_of, unseen_of_old
from shared.storage.office_tables.columns import MAX_ROWS
from shared.storage.office_tables.styles import (
    FORMULA,
    WITHIN,
    Parts,
    Said,
    Struck,
    as_shown,
    hidden_columns,
    is_unusual,
    place_of,
    struck_in,
    struck_texts,
    styles_of,
)

OLE = b"\xd0\xcf\x11\xe0"
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_OPEN, _OPEN_KIND = "content.xml", b"opendocument.spreadsheet"
_BINARY, _BINARY_LINKS = "xl/workbook.bin", "xl/_rels/workbook.bin.rels"
_STYLES, _TEXTS = "xl/styles.xml", "xl/sharedStrings.xml"
_ROW, _NUMBER = re.compile(rb"<(?:\w+:)?row\b([^>]*)"), re.compile(rb'\br="(\d+)"')
_UNSEEN = re.compile(rb'\b(?:hidden="(?:1|true)"|ht="0(?:\.0+)?")')
_FAILED = re.compile(
    rb'<(?:\w+:)?c\b(?=%s\br="([A-Z]{1,3})(\d{1,7})")%s\bt="e"%s(?<!/)>'
    rb"(?:%s)?<(?:\w+:)?v>([^<]{0,30})<" % (WITHIN, WITHIN, WITHIN, FORMULA)
)
# A program that does not count wrote it, and whoever opens the file sees a value.
_NOT_COUNTED = re.compile(
    rb'<(?:\w+:)?c\b(?=%s\br="([A-Z]{1,3})(\d{1,7})")%s(?<!/)>%s()</(?:\w+:)?c>'
    % (WITHIN, WITHIN, FORMULA)
)
# Some programs write a value without a word; of a text (`str`) it would be one.
_NO_VALUE = re.compile(
    rb'<(?:\w+:)?c\b(?=%s\br="([A-Z]{1,3})(\d{1,7})")(?!%s\bt="str")%s(?<!/)>'
    rb"%s()<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>)</(?:\w+:)?c>" % (WITHIN, WITHIN, WITHIN, FORMULA)
)
# A remark of a cell comes before its text. A thousand is shown with spaces: they say no more.
_OPEN_SHOWN = re.compile(
    rb'value-type="float"[^<>]*>(?:<office:annotation|<text:p>(?:0\d|[^<]*[^<\d\s.,\xa0\xc2]))'
)
_NO_MORE = re.compile(r"[\d\s.,]*")
_OPEN_STRUCK = re.compile(rb'text-line-through-style="(?!none)')
# Texts without which no tag of what is looked for is, by a letter that few sheets have at all. A
# long sheet is searched for them as it is unpacked, which costs little more than unpacking it.
_MARKS = {
    b"h": (re.compile(rb'hidden="[1t]'), re.compile(rb'ht="0'), re.compile(rb'width="0')),
    b"f": (re.compile(rb"f>"),),
    b"#": (re.compile(rb't="e"'),),
}
_BLOCK, _LONGEST = 256 * 1024, 100  # an error's sign comes some tens of signs after its type
_HIDDEN = ("filter", "collapse")
# As `styles` says, the library reads some packings that these do not.
_UNREAD = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, RuntimeError, OSError,
    ValueError,
)  # fmt: skip


class Unseen(NamedTuple):
    """Hidden rows; by row, what failed in which of its places, or is struck out; hidden columns."""

    rows: frozenset[int] = frozenset()
    failed: Said = {}
    struck: Struck = {}
    columns: frozenset[int] = frozenset()


def unseen(content: bytes, sheet: str, margin: int) -> Unseen:
    """Return what is left out of a sheet whose first columns, the `margin`, are empty."""
    if content.startswith(OLE):
        return Unseen(*unseen_of_old(content, sheet, margin))
    with contextlib.suppress(*_UNREAD):
        parts = Parts(io.BytesIO(content))
        if parts.has(_BOOK):
            shown, struck = styles_of(parts.xml(_STYLES))
            texts = struck_texts(parts.xml(_TEXTS))
            part = _part_of(parts, sheet, any_part=bool(shown or struck or texts))
            said = as_shown(part, shown, margin, _failed(part, margin))
            lines, columns = struck_in(part, struck, texts, margin), hidden_columns(part, margin)
            return Unseen(frozenset(_of_rows(part)), said, lines, columns)
        if parts.has(_BINARY):
            link = link_of(parts.read(_BINARY), sheet)
            name = _target(parts.read(_BINARY_LINKS), link)
            return Unseen(*unseen_of(parts.read(name), margin))
        document = parts.xml(_OPEN)
        hidden = frozenset(_open_hidden(document, sheet, "row", 1))
        failed = _open_failed(document, sheet, margin)
        columns = frozenset(_open_hidden(document, sheet, "column", -margin))
        return Unseen(hidden, failed, _open_struck(document, sheet, margin), columns)
    return Unseen()


def is_packed_workbook(content: bytes) -> bool:
    """Whether an archive is a workbook, or a broken one may have been."""
    with contextlib.suppress(*_UNREAD):
        parts = Parts(io.BytesIO(content))
        return parts.has(_BOOK, _BINARY) or parts.xml("mimetype").endswith(_OPEN_KIND)
    return b"xl/" in content or _OPEN_KIND in content


def _failed(part: bytes, margin: int) -> Said:
    found: dict[int, dict[int, str]] = {}
    failed = _FAILED.findall(part) if b't="e"' in part else []
    if b"f>" in part:
        failed += _NOT_COUNTED.findall(part) + _NO_VALUE.findall(part)
    for letters, row, text in failed:
        text = text.decode() or WORDS["errors"][0]
        found.setdefault(int(row), {})[place_of(letters) - margin] = text
    return found


def _part_of(parts: Parts, sheet: str, *, any_part: bool) -> bytes:
    book = parts.read(_BOOK)
    links = {each.get("name"): _attribute(each, "id") for each in _elements(book, "sheet")}
    name = _target(parts.read(_LINKS), links[sheet])
    with parts.open(name) as part:
        is_plain = not any_part and not _is_marked(part)
    return b"" if is_plain else parts.xml(name)


def _target(links: bytes, link: str | None) -> str:
    """Return the name of the part that a link of a workbook leads to."""
    found = _elements(links, "Relationship")
    place = {each.get("Id"): each.get("Target", "") for each in found}[link]
    return place.lstrip("/") if place.startswith("/") else f"xl/{place}"


def _is_marked(part: IO[bytes]) -> bool:
    end = b""
    while block := part.read(_BLOCK):
        seen = end + block
        marks = (mark for letter, each in _MARKS.items() if letter in seen for mark in each)
        if (not end and is_unusual(seen)) or any(mark.search(seen) for mark in marks):
            return True
        end = seen[-_LONGEST:]
    return False


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


def _open_hidden(document: bytes, sheet: str, kind: str, first: int) -> Iterator[int]:
    """Yield the hidden rows or columns of an open document, which are counted from the first."""
    if b"visibility=" in document:
        for number, repeated, part in _open_parts(document, sheet, kind, first):
            if _attribute(part, "visibility") in _HIDDEN:
                yield from range(number, number + min(repeated, MAX_ROWS))


def _open_failed(document: bytes, sheet: str, margin: int) -> Said:
    found: dict[int, dict[int, str]] = {}
    if b'value-type="error"' in document or _OPEN_SHOWN.search(document):
        for number, repeated, row in _open_parts(document, sheet):
            at = -margin
            for cell in row:
                if shown := _open_text(cell):
                    for each in range(number, number + min(repeated, MAX_ROWS)):
                        found.setdefault(each, {})[at] = shown
                at += int(_attribute(cell, "number-columns-repeated") or 1)
    return found


def _open_struck(document: bytes, sheet: str, margin: int) -> Struck:
    found: dict[int, set[int]] = {}
    if _OPEN_STRUCK.search(document):
        struck = {
            _attribute(each, "name")
            for each in _elements(document, "style")
            for letters in each
            if _attribute(letters, "text-line-through-style") not in (None, "none")
        }
        for number, repeated, row in _open_parts(document, sheet):
            at = -margin
            for cell in row:
                if any(_attribute(each, "style-name") in struck for each in cell.iter()):
                    for each in range(number, number + min(repeated, MAX_ROWS)):
                        found.setdefault(each, set()).add(at)
                at += int(_attribute(cell, "number-columns-repeated") or 1)
    return found


def _open_text(cell: ElementTree.Element) -> str:
    """Return what a cell shows, where that is no value of it: an error, or signs at a number."""
    kinds = {value for name, value in _attributes(cell) if name == "value-type"}
    # A remark to a cell is none of its own texts.
    shown = "\n".join("".join(each.itertext()) for each in cell if _is_a(each, "p"))
    number = "".join(filter(str.isdecimal, shown)).lstrip("0") or "0"
    is_more = shown[:1] == "0" != shown or not _NO_MORE.fullmatch(shown)
    is_shown = "float" in kinds and is_more and number == _attribute(cell, "value")
    return shown if "error" in kinds or is_shown else ""


def _open_parts(
    document: bytes, sheet: str, kind: str = "row", first: int = 1
) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Yield the rows or columns of an open document, their numbers and how often they repeat."""
    tables = (each for each in _elements(document, "table") if _attribute(each, "name") == sheet)
    number, name = first, f"table-{kind}"
    for part in (each for table in tables for each in table.iter() if _is_a(each, name)):
        repeated = int(_attribute(part, f"number-{kind}s-repeated") or 1)
        yield number, repeated, part
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
