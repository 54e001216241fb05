"""A file as rows of the columns that are looked for."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

from shared.errors import Invalid
from shared.office_values import text_of
from shared.storage.office_tables.cells import Sheet, sheets
from shared.storage.office_tables.columns import STRUCK, Column, Numbered, Row, Unseen, said
from shared.storage.office_tables.headings import begins_with_record, find_any_head, under_headings
from shared.storage.office_tables.heads import FIRST_ROWS, Head, missing_column
from shared.storage.office_tables.merged_cells import spread
from shared.storage.office_tables.records import records

# By row, what some of its places say of cells that failed or whose value is not all of it.
Failed = Mapping[int, Mapping[int, str]]
FEWEST_COLUMNS = 4
FILLED_UP = 16  # rows that Excel writes at a time
SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Table:
    """The file's own titles of the columns that were asked for and of others, and its rows."""

    titles: dict[str, str]
    unread: tuple[str, ...]
    rows: Iterator[Row]


def read(content: bytes, columns: Sequence[Column]) -> Table:
    """Return the one table of a file; raises Invalid."""
    missing: Invalid | None = None
    rest = sheets(content, columns)
    for sheet in rest:
        start = list(islice(sheet.rows, FIRST_ROWS))
        head = find_any_head(start, columns)
        if head is not None:
            _require_alone(sheet, head, rest, columns)
            unseen = sheet.unseen()
            rows = _all_seen(_records(start, sheet, head, unseen.said), unseen, head)
            if head.doubles:
                rows = map(partial(_agreed, head), rows)
            return Table(head.titles, head.unread, rows)
        if missing is None and any(text_of(cell) for _, cells in start for cell in cells):
            missing = missing_column(start, columns)
    raise _hidden(content, columns) or missing or Invalid("table_empty")


def _hidden(content: bytes, columns: Sequence[Column]) -> Invalid | None:
    """Return the refusal of a workbook whose table is on a sheet that is not seen."""
    for sheet in sheets(content, columns, hidden=True):
        if find_any_head(list(islice(sheet.rows, FIRST_ROWS)), columns):
            return Invalid("sheet_hidden", sheet=sheet.name)
    return None


def _require_alone(
    sheet: Sheet, first: Head, rest: Iterator[Sheet], columns: Sequence[Column]
) -> None:
    """Refuse a workbook whose records are on several sheets: no row is dropped in silence."""
    for other in rest:
        start = list(islice(other.rows, FIRST_ROWS))
        head = find_any_head(start, columns)
        if head is None:
            goes_on = _goes_on(start, first)
        else:
            goes_on = any(row.cells for row in _records(start, other, head, {}))
        if goes_on:
            raise Invalid("table_on_sheets", first=sheet.name, second=other.name)


def _goes_on(rows: Sequence[Numbered], head: Head) -> bool:
    """Return whether a row without a head fills every column of the sheet before.

    That is a record; a list of districts beside the table is narrower.
    """
    full = len(head.places) >= FEWEST_COLUMNS and any(
        all(at < len(cells) and text_of(cells[at]) for at in head.places) for _, cells in rows
    )
    return full or begins_with_record(rows, head)


def _all_seen(rows: Iterator[Row], unseen: Unseen, head: Head) -> Iterator[Row]:
    """Refuse records that the sender may not have seen in the file, or not meant any more."""
    hidden = [head.places[at].name for at in sorted(unseen.columns & head.places.keys())]
    if not (unseen.rows or unseen.struck or hidden):
        return rows
    return map(partial(_seen, unseen, head, hidden), rows)


def _seen(unseen: Unseen, head: Head, hidden: Sequence[str], row: Row) -> Row:
    if row.cells is None:
        return row
    if row.number in unseen.rows:
        raise Invalid("row_hidden", line=row.number)
    if name := next(filter(row.cells.get, hidden), None):
        raise Invalid("column_hidden", column=head.title_of(name))
    struck = unseen.struck.get(row.number, ())
    if head.key_at in struck:
        raise Invalid("row_struck", line=row.number)
    for name in {head.places[at].name for at in struck if at in head.places} & row.cells.keys():
        row.cells[name] += STRUCK
    return row


def _agreed(head: Head, row: Row) -> Row:
    """Return a record without what it says twice; refuse one that contradicts itself."""
    cells = row.cells or {}
    for name, title, of in head.doubles:
        again = said(cells.pop(name, ""))
        if again and again != said(cells.get(of, "")):
            raise Invalid("column_twice", first=head.titles[of], second=title, line=row.number)
    return row


def _with_failed(rows: Iterable[Numbered], failed: Failed) -> Iterator[Numbered]:
    """Yield rows in which a cell whose formula has failed says so."""
    for number, cells in rows:
        here = failed.get(number, {})
        yield number, [here.get(at, cell) for at, cell in enumerate(cells)]


def _records(start: list[Numbered], sheet: Sheet, head: Head, failed: Failed) -> Iterator[Row]:
    rows: Iterator[Numbered] = chain(start, sheet.rows)
    if failed:
        rows = _with_failed(rows, failed)
    wide = set[int]()
    if not sheet.name:
        rows = _noted(rows, start, head, wide)
    if sheet.merged:
        rows = spread(rows, sheet.merged, head.first + head.span, head.places)
    rows = under_headings(start, rows, head)
    found = records(list(islice(rows, len(start))), rows, head, sheet.epoch)
    return found if sheet.name else _fitting(found, wide)


def _noted(
    rows: Iterator[Numbered], start: Sequence[Numbered], head: Head, wide: set[int]
) -> Iterator[Numbered]:
    """Yield the rows of a text, and note which of them have more cells than its head.

    Empty cells may follow in all rows: as many as the shortest of the first ones has. Others follow
    where Excel, which writes some rows at a time, fills these up beside a wide one, as a signature
    or a record with a remark at its side.
    """
    below = head.first + head.span
    width = max(len(cells) for _, cells in start[head.first : below])
    usual = min((len(cells) for _, cells in start[below:] if len(cells) >= width), default=width)
    while block := list(islice(rows, FILLED_UP)):
        full = {number for number, cells in block if any(map(text_of, cells[width:]))}
        filled_up = len({len(cells) for _, cells in block}) == 1 and 0 < len(full) < len(block)
        more = {number for number, cells in block if len(cells) > usual}
        wide.update(() if filled_up else full | more)
        yield from block


def _fitting(rows: Iterable[Row], wide: Container[int]) -> Iterator[Row]:
    """Refuse records of which a cell was cut in two: all behind it are in wrong columns."""
    cut = list[str]()
    for row in rows:
        if row.cells is not None and row.number in wide:
            cut.append(str(row.number))
        yield row
    if cut:
        more = "…" if len(cut) > SHOWN_ROWS else ""
        raise Invalid("row_too_wide", lines=", ".join(cut[:SHOWN_ROWS]) + more)
