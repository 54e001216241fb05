"""From the bytes of a file to its rows of cells, whatever program wrote it."""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice

from shared.errors import Invalid
from shared.office_values import EPOCH, WORDS
from shared.storage.office_tables.columns import BROKEN, DELIMITERS, Column, Numbered, Unseen
from shared.storage.office_tables.headings import find_any_head
from shared.storage.office_tables.heads import FIRST_ROWS
from shared.storage.office_tables.merged_cells import Range, within
from shared.storage.office_tables.unseen import OLE, epoch_of, is_packed_workbook, unseen

_ZIP = b"PK\x03\x04"
# What is found in the directory of an old workbook, and of one under a password.
_OLD = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# How files begin that are no tables, though their program may show one.
_FOREIGN = (
    b"%PDF",
    b"<",
    b"{",  # RTF, JSON, a link of Google's drive
    b"[InternetShortcut]",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\x89PNG",
    b"GIF8",
    b"RIFF",
    b"\xff\xd8\xff",
    b"MOXCEL",  # 1C's own tables
    b"MIME-Version:",
    b"ID;PWXL;",  # interchanges, by the programs that write them: «ID;PHONE» heads a table
    b"ID;PCALC",
    b"ID;PSCALC",
)
_PHOTO, _BEGINNING = b"ftyp", 64 * 1024
_NO_SIGN = "\x1f"
# A text that begins with a whole cell in single quotes has them around all that are quoted.
_IN_SINGLE = re.compile(rf"\s*'[^'\r\n]*'\s*[{DELIMITERS}\r\n]")
_ENDS = tuple(WORDS["footers"])
# How old programs end a text, and fill up the rest of its block.
_END, _AFTER_END = b"\x1a", b"\0\x1a"
_NARROW = ["cp1251", "cp866", "koi8_r", "mac_cyrillic"]
_NOT_RUSSIAN = re.compile(r"[^\x00-\x7fа-яёА-ЯЁ«»№–—\xa0]")
_RUSSIAN = re.compile(r"[а-яёА-ЯЁ]")
_CAPITAL_WITHIN = re.compile(r"[а-яё](?=[А-ЯЁ])")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook, or a text; days that are numbers count from the `epoch`.

    `merged` are the places of cells that are one; `unseen` reads what the library leaves out.
    """

    name: str
    rows: Iterator[Numbered]
    epoch: date = EPOCH
    merged: Sequence[Range] = ()
    unseen: Callable[[], Unseen] = Unseen.nothing


def sheets(content: bytes, columns: Sequence[Column], *, hidden: bool = False) -> Iterator[Sheet]:
    """Yield the visible (or the hidden) sheets of a workbook, or the one of a text, row by row."""
    if content.startswith((_ZIP, OLE)):
        yield from _workbook(content, hidden)
    elif _is_foreign(content[:_BEGINNING]):
        raise Invalid("table_foreign")
    elif not hidden:
        yield Sheet("", _text(_decoded(content, columns), columns))


def _is_foreign(beginning: bytes) -> bool:
    """Whether a file is no table, also one with two bytes a letter, or a photo of a phone."""
    letters = beginning.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return (
        beginning.startswith(_FOREIGN) or letters.startswith(_FOREIGN) or beginning[4:8] == _PHOTO
    )


def _workbook(content: bytes, hidden: bool) -> Iterator[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    is_old = content.startswith(OLE)
    if is_old and _LOCKED in content:
        raise Invalid("table_locked")
    if not (any(name in content for name in _OLD) if is_old else is_packed_workbook(content)):
        raise Invalid("table_foreign")
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        epoch = epoch_of(content)
        for sheet in book.sheets_metadata:
            is_hidden = sheet.visible is not SheetVisibleEnum.Visible
            if is_hidden is hidden and sheet.typ is SheetTypeEnum.WorkSheet:
                found = book.get_sheet_by_name(sheet.name)
                _, margin = found.start or (0, 0)
                merged = within(found.merged_cell_ranges or (), margin)
                rest = partial(unseen, content, sheet.name, margin)
                yield Sheet(sheet.name, enumerate(found.iter_rows(), 1), epoch, merged, rest)
    except CalamineError:
        raise Invalid(_why_unread(content)) from None


def _why_unread(content: bytes) -> str:
    """Return why a workbook is not read; the library names a password only for a named file."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    with tempfile.NamedTemporaryFile(suffix=".xls" if content.startswith(OLE) else ".ods") as file:
        file.write(content)
        file.flush()
        try:
            CalamineWorkbook.from_path(file.name)
        except PasswordError:
            return "table_locked"
        except CalamineError:
            pass
    return "table_unreadable"


def _decoded(content: bytes, columns: Sequence[Column]) -> str:
    """Return a text. What is UTF-8 is so by no chance; of the rest heads and letters decide.

    The library alone misreads, or gives up, one of 20 tables of a few short rows; it puts the
    readings in order where neither a head nor a letter speaks for one.
    """
    plain = content.rstrip(_AFTER_END)
    wide = _wide_encoding(plain[:_BEGINNING])
    if not wide and _END in content[len(plain) :]:
        content = plain
    try:
        texts = [content.decode(wide or "utf_8").lstrip("\ufeff")]
    except UnicodeDecodeError:
        texts = [] if wide else _narrow_readings(content)
    texts = [text for text in texts if "\0" not in text]
    if not texts:
        raise Invalid("table_unreadable")
    if len(texts) == 1:
        return texts[0]
    heads = {text: max(_named(text, each, columns) for each in DELIMITERS) for text in texts}
    return max(texts, key=lambda text: (heads[text], -_odd_signs(text[:_BEGINNING])))


def _narrow_readings(content: bytes) -> list[str]:
    """Return what a text may say; one of UTF-8 stays that where a program cut letters in half."""
    from charset_normalizer import from_bytes

    damaged = content.decode("utf_8", "replace")
    if len(_RUSSIAN.findall(damaged)) > damaged.count(BROKEN):
        return [damaged.lstrip("\ufeff")]
    return list(map(str, from_bytes(content, cp_isolation=_NARROW, threshold=1.0)))


def _odd_signs(text: str) -> int:
    """Count what a table in Russian hardly holds: other letters, and capitals within a word."""
    return len(_NOT_RUSSIAN.findall(text)) + len(_CAPITAL_WITHIN.findall(text))


def _wide_encoding(beginning: bytes) -> str | None:
    """Return the encoding of a text with two bytes a letter: one that has many zeros."""
    if beginning.count(0) * 50 <= len(beginning):
        return None
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf_16"
    return "utf_16_le" if beginning[1::2].count(0) > beginning[::2].count(0) else "utf_16_be"


def _text(text: str, columns: Sequence[Column]) -> Iterator[Numbered]:
    delimiter = max(DELIMITERS, key=lambda each: _named(text, each, columns))
    if _named(text, delimiter, columns) < 0 and (inner := _unwrapped(text)) is not None:
        return _text(inner, columns)
    return _split(text, delimiter, tried=False)


def _unwrapped(text: str) -> str | None:
    """Return the table that a program took for one column, and saved with a cell a line."""
    first = next(filter(None, map(str.strip, text.splitlines())), "")
    if not (len(first) > 1 and first[0] == first[-1] == '"'):
        return None
    return "\n".join(" ".join("".join(cells).split("\n")) for _, cells in _split(text, _NO_SIGN))


def _named(text: str, delimiter: str, columns: Sequence[Column]) -> int:
    """Return how many columns the head of a text names; -1 when it has none."""
    start = list(islice(_split(text, delimiter), FIRST_ROWS))
    head = find_any_head(start, columns)
    return len(head.titles) if head else -1


def _split(text: str, delimiter: str, *, tried: bool = True) -> Iterator[Numbered]:
    """Yield the rows of a text; of one that is no more `tried` the last must be whole."""
    quote = "'" if _IN_SINGLE.match(text) else '"'
    cells_of = partial(csv.reader, delimiter=delimiter, quotechar=quote, skipinitialspace=True)
    lines = cells_of(io.StringIO(text, newline=""))
    began, number, width, widths, last = 1, 1, 0, set[int](), list[str]()
    try:
        for cells in lines:
            widths.add(len(last))
            began, last = number, cells
            width = max(width, len(cells))
            if lines.line_num > number and _swallowed(cells, delimiter, width):
                raise Invalid("quote_unclosed", line=number)
            yield number, cells
            number = lines.line_num + 1
    except csv.Error:
        code = "quote_unclosed" if lines.line_num > number else "line_too_long"
        raise Invalid(code, line=number) from None
    if not tried:
        _require_closed(text, cells_of, began)
    if not tried and widths == {0, width} and _is_cut(last, width, text):
        raise Invalid("table_cut", line=number - 1)


def _require_closed(text: str, cells_of: Callable[..., Iterator[list[str]]], number: int) -> None:
    """Refuse a text whose last row, of that number, ends within a quote."""
    last = islice(io.StringIO(text, newline=""), number - 1, None)
    *_, end = cells_of([*last, _NO_SIGN])
    if end != [_NO_SIGN]:
        raise Invalid("quote_unclosed", line=number)


def _is_cut(last: list[str], width: int, text: str) -> bool:
    """Whether the last row is shorter than all others, no signature, and lacks its end."""
    whole = text.endswith(("\n", "\r")) or not 0 < len(last) < width
    return not whole and not last[0].strip().casefold().startswith(_ENDS)


def _swallowed(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether a quote that was never closed made whole rows into a part of one cell."""
    return width > 2 and any(
        line.count(delimiter) >= width - 1 for cell in cells for line in cell.splitlines()[1:]
    )
