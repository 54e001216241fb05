"""Cells that an office merged over several rows: what they say goes for each of these rows.

A row that says nothing of its own is a part of the record above it, and none by itself.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from shared.storage.office_tables.columns import Numbered

_EMPTY = (None, "")
# First and last row, and the same of columns, counted from 0; as the library has them.
Range = tuple[tuple[int, int], tuple[int, int]]


def within(merged: Iterable[Range], margin: int) -> list[Range]:
    """Return ranges as rows have them, which begin with the first column that is used."""
    return [
        ((first, left - margin), (last, right - margin))
        for (first, left), (last, right) in merged
        if left >= margin
    ]


def spread(
    rows: Iterable[Numbered], merged: Sequence[Range], below: int, asked: Collection[int]
) -> Iterator[Numbered]:
    """Yield rows with what is merged over them; heads, the first `below` rows, stay as they are.

    `asked` are the columns that are read.
    """
    tall = (each for each in merged if each[1][0] > each[0][0] >= below)
    ranges = sorted(tall, key=itemgetter(0), reverse=True)
    said: dict[int, tuple[int, Any]] = {}
    for number, cells in rows:
        said = {at: (last, value) for at, (last, value) in said.items() if number <= last + 1}
        own = said and any(at in asked and cell not in _EMPTY for at, cell in enumerate(cells))
        yield number, _filled(cells, said) if own else cells
        while ranges and ranges[-1][0][0] < number:
            (_, left), (last, _) = ranges.pop()
            if left < len(cells):
                said[left] = (last, cells[left])


def _filled(cells: list[Any], said: dict[int, tuple[int, Any]]) -> list[Any]:
    filled = [*cells, *[None] * (max(said) + 1 - len(cells))]
    for at, (_, value) in said.items():
        if filled[at] in _EMPTY:
            filled[at] = value
    return filled
