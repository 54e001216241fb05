"""The columns of a table of holders, for the shared reader, and the command in a row of it."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from shared.errors import Invalid
from shared.office_values import identifier
from shared.reference import regions
from shared.storage.office_tables import Cells, Column

_COLUMNS = Path(__file__).with_name("holders.toml")
REQUIRED = ("holder_ref", "district_id")
DATES = ("ordered_on",)


@cache
def words() -> dict[str, Any]:
    """Return how offices call the columns, and the words of the result file."""
    return tomllib.loads(_COLUMNS.read_text(encoding="utf-8"))


@cache
def columns() -> tuple[Column, ...]:
    """Return the columns of a table of holders."""
    return tuple(
        Column(name, tuple(titles), "date" if name in DATES else "text", name in REQUIRED)
        for name, titles in words()["columns"].items()
    )


def command_fields(region: str, cells: Cells) -> dict[str, Any]:
    """Return a row as the body of a single issue; raises Invalid for no date and no district."""
    fields: dict[str, Any] = {
        "region": region,
        "holder_ref": cells.get("holder_ref", ""),
        "district_id": _district(region, cells.get("district_id", "")),
        "placement_current": cells.get("placement_current", "").lower() in words()["words"]["yes"],
    }
    if "order_ref" in cells or "ordered_on" in cells:
        fields["order"] = {
            "order_ref": cells.get("order_ref", ""),
            "ordered_on": _day(cells.get("ordered_on", "")),
        }
    if "phone" in cells or "name" in cells:
        fields["contact"] = {
            "name": cells.get("name", ""),
            "channel": "sms",
            "phone": cells.get("phone"),
        }
    return fields


def _district(region: str, text: str) -> str:
    """Return the code of the district that the office means."""
    found = regions.find_district(region, text)
    code = found.code if found else identifier(text)
    regions.check_district(region, code)
    return code


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid("bad_day", "/ordered_on") from None
