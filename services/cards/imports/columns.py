"""A table of holders: how offices call its columns, and what a row of it asks for."""

import csv
import io
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from shared.errors import Invalid
from shared.office_values import identifier
from shared.reference import regions
from shared.storage.office_tables import Cells, Column

_COLUMNS = Path(__file__).with_name("columns.toml")
REQUIRED = ("holder_ref", "district_id")
DATES = ("ordered_on",)


@cache
def words() -> dict[str, Any]:
    """Column names and words of the catalogue."""
    return tomllib.loads(_COLUMNS.read_text(encoding="utf-8"))


@cache
def columns() -> tuple[Column, ...]:
    """The columns of a table of holders."""
    return tuple(
        Column(name, tuple(titles), "date" if name in DATES else "text", name in REQUIRED)
        for name, titles in words()["columns"].items()
    )


def form_of(region: str, cells: Cells) -> dict[str, Any]:
    """The cells as the body of a single issue; raises Invalid for what is no date."""
    form: dict[str, Any] = {
        "region": region,
        "holder_ref": cells.get("holder_ref", ""),
        "district_id": _district(region, cells.get("district_id", "")),
        "placement_current": cells.get("placement_current", "").lower() in words()["words"]["yes"],
    }
    if "order_ref" in cells or "ordered_on" in cells:
        form["order"] = {
            "order_ref": cells.get("order_ref", ""),
            "ordered_on": _day(cells.get("ordered_on", "")),
        }
    if "phone" in cells or "name" in cells:
        form["contact"] = {
            "name": cells.get("name", ""),
            "channel": "sms",
            "phone": cells.get("phone"),
        }
    return form


def _district(region: str, text: str) -> str:
    """The code that the office means; what it writes, when that is no district of the region."""
    found = regions.find_district(region, text)
    return found.code if found else identifier(text)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid("bad_day", "/ordered_on") from None


def write_lines(rows: list[list[str]]) -> bytes:
    """Lines of a result file, ready for a spreadsheet: no cell begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([["'" + c if c[:1] in ("=", "+", "-", "@") else c for c in r] for r in rows])
    return out.getvalue().encode()
