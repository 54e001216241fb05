"""Writes the production calendar of Russia: on which days offices are closed, and which are moved.

They are those of the package `holidays`, of the years of which it knows the transfers that the
government has decreed, from `FIRST` on.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from holidays import HolidayBase
from holidays.countries.russia import Russia, RussiaStaticHolidays

from shared.reference.production_calendar import PATH
from tools import generated

# The package has no types for what makes a country.
_COUNTRY: Any = Russia
FIRST = 2025
SATURDAY = 5


def decreed_years() -> list[int]:
    """Return the years whose transfers the package knows, without a gap."""
    known = RussiaStaticHolidays.special_public_holidays
    years: list[int] = []
    while (year := FIRST + len(years)) in known:
        years.append(year)
    return years


def text() -> str:
    """Return the file: what differs from Monday to Friday, a line a year."""
    lines = (f'"{year}": {json.dumps(_year(year))}' for year in decreed_years())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _year(year: int) -> dict[str, list[str]]:
    country: HolidayBase = _COUNTRY(years=year)
    open_days = {day for day in _days(year) if country.is_working_day(day)}
    closed = [day for day in _days(year) if day.weekday() < SATURDAY and day not in open_days]
    moved = [day for day in _days(year) if day.weekday() >= SATURDAY and day in open_days]
    return {"days_off": [*map(str, closed)], "workdays": [*map(str, moved)]}


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def documents() -> generated.Documents:
    """Return the table as the package says it."""
    return {PATH: text()}


if __name__ == "__main__":
    sys.exit(generated.run(documents()))
