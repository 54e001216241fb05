"""Tables whose records come below the names of their districts, as accounting programs group them.

A record that names no district is of the one in the heading above it. What comes below any other
heading is refused as a whole: no record comes to a district by chance.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from shared.errors import Invalid
from shared.office_values import WORDS, text_of
from shared.reference import district_names
from shared.storage.office_tables.columns import Column, Numbered
from shared.storage.office_tables.heads import Head, find_head

_ORDER = re.compile(r"^\d+[.)]\s*(?=\D)")
_NUMBER = re.compile(r"[\d\s.,]+")
_DIGIT = re.compile(r"\d")
_OF_RECORDS = ("person", "date")
_NO_HEADING = (*WORDS["totals"], *WORDS["footers"])


def find_any_head(rows: Sequence[Numbered], columns: Sequence[Column]) -> Head | None:
    """Return the head within the first rows, also of a table where only headings name districts."""
    head, column = find_head(rows, columns), next((c for c in columns if c.headings), None)
    if head or column is None:
        return head
    head = find_head(rows, [each for each in columns if each is not column])
    if head is None or not any(_heading(cells, head, column) for _, cells in rows):
        return None
    return replace(head, places=head.places | {max(len(cells) for _, cells in rows): column})


def begins_with_record(rows: Sequence[Numbered], head: Head) -> bool:
    """Whether a sheet without a head begins with a number and a district in their places.

    A list of districts has one of them for the number, and sums have a head.
    """
    cells = next((cells for _, cells in rows if sum(map(bool, map(text_of, cells))) > 1), [])
    key = _said(cells, head.key_at)
    said = [(_said(cells, at), of.headings) for at, of in head.places.items() if of.headings]
    return head.numbered and any(
        _DIGIT.search(key) and district_names.meant(text, known, "")
        and not district_names.meant(key, known, "") for text, known in said
    )  # fmt: skip


def under_headings(
    start: Sequence[Numbered], rows: Iterator[Numbered], head: Head
) -> Iterator[Numbered]:
    """Yield rows with the district of their heading, where the first of them, `start`, have one."""
    column = next((column for column in head.places.values() if column.headings), None)
    if column is None:
        return rows
    below = head.first + head.span
    above = [] if column.name in head.titles else reversed(start[: head.first])
    said = next((text for _, cells in above if (text := _heading(cells, head, column))), "")
    if not said and not any(_heading(cells, head, column) for _, cells in start[below:]):
        return rows
    return chain(islice(rows, below), _filled(rows, head, column, said))


def _filled(rows: Iterator[Numbered], head: Head, column: Column, said: str) -> Iterator[Numbered]:
    at = next(at for at, each in head.places.items() if each is column)
    other = 0
    for number, cells in rows:
        read = {text for place in head.places if (text := _said(cells, place))}
        own, key = _said(cells, at), _said(cells, head.key_at)
        if found := _heading(cells, head, column):
            said, other, cells = found, 0, []
        elif read and head.texts.issuperset(read):
            cells = []
        elif _is_other_heading(_texts(cells), key, head.numbered):
            other = number
        elif key and not own:
            if _district(cells, column):
                other = number
            if other and (said or column.name not in head.titles):
                raise Invalid("group_unclear", line=other)
            cells = [*cells[:at], *[""] * (at - len(cells)), said, *cells[at + 1 :]]
        yield number, cells


def _heading(cells: Sequence[Any], head: Head, column: Column) -> str:
    """Return the district that a row names, maybe beside sums; empty for any other row.

    What is no key, person or day of a record may be a sum.
    """
    own = {_said(cells, at) for at, of in head.places.items() if of.kind in _OF_RECORDS}
    is_record = (own | {_said(cells, head.key_at)}) - {"", _alone(cells)}
    return "" if is_record else _district(cells, column)


def _district(cells: Sequence[Any], column: Column) -> str:
    """Return the district that the one text of a row names."""
    text = _ORDER.sub("", _alone(cells))
    return text if text and district_names.meant(text, column.headings, "") else ""


def _is_other_heading(texts: Sequence[str], key: str, numbered: bool) -> bool:
    """Whether a row is neither a record nor a total or a signature."""
    if not texts or texts[0].casefold().startswith(_NO_HEADING):
        return False
    if texts == [key]:
        return " " in key or not _DIGIT.search(key)
    return not key or (numbered and not _DIGIT.search(key))


def _alone(cells: Sequence[Any]) -> str:
    texts = _texts(cells)
    return texts[0] if len(texts) == 1 else ""


def _texts(cells: Sequence[Any]) -> list[str]:
    """Return the cells of a row that say more than a number, as one of its records or of a sum."""
    texts = filter(None, map(text_of, cells))
    return [text for text in texts if not _NUMBER.fullmatch(text)]


def _said(cells: Sequence[Any], at: int) -> str:
    return text_of(cells[at]) if at < len(cells) else ""
