"""Tables as offices send them: the one reader of all services.

Guarantees
- the format of a file is read from its first bytes, not from its name or a clerk's choice;
- the head is found below titles, in one row or in two merged ones, by forgiving names;
- every row is counted as the file counts it; rows that are no records are skipped and counted;
- a broken or hostile file is a refusal in words: it is read in a process of its own, whose memory
  and time are bounded, so that it can end nothing but itself.
"""

import csv
import io
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Literal

from shared import settings
from shared.errors import Invalid
from shared.office_values import WORDS, day_of, text_of

MAX_ROWS = 200_000
MAX_CELL = 2_000
HEAD_WITHIN = 20
MEMORY_BYTES = 1024**3
SECONDS = 25

_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ";\t,|"
_ENCODINGS = ["utf_8", "cp1251", "utf_16", "cp866", "koi8_r"]
# One letter is written with its dots or without.
_YO = {0x451: 0x435}
_FOOTERS = tuple(WORDS["footers"])

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is looked for; `titles` are spellings of its head, the best one first."""

    name: str
    titles: tuple[str, ...]
    kind: Literal["text", "date"] = "text"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the file counts it; `cells` is None for one that is no record."""

    number: int
    cells: Cells | None


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A table with one row of JSON a line, and how the file itself calls its columns."""

    titles: dict[str, str]
    records: int
    lines: bytes


@dataclass(frozen=True, slots=True)
class _Head:
    places: dict[int, Column]
    titles: dict[str, str]
    first: int
    span: int


def lay_out(content: bytes, columns: Sequence[Column]) -> LaidOut:
    """Read a file in a process of its own; raises Invalid with a reason for the clerk."""
    asked = json.dumps([asdict(column) for column in columns]).encode() + b"\n"
    environment = settings.environment_with(PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=asked + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Invalid("table_unreadable") from None
    if done.returncode:
        raise Invalid("table_unreadable")
    head, _, lines = done.stdout.partition(b"\n")
    answer = json.loads(head)
    if "refused" in answer:
        raise Invalid(answer["refused"], **answer["facts"])
    return LaidOut(answer["titles"], answer["records"], lines)


def row_of(line: bytes) -> Row:
    """One line of a table that was laid out."""
    number, cells = json.loads(line)
    return Row(number, cells)


def read(content: bytes, columns: Sequence[Column]) -> tuple[dict[str, str], Iterator[Row]]:
    """Return the file's own titles of the columns it has, and its rows; raises Invalid."""
    missing: Invalid | None = None
    for sheet in _sheets(content, columns):
        start = list(islice(sheet, HEAD_WITHIN + 1))
        head = _find_head(start, columns)
        if head is not None:
            return head.titles, _records(start, sheet, head)
        if start and missing is None:
            missing = _missing(start, columns)
    raise missing or Invalid("table_empty")


# from bytes to rows of cells ------------------------------------------------------------------

_Numbered = tuple[int, list[Any]]


def _sheets(content: bytes, columns: Sequence[Column]) -> Iterator[Iterator[_Numbered]]:
    if content.startswith(_BINARY):
        yield from _workbook(content)
    else:
        yield _text(_decoded(content), columns)


def _workbook(content: bytes) -> Iterator[Iterator[_Numbered]]:
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


def _text(text: str, columns: Sequence[Column]) -> Iterator[_Numbered]:
    def named(delimiter: str) -> int:
        start = list(islice(_split(text, delimiter), HEAD_WITHIN + 1))
        head = _find_head(start, columns)
        return len(head.titles) if head else -1

    return _split(text, max(_DELIMITERS, key=named))


def _split(text: str, delimiter: str) -> Iterator[_Numbered]:
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


# the head -------------------------------------------------------------------------------------


def _find_head(rows: Sequence[_Numbered], columns: Sequence[Column]) -> _Head | None:
    required = {column.name for column in columns if column.required}
    names = {_plain(title): column for column in columns for title in column.titles}
    for index, (_, upper) in enumerate(rows[:HEAD_WITHIN]):
        lower = rows[index + 1][1] if index + 1 < len(rows) else []
        merged = _merged(upper, lower, names)
        for cells, span in ((merged, 2), (upper, 1)):
            places = _places(cells, names)
            if required <= {column.name for column in places.values()}:
                titles = {column.name: text_of(cells[at]) for at, column in places.items()}
                return _Head(places, titles, index, span)
    return None


def _merged(upper: list[Any], lower: list[Any], names: dict[str, Column]) -> list[Any]:
    """Return a head of two rows as one; empty when the second is no part of a head."""
    above, below = _places(upper, names), _places(lower, names)
    if not (above and below) or any(text_of(lower[at]) for at in above if at < len(lower)):
        return []
    width = max(len(upper), len(lower))
    padded = [[*cells, *[""] * (width - len(cells))] for cells in (upper, lower)]
    return [
        one if at in above else other for at, (one, other) in enumerate(zip(*padded, strict=True))
    ]


def _places(cells: list[Any], names: dict[str, Column]) -> dict[int, Column]:
    """Locate the columns; the first of two with the same name counts."""
    found: dict[int, Column] = {}
    for at, cell in enumerate(cells):
        column = names.get(_plain(cell)) if isinstance(cell, str) else None
        if column is not None and column not in found.values():
            found[at] = column
    return found


def _plain(title: str) -> str:
    letters = "".join(c if c.isalnum() else " " for c in title.casefold().translate(_YO))
    return " ".join(letters.split())


def _missing(rows: Sequence[_Numbered], columns: Sequence[Column]) -> Invalid:
    """Name the first required column that the best of the first rows lacks."""
    names = {_plain(title): column for column in columns for title in column.titles}
    best = max((_places(cells, names) for _, cells in rows[:HEAD_WITHIN]), key=len)
    lacking = next(c for c in columns if c.required and c not in best.values())
    return Invalid("column_missing", column=lacking.titles[0])


# the records ----------------------------------------------------------------------------------


def _records(start: list[_Numbered], rest: Iterable[_Numbered], head: _Head) -> Iterator[Row]:
    below_title = head.first + head.span > 1
    for number, _ in start[: head.first + head.span] if below_title else []:
        yield Row(number, None)
    for number, cells in start[head.first + head.span :]:
        yield _record(number, cells, head)
    for number, cells in rest:
        if number > MAX_ROWS:
            raise Invalid("table_too_long", limit=MAX_ROWS)
        yield _record(number, cells, head)


def _record(number: int, cells: list[Any], head: _Head) -> Row:
    found: Cells = {}
    for at, column in head.places.items():
        text = text_of(cells[at]) if at < len(cells) else ""
        if len(text) > MAX_CELL:
            raise Invalid("line_too_long", line=number)
        if text:
            found[column.name] = day_of(text) if column.kind == "date" else text
    return Row(number, found if _is_record(found, head) else None)


def _is_record(found: Cells, head: _Head) -> bool:
    """Whether a row describes a person: not empty, no second head, no total, no signature."""
    if not found or found.items() <= head.titles.items():
        return False
    first = next(iter(found.values())).casefold()
    numbered = any(letter.isdigit() for letter in first)
    complete = all(c.name in found for c in head.places.values() if c.required)
    if first.startswith(_FOOTERS):
        return complete and numbered
    return complete or len(found) > 1 or (numbered and " " not in first)


# the process of its own -----------------------------------------------------------------------


def _main() -> None:
    """Answer one `lay_out`: columns in the first line of the input, then the file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked, _, content = sys.stdin.buffer.read().partition(b"\n")
    columns = [Column(**each | {"titles": tuple(each["titles"])}) for each in json.loads(asked)]
    out = io.BytesIO()
    try:
        titles, rows = read(content, columns)
        dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        records = 0
        for row in rows:
            records += row.cells is not None
            out.write(f"{dump([row.number, row.cells])}\n".encode())
        answer: dict[str, Any] = {"titles": titles, "records": records}
    except Invalid as refused:
        out = io.BytesIO()
        answer = {"refused": refused.code, "facts": dict(refused.facts)}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + out.getvalue())


if __name__ == "__main__":
    _main()
