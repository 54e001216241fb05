"""What the library leaves out: what is hidden or struck out, formulas without a value.

It gives what a filter or a hand has hidden, or that has a line through, like all the rest, and
a cell whose formula has failed as an empty one, as it does where the program that wrote the file
has not counted it. A number that is shown with more signs, as 00013 or ЛД-13, comes without them.
Of old workbooks (XLS) another library says all that, but not whether a formula was counted; of
binary ones (XLSB) only what is hidden and failed is known. Nor does the library say from which day
a workbook counts its days, but of cells that are shown as days; those of old Macintoshes begin in
1904. A workbook of which this cannot be known is not read.
"""

import contextlib
import io
import zipfile
import zlib
from datetime import date

from shared.office_values import EPOCH
from shared.storage.office_tables.binary_parts import (
    counts_from_1904,
    link_of,
    unseen_of,
    unseen_of_old,
)
from shared.storage.office_tables.columns import Unseen
from shared.storage.office_tables.xml_parts import (
    Styles,
    elements,
    struck_texts,
    styles_of,
    unseen_of_open,
    unseen_of_sheet,
)

OLE = b"\xd0\xcf\x11\xe0"
EPOCH_1904 = date(1904, 1, 1)
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_OPEN, _OPEN_KIND = "content.xml", b"opendocument.spreadsheet"
_BINARY, _BINARY_LINKS = "xl/workbook.bin", "xl/_rels/workbook.bin.rels"
_STYLES, _TEXTS = "xl/styles.xml", "xl/sharedStrings.xml"
# Two records of an old workbook, which always follow each other: 1904, and the precision.
_OLD_1904 = bytes.fromhex("2200020001000e000200")


class _Parts(zipfile.ZipFile):
    """The parts of a packed workbook, by names in any case, as the library finds them."""

    def getinfo(self, name: str) -> zipfile.ZipInfo:
        """Return what is known of a part; raises KeyError."""
        named = (each for each in self.namelist() if each.lower() == name.lower())
        return super().getinfo(next(named, name))

    def has(self, *names: str) -> bool:
        """Return whether there is a part of one of these names."""
        return any(each.lower() in map(str.lower, names) for each in self.namelist())


def unseen(content: bytes, sheet: str, margin: int) -> Unseen:
    """Return what is left out of a sheet whose first columns, the `margin`, are empty."""
    if content.startswith(OLE):
        return unseen_of_old(content, sheet, margin)
    parts = _Parts(io.BytesIO(content))
    if parts.has(_BOOK):
        styles, texts = Styles({}, frozenset()), frozenset[str]()
        if parts.has(_STYLES):
            with parts.open(_STYLES) as part:
                styles = styles_of(part)
        if parts.has(_TEXTS):
            with parts.open(_TEXTS) as part:
                texts = struck_texts(part)
        with parts.open(_name_of(parts, sheet)) as part:
            return unseen_of_sheet(part, styles, texts, margin)
    if parts.has(_BINARY):
        link = link_of(parts.read(_BINARY), sheet)
        return unseen_of(parts.read(_target(parts, _BINARY_LINKS, link)), margin)
    with parts.open(_OPEN) as document:
        return unseen_of_open(document, sheet, margin)


def _name_of(parts: _Parts, sheet: str) -> str:
    """Return the name of the part of a sheet."""
    with parts.open(_BOOK) as book:
        for _, each in elements(book, "sheet"):
            if each.get("name") == sheet:
                links = (value for key, value in each.items() if key.endswith("}id"))
                return _target(parts, _LINKS, next(links))
    raise KeyError(sheet)


def _target(parts: _Parts, links: str, link: str) -> str:
    """Return the name of the part that a link of a workbook leads to."""
    with parts.open(links) as part:
        for _, each in elements(part, "Relationship"):
            if each.get("Id") == link:
                place = each.get("Target", "")
                return place.lstrip("/") if place.startswith("/") else f"xl/{place}"
    raise KeyError(link)


def is_packed_workbook(content: bytes) -> bool:
    """Whether an archive is a workbook, or a broken one may have been."""
    with contextlib.suppress(zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError):
        parts = _Parts(io.BytesIO(content))
        kind = parts.read("mimetype") if parts.has("mimetype") else b""
        return parts.has(_BOOK, _BINARY) or kind.endswith(_OPEN_KIND)
    return b"xl/" in content or _OPEN_KIND in content


def epoch_of(content: bytes) -> date:
    """Return the day that a workbook calls 0; it is asked of files that can be opened."""
    if content.startswith(OLE):
        return EPOCH_1904 if _OLD_1904 in content else EPOCH
    parts = _Parts(io.BytesIO(content))
    return EPOCH_1904 if _counts_from_1904(parts) else EPOCH


def _counts_from_1904(parts: _Parts) -> bool:
    if parts.has(_BINARY):
        return counts_from_1904(parts.read(_BINARY))
    if parts.has(_BOOK):
        with parts.open(_BOOK) as book:
            settings = (each for _, each in elements(book, "workbookPr"))
            return any(each.get("date1904") in ("1", "true") for each in settings)
    with parts.open(_OPEN) as document:
        # They come before the first row.
        first = next(elements(document, "null-date", "table-row"), None)
    return first is not None and any("1904-01-01" in said for said in first[1].attrib.values())
