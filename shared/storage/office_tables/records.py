"""The records of a table below its head."""

from collections.abc import Iterable, Iterator
from typing import Any

from shared.errors import Invalid
from shared.office_values import WORDS, day_of, text_of
from shared.storage.office_tables.columns import Cells, Numbered, Row
from shared.storage.office_tables.heads import Head

MAX_ROWS = 200_000
MAX_CELL = 2_000
_FOOTERS = tuple(WORDS["footers"])


def records(start: list[Numbered], rest: Iterable[Numbered], head: Head) -> Iterator[Row]:
    """Yield every row of the file; what is no record has no cells."""
    below_title = head.first + head.span > 1
    for number, _ in start[: head.first + head.span] if below_title else []:
        yield Row(number, None)
    for number, cells in start[head.first + head.span :]:
        yield _record(number, cells, head)
    for number, cells in rest:
        if number > MAX_ROWS:
            raise Invalid("table_too_long", limit=MAX_ROWS)
        yield _record(number, cells, head)


def _record(number: int, cells: list[Any], head: Head) -> Row:
    found: Cells = {}
    for at, column in head.places.items():
        text = text_of(cells[at]) if at < len(cells) else ""
        if len(text) > MAX_CELL:
            raise Invalid("line_too_long", line=number)
        if text:
            found[column.name] = day_of(text) if column.kind == "date" else text
    return Row(number, found if _is_record(found, head) else None)


def _is_record(found: Cells, head: Head) -> bool:
    """Whether a row describes a person: not empty, no second head, no total, no signature."""
    if not found or found.items() <= head.titles.items():
        return False
    first = next(iter(found.values())).casefold()
    numbered = any(letter.isdigit() for letter in first)
    complete = all(c.name in found for c in head.places.values() if c.required)
    if first.startswith(_FOOTERS):
        return complete and numbered
    return complete or len(found) > 1 or (numbered and " " not in first)
