"""How platforms call the columns of a table, and how a row that is refused is put into words."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.data_files import read_toml
from shared.errors import DomainError
from shared.message_catalogue import Catalogue
from shared.reference import code_lists
from shared.storage.office_tables import Cells, Column, Kind, is_failed
from shared.table_imports.domain import RowProblem
from shared.table_imports.shown import ends, is_contact, may_name, short
from shared.table_imports.steps import refusal_of

NUMBERS = ("inn", "certificate_ref")
CATALOGUE = Catalogue("services/matching/problems.toml")
_DIGITS = re.compile(r"\d+(?:[.,]0+)?")  # the latter as spreadsheets write numbers
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


def problem(
    line: int,
    cells: Cells,
    titles: Mapping[str, str],
    error: ValidationError | DomainError,
) -> RowProblem:
    """Return what is wrong with a row, by the column that a refusal is about."""
    field, code, facts = refusal_of(error, words()["columns"])
    known = field if field in words()["columns"] else "inn"
    read = cells.get(known, "")
    return RowProblem(
        line=line,
        column=titles.get(known),
        code=code,
        reason=_reason(known, read, code, facts),
        read=shown(known, read) or None,
    )


def shown(field: str, text: str) -> str:
    """Return a cell as it was read; what may be personal of a trainee is hidden.

    In a column of numbers that is what has no digit; digits alone may be a mistyped INN.
    """
    if is_failed(text) or (field in NUMBERS and _DIGITS.fullmatch(text)):
        return short(text)
    no_number = field in NUMBERS and not any(map(str.isdecimal, text))
    return ends(text) if no_number or may_name(text) or is_contact(text) else short(text)


def _reason(field: str, read: str, code: str, facts: Mapping[str, object]) -> str:
    """Return what is wrong; a text for any field gets what is right in this column."""
    text = CATALOGUE.field_text(code, facts) if read else words()["empty"]
    if read and CATALOGUE.has(code):
        return text
    courses = ", ".join(code_lists.labels("training_course").values())
    return f"{text} {words()['right'][field].replace('{courses}', courses)}"
