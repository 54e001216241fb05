"""The records of a table below its head."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache, partial
from itertools import chain, islice, repeat
from operator import itemgetter
from typing import Any

from shared.errors import Invalid
from shared.office_values import EPOCH, WORDS, day_of, text_of
from shared.storage.office_tables.columns import MAX_ROWS, Cells, Numbered, Row
from shared.storage.office_tables.heads import Head

BLOCK = 500
FEWEST_NUMBERED = 3
_FOOTERS = tuple(WORDS["footers"])
_INITIALS = {letter for word in _FOOTERS for letter in (word[0], word[0].upper())}
_BETWEEN = "\ufffd"
_TOTALS = tuple(WORDS["totals"])
_TOTAL = rf"(?:^|{_BETWEEN})\s*(?:{'|'.join(_TOTALS)})"
# Where a record has a number, «Всего по району 5» is none; «Всего за 50» may be the name of a shop.
_BESIDE_NUMBERS = re.compile(rf"{_TOTAL}(?![\w-])")
_BESIDE_NAMES = re.compile(rf"{_TOTAL}[\s:.\d]*(?:$|{_BETWEEN})")
_UNTIDY = ("  ", f" {_BETWEEN}", f"{_BETWEEN} ")
# Days repeat in a long table.
_day_of = lru_cache(4096)(day_of)
ReadDay = Callable[[str], str]


def records(
    start: list[Numbered], rest: Iterable[Numbered], head: Head, epoch: date = EPOCH
) -> Iterator[Row]:
    """Yield every row of the file; what is no record has no cells."""
    begin = head.first + head.span
    if begin > 1:
        for number, _ in start[:begin]:
            yield Row(number, None)
    if begin < len(start) and _numbers_columns(start[begin][1]):
        yield Row(start[begin][0], None)
        begin += 1
    rows, read_day = chain(start[begin:], rest), partial(_day_of, epoch=epoch)
    while block := list(islice(rows, BLOCK)):
        if block[-1][0] > MAX_ROWS:
            raise Invalid("table_too_long", limit=MAX_ROWS)
        yield from _all_whole(block, head, read_day) or _each(block, head, read_day)


def _numbers_columns(cells: Sequence[Any]) -> bool:
    """Whether a row below the head does no more than number the columns."""
    texts = [text for cell in cells if (text := text_of(cell))]
    return len(texts) >= FEWEST_NUMBERED and texts == [str(n + 1) for n in range(len(texts))]


def _all_whole(block: list[Numbered], head: Head, read_day: ReadDay) -> Iterator[Row] | None:
    """Return rows that are all records with each cell filled, as most are; None for others.

    This says what `_each` says, in half the time, because it goes by columns.
    """
    numbers, cells = zip(*block, strict=True)
    widths = set(map(len, cells))
    if len(widths) > 1 or max(head.places) >= widths.pop():
        return None
    columns = list(zip(*cells, strict=True))
    found = []
    for at, column in head.places.items():
        texts = _texts(columns[at])
        if "" in texts:
            return None
        found.append(list(map(read_day, texts)) if column.kind == "date" else texts)
    if any(_says_total(column, head) for column in columns[: head.leading]):
        return None
    first = found[0]
    if not _INITIALS.isdisjoint(map(itemgetter(0), first)) or not head.texts.isdisjoint(first):
        return None
    names = [column.name for column in head.places.values()]
    return map(Row, numbers, map(dict, map(zip, repeat(names), zip(*found, strict=True))))


def _texts(column: Sequence[Any]) -> Sequence[str]:
    """Return the cells of a column as `text_of` does, looked at together while they are tidy."""
    texts = [cell if cell.__class__ is str else text_of(cell) for cell in column]
    together = _BETWEEN.join(texts)
    if together.isprintable() and together == together.strip() and not _any_in(_UNTIDY, together):
        return texts
    return [" ".join(text.split()) for text in texts]


def _any_in(signs: Iterable[str], text: str) -> bool:
    return any(sign in text for sign in signs)


def _each(block: list[Numbered], head: Head, read_day: ReadDay) -> Iterator[Row]:
    picked = [(at, column.name) for at, column in head.places.items()]
    days = [column.name for column in head.places.values() if column.kind == "date"]
    for number, cells in block:
        found = {name: text for at, name in picked if (text := _text_at(cells, at))}
        for name in days:
            if name in found:
                found[name] = read_day(found[name])
        total = _says_total(cells[: head.leading], head)
        yield Row(number, found if not total and _is_record(found, head) else None)


def _text_at(cells: Sequence[Any], at: int) -> str:
    return text_of(cells[at]) if at < len(cells) else ""


def _says_total(cells: Sequence[Any], head: Head) -> bool:
    """Whether one of the cells up to the key says that the row is a total."""
    together = _BETWEEN.join([cell for cell in cells if cell.__class__ is str]).lower()
    if not _any_in(_TOTALS, together):
        return False
    return (_BESIDE_NUMBERS if head.numbered else _BESIDE_NAMES).search(together) is not None


def _is_record(found: Cells, head: Head) -> bool:
    """Whether a row describes a person: not empty, no second head, no signature."""
    first = next(iter(found.values()), "")
    if not first or head.texts.issuperset(found.values()):
        return False
    complete = all(c.name in found for c in head.places.values() if c.required)
    if first[0] in _INITIALS and f"{first} ".casefold().startswith(_FOOTERS):
        return complete and (not head.numbered or _has_digit(found[head.key]))
    return complete or len(found) > 1 or (" " not in first and _has_digit(first))


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
