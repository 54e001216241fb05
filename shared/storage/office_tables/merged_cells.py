"""Cells that an office merged over several rows: what they say goes for each of these rows.

Where the number by which a record is known is merged itself, the rows are one record, and only
the first of them says something.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from shared.storage.office_tables.columns import Numbered

# First and last row, and the same of columns, counted from 0; as the library has them.
Range = tuple[tuple[int, int], tuple[int, int]]


def spread(
    rows: Iterable[Numbered], merged: Sequence[Range], below: int, key: int
) -> Iterator[Numbered]:
    """Yield rows with what is merged over them; heads, the first `below` rows, stay as they are.

    `key` is the column by which a record is known.
    """
    tall = (each for each in merged if each[1][0] > each[0][0] >= below)
    ranges = sorted(tall, key=itemgetter(0), reverse=True)
    said: dict[int, tuple[int, Any]] = {}
    for number, cells in rows:
        said = {at: (last, value) for at, (last, value) in said.items() if number <= last + 1}
        yield number, _filled(cells, said, key) if said else cells
        while ranges and ranges[-1][0][0] < number:
            (_, left), (last, _) = ranges.pop()
            if left < len(cells):
                said[left] = (last, cells[left])


def _filled(cells: list[Any], said: dict[int, tuple[int, Any]], key: int) -> list[Any]:
    if key in said:
        return cells
    filled = [*cells, *[None] * (max(said) + 1 - len(cells))]
    for at, (_, value) in said.items():
        if filled[at] in (None, ""):
            filled[at] = value
    return filled
