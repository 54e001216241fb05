"""The figures of a region and of all of them: numbers only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.matching.figures.commands import FiguresQuery
from services.matching.figures.domain import Counts, Period, counts
from services.matching.figures.hiding import ALL, Hidden, hidden_of, together
from services.matching.figures.views import Figures, ProgrammeFigures
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import authorise_programme, authorise_region
from services.matching.matches.domain import Match
from services.matching.matches.repository import Matches
from services.matching.stories.domain import Story
from services.matching.stories.repository import Stories
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.repository import Volunteers
from shared import clock
from shared.domain import RegionCode
from shared.errors import Invalid
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.list_keys import region_key

MAX_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Facts:
    """What a region's figures of some months are counted from, read once."""

    zone: ZoneInfo
    now: datetime
    matches: list[Match]
    stories: list[Story]
    guardians: list[Guardian]
    volunteers: list[Volunteer]

    def counts(self, period: Period) -> Counts:
        """Return the counts of these months, or of some of them."""
        return counts(
            self.zone,
            period,
            self.now,
            self.matches,
            self.stories,
            self.guardians,
            self.volunteers,
        )


class Counted:
    """What figures are counted from."""

    def __init__(
        self, matches: Matches, stories: Stories, guardians: Guardians, volunteers: Volunteers
    ) -> None:
        self._matches, self._stories = matches, stories
        self._guardians, self._volunteers = guardians, volunteers

    def of_regions(self, codes: Iterable[str], period: Period, now: datetime) -> dict[str, Facts]:
        """Return the facts of some regions by their code."""
        asked = self._guardians.unassigned()
        return {code: self._of_region(code, period, now, asked) for code in codes}

    def _of_region(
        self, region: str, period: Period, now: datetime, asked: list[Guardian]
    ) -> Facts:
        zone, key = regions.zone(region), region_key(region)
        months = _months(period, f"{calendar.local_date(zone, now):%Y-%m}")
        # An application counts where it was handed in until a region has it.
        known = {each.guardian_id: each for each in asked if each.requested_region == region}
        known |= {each.guardian_id: each for each in self._guardians.of_region(key)}
        return Facts(
            zone,
            now,
            self._matches.of_months(key, months),
            self._stories.of_months(key, months),
            list(known.values()),
            self._volunteers.at_work(key),
        )


def view_figures(
    region: RegionCode,
    query: FiguresQuery,
    caller: Principal,
    matches: Matches,
    stories: Stories,
    guardians: Guardians,
    volunteers: Volunteers,
) -> Figures:
    """Show introductions, calls, endings, stories, guardians and volunteers of a region.

    Outside of the region's headquarters numbers of families below five are hidden, and what they
    would follow from.
    """
    authorise_region(region, "view_figures", caller)
    now, counted = clock.now(), Counted(matches, stories, guardians, volunteers)
    period = _period(query, [region], now)
    if not caller.nationwide:
        own = counted.of_regions([region], period, now)[region].counts(period)
        return Figures.of_counts(region, own, {})
    facts = counted.of_regions(regions.regions(), period, now)
    return Figures.of_counts(
        region, facts[region].counts(period), _hidden_in(facts, period), region
    )


def view_programme_figures(
    query: FiguresQuery,
    caller: Principal,
    matches: Matches,
    stories: Stories,
    guardians: Guardians,
    volunteers: Volunteers,
) -> ProgrammeFigures:
    """Show the same numbers of all regions, and of each; those below five are hidden."""
    authorise_programme("view_programme_figures", caller)
    now, counted = clock.now(), Counted(matches, stories, guardians, volunteers)
    period = _period(query, regions.regions(), now)
    facts = counted.of_regions(regions.regions(), period, now)
    found = {code: each.counts(period) for code, each in facts.items()}
    total, hidden = Counts.total(found.values()), _hidden_in(facts, period)
    return ProgrammeFigures(
        first=period.first,
        last=period.last,
        total=Figures.of_counts(None, total, hidden, ALL),
        regions=[Figures.of_counts(code, each, hidden, code) for code, each in found.items()],
    )


def _hidden_in(facts: Mapping[str, Facts], period: Period) -> dict[str, Hidden]:
    """Return what is hidden of a period: what is hidden of any month of it, too.

    Otherwise a month would follow from the periods that end before and after it.
    """
    spans = [
        Period(first=month, last=month) for month in calendar.months(period.first, period.last)
    ]
    tables = [{code: each.counts(span) for code, each in facts.items()} for span in spans]
    return {
        name: together(
            hidden_of({code: each.people[name] for code, each in found.items()} | {ALL: parts})
            for found in tables
            for parts in [Counts.total(found.values()).people[name]]
        )
        for name in next(iter(tables[0].values())).people
    }


def _period(query: FiguresQuery, codes: Iterable[str], now: datetime) -> Period:
    """Return the period that is asked for; this month is the one that the last region is in."""
    this_month = min(f"{regions.local_date(code, now):%Y-%m}" for code in codes)
    last = query.last or this_month
    period = Period(first=query.first or last, last=last)
    if period.first > period.last:
        raise Invalid("period_reversed", "first")
    if len(_months(period, this_month)) > MAX_MONTHS + 1:
        long = len(calendar.months(period.first, period.last)) > MAX_MONTHS
        code = "period_too_long" if long else "period_too_far_back"
        raise Invalid(code, "first", months=MAX_MONTHS)
    return period


def _months(period: Period, this_month: str) -> Sequence[str]:
    """Return the months in which a match of the period may have been over.

    That is until today, and from a month before: a call is due until then after an ending.
    """
    return calendar.months(calendar.month_before(period.first), max(period.last, this_month))
