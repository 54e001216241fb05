"""The figures of a region and of all of them: numbers only."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.matching.figures.commands import FiguresQuery
from services.matching.figures.domain import Counts, Period, counts
from services.matching.figures.hiding import ALL, Hidden, hidden_of
from services.matching.figures.views import Figures, ProgrammeFigures
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import authorise_programme, authorise_region
from services.matching.matches.repository import Matches
from services.matching.stories.repository import Stories
from shared import clock
from shared.domain import RegionCode
from shared.errors import Invalid
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.list_keys import region_key

MAX_MONTHS = 36


class Counted:
    """What figures are counted from."""

    def __init__(self, matches: Matches, stories: Stories, guardians: Guardians) -> None:
        self._matches, self._stories, self._guardians = matches, stories, guardians

    def of_regions(self, codes: Iterable[str], period: Period, now: datetime) -> dict[str, Counts]:
        """Return the counts of some regions by their code."""
        asked = self._guardians.unassigned()
        return {code: self._of_region(code, period, now, asked) for code in codes}

    def _of_region(
        self, region: str, period: Period, now: datetime, asked: list[Guardian]
    ) -> Counts:
        zone, key = regions.zone(region), region_key(region)
        months = _months(period, f"{calendar.local_date(zone, now):%Y-%m}")
        # An application counts where it was handed in until a region has it.
        known = {each.guardian_id: each for each in asked if each.requested_region == region}
        known |= {each.guardian_id: each for each in self._guardians.of_region(key)}
        return counts(
            zone,
            period,
            now,
            self._matches.of_months(key, months),
            self._stories.of_months(key, months),
            list(known.values()),
        )


def view_figures(
    region: RegionCode,
    query: FiguresQuery,
    caller: Principal,
    matches: Matches,
    stories: Stories,
    guardians: Guardians,
) -> Figures:
    """Show introductions, calls, endings, stories and guardians of a region in numbers.

    Outside of the region's headquarters numbers of families below five are hidden, and what they
    would follow from.
    """
    authorise_region(region, "view_figures", caller)
    now, counted = clock.now(), Counted(matches, stories, guardians)
    if not caller.nationwide:
        period = _period(query, [region], now)
        return Figures.of_counts(region, counted.of_regions([region], period, now)[region], {})
    found = counted.of_regions(regions.regions(), _period(query, [region], now), now)
    hidden = _hidden(found, Counts.total(found.values()))
    return Figures.of_counts(region, found[region], hidden, region)


def view_programme_figures(
    query: FiguresQuery, caller: Principal, matches: Matches, stories: Stories, guardians: Guardians
) -> ProgrammeFigures:
    """Show the same numbers of all regions, and of each; those below five are hidden."""
    authorise_programme("view_programme_figures", caller)
    now, counted = clock.now(), Counted(matches, stories, guardians)
    period = _period(query, regions.regions(), now)
    found = counted.of_regions(regions.regions(), period, now)
    total = Counts.total(found.values())
    hidden = _hidden(found, total)
    return ProgrammeFigures(
        first=period.first,
        last=period.last,
        total=Figures.of_counts(None, total, hidden, ALL),
        regions=[Figures.of_counts(code, each, hidden, code) for code, each in found.items()],
    )


def _hidden(found: Mapping[str, Counts], total: Counts) -> dict[str, Hidden]:
    return {
        name: hidden_of({code: each.families[name] for code, each in found.items()} | {ALL: parts})
        for name, parts in total.families.items()
    }


def _period(query: FiguresQuery, codes: Iterable[str], now: datetime) -> Period:
    """Return the period that is asked for; this month is the one that the last region is in."""
    this_month = min(f"{calendar.local_date(regions.zone(code), now):%Y-%m}" for code in codes)
    last = query.last or this_month
    period = Period(first=query.first or last, last=last)
    if period.first > period.last:
        raise Invalid("period_reversed", "first")
    _months(period, this_month)
    return period


def _months(period: Period, this_month: str) -> list[str]:
    """Return the months in which a match of the period may have been over.

    That is until today, and from a month before: a call is due until then after an ending.
    """
    first, last = _number(period.first) - 1, _number(max(period.last, this_month))
    if last - first > MAX_MONTHS:
        raise Invalid("period_too_long", "first", months=MAX_MONTHS)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1
