"""How platforms call the columns of a table, and how a row that is refused is put into words."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from services.matching.training_tables.values import RowProblem
from shared.message_catalogue import Catalogue, read_toml
from shared.reference import code_lists
from shared.storage.office_tables import Cells, Column, Kind

SHOWN = 60
CATALOGUE = Catalogue("services/matching/problems.toml")
_KINDS: Mapping[str, Kind] = {"completed_on": "date", "inn": "number"}


@cache
def words() -> dict[str, Any]:
    """Return how platforms call the columns, and the words of refusals."""
    return read_toml(Path(__file__).with_name("words.toml"))


def columns() -> tuple[Column, ...]:
    """Return what is looked for in a table."""
    return tuple(
        Column(name, tuple(titles), _KINDS.get(name, "text"), required=True)
        for name, titles in words()["columns"].items()
    )


def unreadable(
    line: int, cells: Cells, titles: Mapping[str, str], error: ValidationError
) -> RowProblem:
    """Return what is wrong with a row, from its first wrong cell."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    return problem(line, cells, titles, field, first["type"], first.get("ctx", {}))


def problem(
    line: int,
    cells: Cells,
    titles: Mapping[str, str],
    field: str,
    code: str,
    facts: Mapping[str, object],
) -> RowProblem:
    """Return what is wrong with a row, by the column that a refusal is about."""
    known = field if field in words()["columns"] else "inn"
    read = cells.get(known, "")
    return RowProblem(
        line=line,
        column=titles.get(known),
        code=code,
        reason=_reason(known, read, code, facts),
        read=read[:SHOWN] or None,
    )


def _reason(field: str, read: str, code: str, facts: Mapping[str, object]) -> str:
    """Return what is wrong; a text for any field gets what is right in this column."""
    text = CATALOGUE.field_text(code, facts) if read else words()["empty"]
    if read and CATALOGUE.has(code):
        return text
    courses = ", ".join(code_lists.labels("training_course").values())
    return f"{text} {words()['right'][field].replace('{courses}', courses)}"
