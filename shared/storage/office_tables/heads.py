"""The head of a table: found below titles, in one row or some merged ones, by forgiving names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, NamedTuple

from shared.errors import Invalid
from shared.office_values import LOOK_ALIKES, WORDS, text_of, visible, with_number_sign
from shared.storage.office_tables.columns import Cells, Column, Numbered

HEAD_WITHIN = 20
# What is looked at for a head: also a row that may be a part of the last one.
FIRST_ROWS = HEAD_WITHIN + 1
HIGHEST = 3

_NUMBER = WORDS["number"].translate(LOOK_ALIKES)
# How a word goes on in the next line of its cell.
_BROKEN = re.compile(r"(?<=\w)[-\u00ad]\s*\n\s*")
# «1. Номер дела»: the number of the column.
_ORDER = re.compile(r"^\s*\d+[.)]\s*(?=\D)")
_PLACE = re.compile(r"\s+№?\s?\d$")
# Between the letters of a word that is written by its initials.
_INITIALS = re.compile(r"(?<=\b[^\W\d]) (?=[^\W\d]\b)")
_REMARK = re.compile(r"\([^)]*\)")
_DIGIT = re.compile(r"\d")
_OTHERS = re.compile(rf"\([^)]*\b(?:{'|'.join(WORDS['others'])})", re.IGNORECASE)


_Names = dict[str, Column]


class Double(NamedTuple):
    """A column that says the same as another one, under a name of its own."""

    name: str
    title: str
    of: str


@dataclass(frozen=True)
class Head:
    """Where the columns are, what the file calls them, and which rows the head takes.

    `key` is the first required column, by which a record is known; `unread` are the titles of
    columns that were not asked for. `doubles` have places, too. `said` is what its rows say there;
    `names` are the spellings of all columns.
    """

    key: str
    places: dict[int, Column]
    titles: dict[str, str]
    doubles: tuple[Double, ...]
    unread: tuple[str, ...]
    first: int
    span: int
    said: frozenset[str] = frozenset()
    names: _Names = field(default_factory=dict)

    @cached_property
    def key_at(self) -> int:
        """The place of the key."""
        return next(at for at, column in self.places.items() if column.name == self.key)

    @cached_property
    def numbered(self) -> bool:
        """Whether the key is a number, and no name."""
        return self.places[self.key_at].kind == "number"

    def title_of(self, name: str) -> str:
        """Return what the file calls a column, also one that says the same as another."""
        return self.titles.get(name) or next(
            each.title for each in self.doubles if each.name == name
        )

    @cached_property
    def texts(self) -> frozenset[str]:
        """The texts of the cells of the head that are read."""
        return self.said.union(self.titles.values(), (double.title for double in self.doubles))

    @cached_property
    def _required(self) -> dict[str, int]:
        """The places of columns that a record must have and the head names."""
        places = self.places.items()
        return {each.name: at for at, each in places if each.required and each.name in self.titles}

    def is_complete(self, found: Cells) -> bool:
        """Whether a row has all that a record must have."""
        return all(each.name in found for each in self.places.values() if each.required)

    def may_begin_at(self, key: str) -> bool:
        """Whether a row with that key may be a head: it is no number of a record, or a title."""
        if self.numbered:
            return _DIGIT.search(key) is None
        return _plain(key) in self.names

    def begins_again(self, cells: Sequence[Any]) -> bool | None:
        """Whether a row is a head, maybe in other words: True for the same columns, None for none.

        A head whose columns are in other places is one of another table.
        """
        found = {each.name: at for at, cell in enumerate(cells)
                 if isinstance(cell, str) and (each := self.names.get(_plain(cell)))}  # fmt: skip
        if not found.keys() >= self._required.keys():
            return None
        return all(found[name] == at for name, at in self._required.items())


def find_head(rows: Sequence[Numbered], columns: Sequence[Column]) -> Head | None:
    """Return the head within the first rows, or None when a required column is missing.

    Of one row and the same with the next ones, merged, that which names more columns counts.
    """
    required = [column.name for column in columns if column.required]
    names = _names(columns)
    for index in range(len(rows[:HEAD_WITHIN])):
        found, cells = list[Head](), rows[index][1]
        for span, (_, lower) in enumerate([*rows[index + 1 : index + HIGHEST], (0, [])], 1):
            head = _head(required[0], cells, names, index, span)
            if head.titles.keys() >= set(required):
                found.append(head)
                if _is_record(lower, cells, head, names):
                    break
            cells = _merged(cells, lower, names)
        if found:
            best = max(found, key=lambda head: len(head.titles))
            own = [cells[at] for _, cells in rows[index : index + best.span]
                   for at in best.places if at < len(cells)]  # fmt: skip
            said = frozenset(filter(None, map(text_of, own)))
            return replace(best, said=said, names=names)
    return None


def _is_record(cells: Sequence[Any], above: Sequence[Any], head: Head, names: _Names) -> bool:
    """Whether a row below a head is no part of it, though one of its cells may be a title, too.

    It fills each column that a record must fill, or says a number in one that is read.
    """
    own = dict[str, str]()
    for at, column in head.places.items():
        said = text_of(cells[at]) if at < len(cells) else ""
        both = f"{text_of(above[at])} {said}"
        if _plain(_REMARK.sub("", said)) and not {_plain(said), _plain(both)} & names.keys():
            own[column.name] = said
    filled = all(column.name in own for column in head.places.values() if column.required)
    return filled or any(sign.isdigit() for said in own.values() for sign in said)


def _head(key: str, cells: Sequence[Any], names: _Names, index: int, span: int) -> Head:
    (found, again), texts = _located(cells, names), [text_of(cell) for cell in cells]
    titles = {column.name: texts[at] for at, column in found.items()}
    doubles = {at: Double(f"{of.name} {at}", texts[at], of.name) for at, of in again.items()}
    also = {at: replace(again[at], name=each.name, required=False) for at, each in doubles.items()}
    places = found | also
    unread = (text for at, text in enumerate(texts) if at not in places and _plain(text))
    return Head(key, places, titles, tuple(doubles.values()), tuple(unread), index, span)


def _merged(upper: list[Any], lower: list[Any], names: _Names) -> list[str]:
    """Return a head of two rows as one; empty when one of them is no part of a head.

    A title over several columns is a cell of the first of them and goes with what is below each.
    """
    if not _places(upper, names):
        return []
    named_below = bool(_places(lower, names))
    width = max(len(upper), len(lower))
    padded = ([*map(text_of, cells), *[""] * (width - len(cells))] for cells in (upper, lower))
    merged, group = [], ""
    for above, below in zip(*padded, strict=True):
        group = above or group
        both = f"{group} {below}"
        if not below:
            merged.append(above)
        elif _plain(both) in names and _plain(below) not in names:
            merged.append(both)
        elif _is_other(above, below, names):
            merged.append(below)
        elif _plain(above) in names:
            if not named_below:
                return []
            merged.append(above)
        else:
            merged.append(below)
    return merged


def _is_other(above: str, below: str, names: _Names) -> bool:
    """Whether a title names a column, and the one above it, over several, another one."""
    column, group = names.get(_plain(below)), names.get(_plain(above))
    return column is not None and group is not None and column.name != group.name


def _places(cells: Sequence[Any], names: _Names) -> dict[int, Column]:
    """Locate the columns, each once."""
    return _located(cells, names)[0]


def _located(cells: Sequence[Any], names: _Names) -> tuple[dict[int, Column], dict[int, Column]]:
    """Locate the columns, and those that say the same again.

    One without a remark counts before those with one, which is a part in brackets, as in «Телефон
    (мобильный)», or a number, as in «Телефон 1»; of numbered ones the first counts. One whose
    remark names another person, as in «Телефон (специалиста)», is no column of the person.
    """
    texts = [cell if isinstance(cell, str) else "" for cell in cells]
    plain = [_REMARK.sub(" ", text) for text in texts]
    found: dict[int, Column] = {}
    again: dict[int, Column] = {}
    for spelled in (texts, plain, numbered := [_PLACE.sub("", text) for text in plain]):
        before = [*found.values()]
        for at, text in enumerate(spelled):
            column = names.get(_plain(text))
            if column is None or at in found or column in before:
                continue
            if spelled is not texts and column.kind == "person" and _OTHERS.search(texts[at]):
                continue
            if column not in found.values():
                found[at] = column
            elif spelled is not numbered:
                again[at] = column
    return found, again


def _names(columns: Sequence[Column]) -> _Names:
    return {title: column for column in columns for title in _spellings(column.titles)}


@cache
def _spellings(titles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_plain, titles))


def _plain(title: str) -> str:
    """Return the words of a title, in whatever order they are said; «номер» is as good as «№»."""
    line = with_number_sign(text_of(_ORDER.sub("", _BROKEN.sub("", title))))
    seen = visible(line).casefold().translate(LOOK_ALIKES)
    letters = "".join(c if c.isalnum() else " " for c in seen)
    words = sorted(_INITIALS.sub("", " ".join(letters.split())).split())
    return " ".join([word for word in words if word != _NUMBER] or words)


def missing_column(rows: Sequence[Numbered], columns: Sequence[Column]) -> Invalid:
    """Name every required column that the best of the first rows lacks."""
    names = _names(columns)
    best = max((_places(cells, names) for _, cells in rows[:HEAD_WITHIN]), key=len)
    lacking = [c.titles[0] for c in columns if c.required and c not in best.values()]
    return Invalid("column_missing", columns=", ".join(f"«{title}»" for title in lacking))
