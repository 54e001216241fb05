"""The production calendar of Russia: days off from Monday to Friday, weekends that are worked.

`make docs` writes the table from the package `holidays`, with the transfers that the government
decrees for each year. `make package` refuses to build without the year that is needed. A stage that
has run past its table goes on with article 112 of the labour code alone, and counts that.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from shared.observability import count

PATH = Path(__file__).parents[1] / "data" / "production_calendar.json"
# From this month on a build needs the next year: ten working days of December end in January.
NEXT_YEAR_FROM = 12
# Article 112: what is off in every year; a day off on a weekend is given on the next working day,
# but for the first eight days of January, which the government moves.
ARTICLE_112 = (
    "01-01", "01-02", "01-03", "01-04", "01-05", "01-06", "01-07", "01-08", "02-23", "03-08",
    "05-01", "05-09", "06-12", "11-04",
)  # fmt: skip
SATURDAY = 5
JANUARY = 1


class Year(BaseModel, frozen=True, extra="forbid", defer_build=True):
    """How a year differs from a five-day week."""

    days_off: frozenset[date]
    workdays: frozenset[date]


@cache
def years() -> Mapping[int, Year]:
    """Return the years of the table."""
    return TypeAdapter(dict[int, Year]).validate_json(PATH.read_bytes())


def year(number: int) -> Year:
    """Return a year; one that the table lacks by article 112 alone, which is counted."""
    found = years().get(number)
    if found is None:
        count("production_calendar_missing")
        return by_article_112(number)
    return found


@cache
def by_article_112(number: int) -> Year:
    """Return a year before the government has decreed its transfers."""
    yearly = [date.fromisoformat(f"{number}-{each}") for each in ARTICLE_112]
    off = {*yearly}
    for day in yearly:
        if day.weekday() >= SATURDAY and day.month != JANUARY:
            instead = day
            while instead in off or instead.weekday() >= SATURDAY:
                instead += timedelta(days=1)
            off.add(instead)
    return Year(days_off=frozenset(off), workdays=frozenset())


def is_working_day(day: date) -> bool:
    """Return whether offices of the country are open on a day."""
    found = year(day.year)
    return day in found.workdays or (day.weekday() < SATURDAY and day not in found.days_off)


def missing_year(today: date) -> int | None:
    """Return the first year that whatever is built today needs and the table lacks."""
    needed = [today.year, *([today.year + 1] if today.month >= NEXT_YEAR_FROM else [])]
    return next((each for each in needed if each not in years()), None)
