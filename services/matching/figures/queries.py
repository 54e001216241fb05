"""A region's figures, for its headquarters and the federal one: numbers only."""

from services.matching.figures.commands import FiguresQuery
from services.matching.figures.domain import Figures, Period, figures
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import authorise_region
from services.matching.matches.repository import Matches
from shared import clock
from shared.domain import RegionCode
from shared.errors import Invalid
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.list_keys import region_key

MAX_MONTHS = 36


def view_figures(
    region: RegionCode,
    query: FiguresQuery,
    caller: Principal,
    matches: Matches,
    guardians: Guardians,
) -> Figures:
    """Show introductions, calls, endings and guardians of a region in numbers."""
    authorise_region(region, "view_figures", caller)
    now, zone = clock.now(), regions.zone(region)
    this_month = f"{calendar.local_date(zone, now):%Y-%m}"
    period = Period(first=query.first or query.last or this_month, last=query.last or this_month)
    if period.first > period.last:
        raise Invalid("period_reversed", "first")
    months = _months(period.first, max(period.last, this_month))
    found = matches.of_months(region_key(region), months)
    return figures(region, zone, period, now, found, _guardians(region, caller, guardians))


def _guardians(region: str, caller: Principal, guardians: Guardians) -> list[Guardian]:
    """Return the guardians of the region; for a nationwide caller those that asked for it too."""
    found = guardians.of_region(region_key(region))
    if not caller.nationwide:
        return found
    known = {guardian.guardian_id for guardian in found}
    asked = (each for each in guardians.unassigned() if each.requested_region == region)
    return found + [each for each in asked if each.guardian_id not in known]


def _months(first: str, last: str) -> list[str]:
    """Return the months from one to another; a match over before them is none of the period."""
    year, month = map(int, first.split("-"))
    found: list[str] = []
    while (text := f"{year:04d}-{month:02d}") <= last:
        if len(found) == MAX_MONTHS:
            raise Invalid("period_too_long", "first", months=MAX_MONTHS)
        found.append(text)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found
