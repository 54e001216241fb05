"""Regions, districts and the calendar of a region.

Dates that people live by (14 days later, the end of a due day) are reckoned on the region's local
date; moments are stored in UTC.
"""

import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.errors import Invalid

_REGIONS = Path(__file__).parent / "data" / "regions.toml"


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the programme; `districts` maps codes to Russian names."""

    code: str
    title: str
    zone: ZoneInfo
    districts: Mapping[str, str]


@cache
def regions() -> Mapping[str, Region]:
    """All regions by code."""
    data = tomllib.loads(_REGIONS.read_text(encoding="utf-8"))
    return {
        code: Region(code, entry["title"], ZoneInfo(entry["zone"]), entry["districts"])
        for code, entry in data.items()
    }


def region(code: str, pointer: str = "/region") -> Region:
    """The region of a code; raises Invalid for one that the programme does not know."""
    found = regions().get(code)
    if found is None:
        raise Invalid("unknown_region", pointer, known=", ".join(regions()))
    return found


def check_district(region_code: str, district: str, pointer: str = "/district_id") -> None:
    """Raise Invalid when the district is not one of the region's."""
    known = region(region_code).districts
    if district not in known:
        raise Invalid("unknown_district", pointer, known=", ".join(known))


def local(region_code: str, moment: datetime) -> datetime:
    """The moment on the region's clocks."""
    return moment.astimezone(region(region_code).zone)


def local_date(region_code: str, moment: datetime) -> date:
    """The region's date at that moment."""
    return local(region_code, moment).date()


def start_of_day(region_code: str, day: date) -> datetime:
    """The first moment of a region's day, in UTC."""
    return datetime.combine(day, time(), region(region_code).zone).astimezone(UTC)


def end_of_day(region_code: str, day: date) -> datetime:
    """The first moment after a region's day, in UTC."""
    return start_of_day(region_code, day + timedelta(days=1))


def add_months(day: date, months: int) -> date:
    """The same day some calendar months later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
