"""The head of a table: found below titles, in one row or in two merged ones, by forgiving names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.errors import Invalid
from shared.office_values import text_of
from shared.storage.office_tables.columns import Column, Numbered

HEAD_WITHIN = 20

# One letter is written with its dots or without.
_YO = {0x451: 0x435}


@dataclass(frozen=True, slots=True)
class Head:
    """Where the columns are, what the file calls them, and which rows the head takes."""

    places: dict[int, Column]
    titles: dict[str, str]
    first: int
    span: int


def find_head(rows: Sequence[Numbered], columns: Sequence[Column]) -> Head | None:
    """Return the head within the first rows, or None when a required column is missing."""
    required = {column.name for column in columns if column.required}
    names = {_plain(title): column for column in columns for title in column.titles}
    for index, (_, upper) in enumerate(rows[:HEAD_WITHIN]):
        lower = rows[index + 1][1] if index + 1 < len(rows) else []
        merged = _merged(upper, lower, names)
        for cells, span in ((merged, 2), (upper, 1)):
            places = _places(cells, names)
            if required <= {column.name for column in places.values()}:
                titles = {column.name: text_of(cells[at]) for at, column in places.items()}
                return Head(places, titles, index, span)
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


def missing_column(rows: Sequence[Numbered], columns: Sequence[Column]) -> Invalid:
    """Name the first required column that the best of the first rows lacks."""
    names = {_plain(title): column for column in columns for title in column.titles}
    best = max((_places(cells, names) for _, cells in rows[:HEAD_WITHIN]), key=len)
    lacking = next(c for c in columns if c.required and c not in best.values())
    return Invalid("column_missing", column=lacking.titles[0])
