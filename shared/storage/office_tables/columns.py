"""What is looked for in a table, and what is found in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple, Self

from shared.errors import Invalid
from shared.office_values import WORDS, day_of, is_month_first, visible

# How programs keep a spreadsheet from taking a text for a number.
_TEXT = re.compile(r'="([^"]*)"')
_DASHES = ("-", "–", "—", "--", "---")
# What 1C and .NET write where they have no day, and how spreadsheets show a 0 as a day.
_NO_DAYS = ("0001-01-01", "1899-12-30", "00.01.1900", "00:00:00", "0:00:00")
_NOTHING = frozenset((*_DASHES, *_NO_DAYS))
# How people say that a cell says the same as the one above it.
_DITTO = frozenset(WORDS["ditto"])
_ONE_DASH = str.maketrans("–—−", "---", " .")
# Errors of formulas have signs around them, «#ССЫЛКА!», or a number, «Err:502».
_FAILED = re.compile(
    rf"{'|'.join(WORDS['errors'])}|#[^\W\d_]+(?:/0)?[!?]|(?:{'|'.join(WORDS['error_numbers'])}):\d{{3}}",
    re.IGNORECASE,
)
MAX_ROWS = 200_000
# What a text may have between its cells.
DELIMITERS = ";\t,|"
# What a program puts where it cannot read a sign.
BROKEN = "\ufffd"
# A line through what a cell says: it is not meant any more.
STRUCK = "\u0336"
# What a record says in its first place that was not cut into cells: of one text, nobody knows
# which part is a name.
UNCUT = "\u22ef"
Kind = Literal["text", "date", "number", "person"]
Cells = dict[str, str]
# A row of a file with its number, as the file counts it.
Numbered = tuple[int, list[Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is looked for; `titles` are spellings of its head, the best one first.

    A `number` is that of a record in the files of an office; it has a digit. A `person` is how one
    is called or reached; a title may name another one. `headings` are districts by code, in all
    spellings, that may be named once, above the records of theirs.
    """

    name: str
    titles: tuple[str, ...]
    kind: Kind = "text"
    required: bool = False
    headings: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Row(NamedTuple):
    """A row as the file counts it; `cells` is None for one that is no record."""

    number: int
    cells: Cells | None


class Unseen(NamedTuple):
    """What a sheet does not show: rows, and columns by their places; by row, what else is seen.

    `said` is by place what a cell says that is no value of it; `struck` are places with a line
    through what they say.
    """

    rows: set[int]
    said: dict[int, dict[int, str]]
    struck: dict[int, set[int]]
    columns: set[int]

    @classmethod
    def nothing(cls) -> Self:
        """Return that of a sheet that shows all it has."""
        return cls(set(), {}, {}, set())

    def say(self, row: int, place: int, said: str, *, is_struck: bool = False) -> None:
        """Note what a cell says, if anything, and whether it is struck out."""
        if said:
            self.said.setdefault(row, {})[place] = said
        if is_struck:
            self.struck.setdefault(row, set()).add(place)


class Days:
    """Reads the days of a file: beside one with its month first, none is sure that may be both."""

    def __init__(self, epoch: date) -> None:
        self._epoch = epoch
        self._turned, self._unsure = "", False

    def read(self, text: str) -> str:
        """Return a day in ISO's spelling, else the text itself."""
        day = said(text) or text
        if "/" in day:
            is_turned = is_month_first(day)
            self._turned = self._turned or (day if is_turned else "")
            self._unsure |= is_turned is None
            if self._turned and self._unsure:
                raise Invalid("month_first", day=self._turned)
        return day_of(day, self._epoch)


def said(text: str) -> str:
    """Return what a cell says, without the signs by which a text is marked: 'text, ="text"."""
    seen = visible(text).removeprefix("'").lstrip()
    if formula := _TEXT.fullmatch(seen):
        seen = formula[1].strip()
    return "" if seen in _NOTHING or not seen.strip("_") else seen


def is_failed(text: str) -> bool:
    """Return whether a cell only says that its formula has failed: what it means is not known."""
    return _FAILED.fullmatch(text) is not None


def cut(text: str) -> list[list[str]]:
    """Return a text cut by each sign that a file may have between its cells."""
    return [text.split(sign) for sign in DELIMITERS]


def require_readable(cells: Cells) -> None:
    """Raise Invalid for a cell that does not say itself what it means: a phone is not none then."""
    if UNCUT in cells.values():
        raise Invalid("row_uncut")
    for name, text in cells.items():
        if is_failed(text) or text.startswith("="):  # or is one that no program has counted
            raise Invalid("formula_failed", f"/{name}")
        if BROKEN in text:
            raise Invalid("sign_broken", f"/{name}")
        if STRUCK in text:
            raise Invalid("cell_struck", f"/{name}")
        if text.lower().translate(_ONE_DASH) in _DITTO:
            raise Invalid("cell_ditto", f"/{name}")
