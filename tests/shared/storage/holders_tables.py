"""What the reader makes of a table of card holders."""

from pathlib import Path

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.errors import Invalid
from shared.storage.office_tables import Cells, lay_out, row_of

FORMATS = Path(__file__).parent / "office_formats"
SEEN = [["Номер дела", "Район"], ["ЛД-1", "D01"], ["ЛД-2", "D01"]]


def told(content: bytes) -> tuple[dict[str, str], tuple[str, ...], list[tuple[int, Cells | None]]]:
    """Titles, titles nothing was read of, and rows."""
    laid_out = lay_out(content, HOLDERS.columns)
    rows = [row_of(line) for line in laid_out.lines.splitlines()]
    return laid_out.titles, laid_out.unread, [(row.number, row.cells) for row in rows]


def text(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def refusal(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        lay_out(content, HOLDERS.columns)
    return refused.value


def ref(content: bytes) -> str | None:
    """The number of the file in the last row."""
    (*_, line) = lay_out(content, HOLDERS.columns).lines.splitlines()
    return (row_of(line).cells or {}).get("holder_ref")
