"""A region's figures, for its headquarters and the federal one: numbers only."""

from services.matching.figures.domain import Figures, Period, figures
from services.matching.forms import Form, Month
from services.matching.headquarters.policy import authorise_region
from services.matching.matches.repository import Desk
from shared import clock
from shared.errors import Invalid
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.list_keys import region_key

MAX_MONTHS = 36


class FiguresQuery(Form):
    """From month to month, both included; this month when nothing is said."""

    first: Month | None = None
    last: Month | None = None


def view_figures(region: str, query: FiguresQuery, caller: Principal, desk: Desk) -> Figures:
    """What matching answers for in one region."""
    authorise_region(region, "view_figures", caller)
    now = clock.now()
    this_month = f"{calendar.local_date(regions.zone(region), now):%Y-%m}"
    period = Period(first=query.first or query.last or this_month, last=query.last or this_month)
    if period.first > period.last:
        raise Invalid("period_reversed", "first")
    months = _months(period.first, max(period.last, this_month))
    partition = region_key(region)
    guardians = desk.guardians.of_region(partition)
    if caller.nationwide:
        known = {guardian.guardian_id for guardian in guardians}
        asked = (each for each in desk.guardians.unassigned() if each.requested_region == region)
        guardians += [each for each in asked if each.guardian_id not in known]
    return figures(region, period, now, desk.matches.of_months(partition, months), guardians)


def _months(first: str, last: str) -> list[str]:
    """The months from one to another; a match over before the first is none of the period."""
    year, month = map(int, first.split("-"))
    found: list[str] = []
    while (text := f"{year:04d}-{month:02d}") <= last:
        if len(found) == MAX_MONTHS:
            raise Invalid("period_too_long", "first", months=MAX_MONTHS)
        found.append(text)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found
