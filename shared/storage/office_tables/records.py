"""The records of a table below its head."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import Any
from unicodedata import is_normalized

from shared.errors import Invalid
from shared.office_values import EPOCH, WORDS, became_day, text_of
from shared.storage.office_tables.columns import MAX_ROWS, UNCUT, Cells, Days, Numbered, Row, cut
from shared.storage.office_tables.heads import Head

BLOCK = 500
FEWEST_NUMBERED = 3
_LETTERS = "АБВ"  # of the columns that a form does not number
_FOOTERS = tuple(WORDS["footers"])
_INITIALS = {letter for word in _FOOTERS for letter in (word[0], word[0].upper())}
_BETWEEN = "\ufffd"
_GOES_ON = tuple(WORDS["goes_on"])
_TOTALS = tuple(WORDS["totals"])
_TOTAL = rf"(?:^|{_BETWEEN})\s*(?:{'|'.join(_TOTALS)})"
_END = rf"(?:$|{_BETWEEN})"
# «Всего по району 5» is no number of a record; «Всего за 50» may be the name of a shop, and «Всего
# двое детей», unlike «Итого семей», what an office says of a family in a column before its number.
_IN_NUMBER = re.compile(rf"{_TOTAL}(?![\w-])")
_IN_NAME = re.compile(rf"{_TOTAL}[\s:.\d]*{_END}")
_NO_REMARK = "".join(f"(?<!{word})" for word in WORDS["remarks"])
_BEFORE = re.compile(
    rf"{_TOTAL}(?:{_NO_REMARK}(?![\w-])|[\s.]*{_END}|\s+по\s|[^{_BETWEEN}]*:\s*{_END})"
)
# A word that is whole ends with a space.
_GONE = re.compile(r"\b(?:" + "|".join(WORDS["gone"]).replace(" |", r"\b|") + ")")
_OTHERS = re.compile(
    rf"\b(?:{'|'.join(WORDS['but'])})\b.*|\b(?:{'|'.join(WORDS['without'])}) \w+"
    rf"|\w+ (?:{'|'.join(WORDS['left_out'])})"
)
_UNTIDY = ("  ", f" {_BETWEEN}", f"{_BETWEEN} ")
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
    # Days repeat in a long table.
    rows, read_day = chain(start[begin:], rest), lru_cache(4096)(Days(epoch).read)
    title = _Title({text for _, cells in start[: head.first] for text in map(text_of, cells)})
    while block := list(islice(rows, BLOCK)):
        if block[-1][0] > MAX_ROWS:
            raise Invalid("table_too_long", limit=MAX_ROWS)
        if not (title.line or title.is_head) and (whole := _all_whole(block, head, read_day)):
            yield from whole
        else:
            yield from _each(block, head, read_day, title)


class _Title:
    """A title that came since the last record: below it the same head begins another table.

    So does any record below one of those who are `gone`. Titles that are above the first head too
    (`known`) begin a page. `is_head` says that the last row that was looked at is a head again.
    """

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self.line = self._gone = 0
        self.is_head = False

    def passed(self) -> None:
        """Begin anew after a record; refuse one of those who are gone."""
        if self._gone:
            raise Invalid("second_table", line=self._gone)
        self.line, self.is_head = 0, False

    def begins_again(self, number: int, cells: Sequence[Any], head: Head) -> bool:
        """Return whether a row is the head again; refuse one that begins another table."""
        same = head.begins_again(cells)
        if same is not None and self.line:
            raise Invalid("second_table", line=self.line)
        if same is False:
            raise Invalid("head_differs", line=number)
        self.is_head = bool(same)
        return self.is_head

    def look(self, number: int, cells: Sequence[Any], found: Cells, head: Head) -> None:
        """Look at a row that is no record, total or signature."""
        self.is_head = bool(found) and head.texts.issuperset(found.values())
        if self.is_head:
            if self.line:
                raise Invalid("second_table", line=self.line)
            return
        texts = [text for cell in cells if (text := text_of(cell))]
        if len(texts) == 1 and texts[0] not in self._known and _is_title(texts[0]):
            self.line = self.line or number
            if _is_of_gone(texts[0]):
                self._gone = self._gone or number


def _is_title(text: str) -> bool:
    begins_page = f"{text} ".casefold().startswith((*_FOOTERS, *_GOES_ON))
    return not begins_page and any(letter.isalpha() for letter in text)


def _is_of_gone(title: str) -> bool:
    return bool(_GONE.search(_OTHERS.sub("", title.casefold().replace("ё", "е"))))


def _numbers_columns(cells: Sequence[Any]) -> bool:
    """Whether a row below the head does no more than number the columns."""
    texts = [text.strip("().") for cell in cells if (text := text_of(cell))]
    letters = sum(text == letter for text, letter in zip(texts, _LETTERS, strict=False))
    numbers = map(str, range(1, len(texts) - letters + 1))
    return len(texts) >= FEWEST_NUMBERED and texts[letters:] == [*numbers]


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
    before = columns[: head.key_at]
    if _say(columns[head.key_at], _of_key(head)) or any(_say(each, _BEFORE) for each in before):
        return None
    keys = set(found[list(head.places).index(head.key_at)])
    if any(map(head.may_begin_at, keys)) or not head.texts.isdisjoint(keys):
        return None
    names = [column.name for column in head.places.values()]
    return map(Row, numbers, map(dict, map(zip, repeat(names), zip(*found, strict=True))))


def _texts(column: Sequence[Any]) -> Sequence[str]:
    """Return the cells of a column as `text_of` does, looked at together while they are tidy."""
    texts = [cell if cell.__class__ is str else text_of(cell) for cell in column]
    together = _BETWEEN.join(texts)
    tidy = together.isprintable() and is_normalized("NFC", together)
    if tidy and together == together.strip() and not _any_in(_UNTIDY, together):
        return texts
    return list(map(text_of, texts))


def _any_in(signs: Iterable[str], text: str) -> bool:
    return any(sign in text for sign in signs)


def _each(block: list[Numbered], head: Head, read_day: ReadDay, title: _Title) -> Iterator[Row]:
    picked = [(at, column.name) for at, column in head.places.items()]
    days = [column.name for column in head.places.values() if column.kind == "date"]
    of_key = _of_key(head)
    for number, cells in block:
        found = {name: text for at, name in picked if (text := _text_at(cells, at))}
        for name in days:
            if name in found:
                found[name] = read_day(found[name])
        before, key = cells[: head.key_at], cells[head.key_at : head.key_at + 1]
        none = _say(before, _BEFORE) or _say(key, of_key) or _is_signed(before, found, head)
        none = none or (len(found) == 1 and _say(before, _IN_NUMBER))
        none = none or (title.is_head and _numbers_columns(cells))
        if not none and (not found or head.may_begin_at(found.get(head.key, ""))):
            none = title.begins_again(number, cells, head)
        if not none and _is_uncut(cells, found, head):
            found = {head.key: UNCUT}
        if not none and _is_record(found, head):
            title.passed()
            yield Row(number, found)
            continue
        if not none:
            title.look(number, cells, found, head)
        yield Row(number, None)


def _text_at(cells: Sequence[Any], at: int) -> str:
    text = text_of(cells[at]) if at < len(cells) else ""
    return text if text.strip("_") else ""  # a line for a signature


def _of_key(head: Head) -> re.Pattern[str]:
    return _IN_NUMBER if head.numbered else _IN_NAME


def _say(cells: Sequence[Any], total: re.Pattern[str]) -> bool:
    """Whether one of these cells says that its row is a total."""
    together = _BETWEEN.join([cell for cell in cells if cell.__class__ is str]).lower()
    return _any_in(_TOTALS, together) and total.search(together) is not None


def _is_signed(before: Sequence[Any], found: Cells, head: Head) -> bool:
    """Whether a row that lacks all that a record must have begins like a signature."""
    if any(column.required and column.name in found for column in head.places.values()):
        return False
    first = next(filter(None, map(text_of, before)), "")
    return f"{first} ".casefold().startswith(_FOOTERS)


def _is_record(found: Cells, head: Head) -> bool:
    """Whether a row describes a person: not empty, no second head, no signature."""
    first = next(iter(found.values()), "")
    if not first or head.texts.issuperset(found.values()):
        return False
    complete = head.is_complete(found)
    if first[0] in _INITIALS and f"{first} ".casefold().startswith(_FOOTERS):
        return complete and (not head.numbered or _has_digit(found[head.key]))
    if became_day(found.get(head.key, "")) and len(found) == 1:
        return False  # that of a signature
    return complete or len(found) > 1 or _is_number(first) or first == UNCUT


def _is_uncut(cells: Sequence[Any], found: Cells, head: Head) -> bool:
    """Whether a row is one text: a record of a list that has another sign between its cells."""
    if len(found) > 1 or head.is_complete(found):
        return False
    text, *more = [str(cell) for cell in cells if text_of(cell)] or [""]
    records = [each for each in cut(text) if len(each) >= len(head.places)]
    numbers = [any(map(_is_number, each[: head.key_at + 1])) for each in records]
    return not more and any(numbers if head.numbered else records)


def _is_number(text: str) -> bool:
    return " " not in text and _has_digit(text)


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
