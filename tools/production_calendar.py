"""Writes the production calendar of Russia: on which days offices are closed, and which are moved.

`python -m tools.production_calendar` writes `shared/data/production_calendar.json` from the package
`holidays`; with `--check` it writes nothing and says whether the file is stale. The years are those
of which the package knows the transfers that the government has decreed, from `FIRST` on.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from holidays import HolidayBase
from holidays.countries.russia import Russia, RussiaStaticHolidays

from shared.reference.production_calendar import PATH

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


def stale() -> bool:
    """Whether the committed file is not what the package says."""
    return not PATH.is_file() or PATH.read_text(encoding="utf-8") != text()


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` say whether it is stale."""
    if arguments == ["--check"]:
        if stale():
            sys.stdout.write(f"stale: {PATH.name}\n")
        return int(stale())
    PATH.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
