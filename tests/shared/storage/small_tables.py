"""A small table of four columns, and what the reader makes of it."""

import pytest

from shared.errors import Invalid
from shared.storage.office_tables import Column, lay_out, row_of

COLUMNS = (
    Column("ref", ("номер дела", "№ дела", "file"), "number", required=True),
    Column("district", ("район", "district"), required=True),
    Column("day", ("дата", "date"), kind="date"),
    Column("phone", ("телефон",)),
)
TITLES = "Номер дела;Район;Дата;Телефон"


def rows_of(content: bytes) -> list[tuple[int, dict[str, str] | None]]:
    """What the reader makes of a file."""
    laid_out = lay_out(content, COLUMNS)
    found = [row_of(line) for line in laid_out.lines.splitlines()]
    assert laid_out.records == sum(row.cells is not None for row in found)
    return [(row.number, row.cells) for row in found]


def table(*lines: str) -> bytes:
    return "\r\n".join([TITLES, *lines, ""]).encode()


def refusal_of(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        lay_out(content, COLUMNS)
    return refused.value
