"""From which day a workbook counts its days: the library says it only of cells shown as days.

A day that is shown as a number is that number; the workbooks of old Macintoshes begin in 1904.
"""

import contextlib
import io
import re
import zipfile
import zlib
from datetime import date

from shared.office_values import EPOCH
from shared.storage.office_tables.binary_parts import records_of

EPOCH_1904 = date(1904, 1, 1)

_SETTINGS = 64 * 1024
_XML = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true)[\"']")
_OPEN = re.compile(rb"<table:null-date\b[^>]*\bdate-value\s*=\s*[\"']1904-01-01")
# Records of a binary workbook: its properties, and the list of its sheets, which comes after.
_PROPERTIES, _SHEETS = 153, 143
# Two records of an old workbook, which always follow each other: 1904, and the precision.
_OLD = bytes.fromhex("2200020001000e000200")


def epoch_of(content: bytes) -> date:
    """Return the day that a workbook calls 0; it is asked of files that can be opened."""
    return EPOCH_1904 if _counts_from_1904(content) else EPOCH


def _counts_from_1904(content: bytes) -> bool:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return _OLD in content
    # The library reads some packings that this one does not: those are taken for usual ones.
    with contextlib.suppress(zipfile.BadZipFile, RuntimeError, OSError, EOFError, zlib.error):
        return _packed_counts_from_1904(zipfile.ZipFile(io.BytesIO(content)))
    return False


def _packed_counts_from_1904(parts: zipfile.ZipFile) -> bool:
    for name in parts.namelist():
        match name.lower().lstrip("/"):
            case "xl/workbook.xml":
                return _XML.search(_beginning(parts, name)) is not None
            case "xl/workbook.bin":
                return _has_flag(_beginning(parts, name))
            case "content.xml":
                return _OPEN.search(_beginning(parts, name)) is not None
    return False


def _beginning(parts: zipfile.ZipFile, name: str) -> bytes:
    with parts.open(name) as part:
        return part.read(_SETTINGS)


def _has_flag(book: bytes) -> bool:
    """Return whether the properties of a binary workbook say 1904."""
    for kind, body in records_of(book):
        if kind == _PROPERTIES:
            return bool(body[:1] and body[0] & 1)
        if kind == _SHEETS:
            break
    return False
