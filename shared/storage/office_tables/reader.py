"""A file as rows of the columns that are looked for."""

from collections.abc import Iterator, Sequence
from itertools import islice

from shared.errors import Invalid
from shared.storage.office_tables.cells import sheets
from shared.storage.office_tables.columns import Column, Row
from shared.storage.office_tables.heads import HEAD_WITHIN, find_head, missing_column
from shared.storage.office_tables.records import records


def read(content: bytes, columns: Sequence[Column]) -> tuple[dict[str, str], Iterator[Row]]:
    """Return the file's own titles of the columns it has, and its rows; raises Invalid."""
    missing: Invalid | None = None
    for sheet in sheets(content, columns):
        start = list(islice(sheet, HEAD_WITHIN + 1))
        head = find_head(start, columns)
        if head is not None:
            return head.titles, records(start, sheet, head)
        if start and missing is None:
            missing = missing_column(start, columns)
    raise missing or Invalid("table_empty")
