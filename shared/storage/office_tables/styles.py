"""How a workbook shows what its cells hold: days, signs around a number, and lines through it.

The library says from which day a workbook counts its days only of cells shown as days. One that is
shown as a number is that number; the workbooks of old Macintoshes begin in 1904.
"""

import contextlib
import functools
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from datetime import date
from html import unescape
from typing import NamedTuple

from shared.office_values import EPOCH, NumberFormat, number_format
from shared.storage.office_tables.binary_parts import records_of

EPOCH_1904 = date(1904, 1, 1)

_SETTINGS = 64 * 1024
# Attributes are in single quotes, or have spaces around their sign; few programs write so.
_UNUSUAL = re.compile(rb"""<[A-Za-z][^<>]{0,300}?[\w:](?:\s{1,9}=|=\s|=')""")
_ATTRIBUTE = re.compile(rb"""\s{0,9}=\s{0,9}(["'])([^<>]{0,300}?)\1""")
_XML = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true)[\"']")
_OPEN = re.compile(rb"<table:null-date\b[^>]*\bdate-value\s*=\s*[\"']1904-01-01")
# Records of a binary workbook: its properties, and the list of its sheets, which comes after.
_PROPERTIES, _SHEETS = 153, 143
# Two records of an old workbook, which always follow each other: 1904, and the precision.
_OLD = bytes.fromhex("2200020001000e000200")

# A hostile sheet is long: no part of these looks further than its own tag, or the next one.
WITHIN = rb"[^<>]{0,300}"
FORMULA = rb"<(?:\w+:)?f\b%s(?:/>|>[^<]*</(?:\w+:)?f>)" % WITHIN
# Formats of numbers, fonts that are struck out, and the styles that have them, in order.
_NUMBERS = re.compile(
    rb'<(?:\w+:)?numFmt\b(?=[^<>]*\bnumFmtId="(\d+)")[^<>]*\bformatCode="([^<>"]{2,200})"'
)
_FONT = re.compile(rb"<(?:\w+:)?font\b[^<>]*(?:/>|(?<!/)>(.{0,2000}?)</(?:\w+:)?font>)", re.DOTALL)
_STRUCK = re.compile(rb'<(?:\w+:)?strike\b(?![^<>]*\bval="(?:0|false)")')
_HIDDEN = re.compile(
    rb'<(?:\w+:)?col\b(?=[^<>]*\b(?:hidden="(?:1|true)"|width="0(?:\.0+)?"))'
    rb'(?=[^<>]*\bmin="(\d{1,5})")[^<>]*\bmax="(\d{1,5})"'
)
_TEXT_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_STYLE = re.compile(rb"<(?:\w+:)?xf\b([^<>]*)")
_FORMAT_OF, _FONT_OF = re.compile(rb'\bnumFmtId="(\d+)"'), re.compile(rb'\bfontId="(\d+)"')

# By row, what some of its places say, and which of them are struck out.
Said = Mapping[int, Mapping[int, str]]
Struck = Mapping[int, set[int]]


class Styles(NamedTuple):
    """By number of a style, what it shows beside a number; the styles that are struck out."""

    shown: Mapping[bytes, NumberFormat] = {}
    struck: frozenset[bytes] = frozenset()


class Parts(zipfile.ZipFile):
    """The parts of a packed workbook, by names in any case, as the library finds them."""

    def getinfo(self, name: str) -> zipfile.ZipInfo:
        """Return what is known of a part; raises KeyError."""
        named = (each for each in self.namelist() if each.lower() == name.lower())
        return super().getinfo(next(named, name))

    def has(self, *names: str) -> bool:
        """Return whether there is a part of one of these names."""
        return any(each.lower() in map(str.lower, names) for each in self.namelist())

    def xml(self, name: str) -> bytes:
        """Return a part with its attributes as most programs write them: hidden="1"."""
        part = self.read(name) if self.has(name) else b""
        return _ATTRIBUTE.sub(_usual, part) if is_unusual(part) else part


def is_unusual(part: bytes) -> bool:
    """Return whether XML has attributes in another spelling, as its beginning shows."""
    return _UNUSUAL.search(part[:_SETTINGS]) is not None


def _usual(attribute: re.Match[bytes]) -> bytes:
    return b'="%s"' % attribute[2].replace(b'"', b"&quot;")


def styles_of(part: bytes) -> Styles:
    """Return what is special in the styles of a workbook."""
    coded = (
        (name, number_format(unescape(code.decode()))) for name, code in _NUMBERS.findall(part)
    )
    more = {name: form for name, form in coded if form}
    fonts = enumerate(_FONT.findall(_within(part, b"fonts")))
    struck = {b"%d" % at for at, font in fonts if _STRUCK.search(font)}
    if not (more or struck):
        return Styles()
    used = [(b"%d" % at, each) for at, each in enumerate(_STYLE.findall(_within(part, b"cellXfs")))]
    formats = {at: found[1] for at, each in used if (found := _FORMAT_OF.search(each))}
    letters = {at: found[1] for at, each in used if (found := _FONT_OF.search(each))}
    return Styles(
        {at: more[name] for at, name in formats.items() if name in more},
        frozenset(at for at, name in letters.items() if name in struck),
    )


def _within(part: bytes, name: bytes) -> bytes:
    return part.partition(name)[2].partition(name)[0]


def as_shown(part: bytes, shown: Mapping[bytes, NumberFormat], margin: int, said: Said) -> Said:
    """Return what cells say, also where a format shows more than a number; not in a text."""
    if not shown:
        return said
    place, style = rb'(?=%s\br="([A-Z]{1,3})(\d{1,7})")' % WITHIN, b"|".join(shown)
    number = re.compile(
        rb'<(?:\w+:)?c\b%s(?!%s\bt="(?!n"))%s\bs="(%s)"%s(?<!/)>(?:%s)?<(?:\w+:)?v>'
        rb"(\d{1,30})(?:\.0{1,30})?<" % (place, WITHIN, WITHIN, style, WITHIN, FORMULA)
    )
    found = {row: dict(cells) for row, cells in said.items()}
    for letters, row, of_style, digits in number.findall(part):
        at = place_of(letters) - margin
        found.setdefault(int(row), {})[at] = shown[of_style].show(digits.decode())
    return found


def struck_in(
    part: bytes, styles: Collection[bytes], texts: Collection[int], margin: int
) -> Struck:
    """Return where cells have a style that is struck out, or one of these shared texts."""
    found: dict[int, set[int]] = {}
    place = rb'<(?:\w+:)?c\b(?=%s\br="([A-Z]{1,3})(\d{1,7})")' % WITHIN
    if styles:
        cell = re.compile(rb'%s%s\bs="(?:%s)"' % (place, WITHIN, b"|".join(styles)))
        for letters, row in cell.findall(part):
            found.setdefault(int(row), set()).add(place_of(letters) - margin)
    if texts:
        shared = re.compile(rb'%s%s\bt="s"%s><(?:\w+:)?v>(\d{1,9})<' % (place, WITHIN, WITHIN))
        for letters, row, text in shared.findall(part):
            if int(text) in texts:
                found.setdefault(int(row), set()).add(place_of(letters) - margin)
    return found


def struck_texts(part: bytes) -> frozenset[int]:
    """Return which of the texts that cells share are struck out in part."""
    if b"strike" not in part:
        return frozenset()
    texts = enumerate(_TEXT_END.split(part))
    return frozenset(at for at, text in texts if _STRUCK.search(text))


def hidden_columns(part: bytes, margin: int) -> frozenset[int]:
    """Return the places of the columns that a sheet does not show."""
    spans = (range(int(first) - 1, int(last)) for first, last in _HIDDEN.findall(part))
    return frozenset(at - margin for span in spans for at in span)


def place_of(letters: bytes) -> int:
    """Return the number of a column, from 0."""
    return functools.reduce(lambda at, letter: at * 26 + letter - 64, letters, 0) - 1


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
