"""The figures of a partner and of a region (K-32 … K-35)."""

from collections.abc import Iterable, Sequence

from services.cards.counters.domain import CardCounter, CardCounts, sum_of
from services.cards.counters.repository import CardCounters, TillCounters
from services.cards.figures.commands import ReportQuery, StatisticsQuery
from services.cards.figures.views import (
    CardsActivated,
    CardsEnded,
    CardUse,
    NewParents,
    PartnersByDistrict,
    PartnerStatistics,
    Report,
)
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId
from services.cards.policy import POLICY
from services.cards.programmes.policy import resource
from shared import clock
from shared.errors import Invalid
from shared.principal import Principal
from shared.reference import calendar, regions

FEDERAL = "federal_hq"


def get_statistics(
    partner_id: PartnerId,
    query: StatisticsQuery,
    caller: Principal,
    partners: Partners,
    counters: TillCounters,
) -> PartnerStatistics:
    """Show how many checks and different cards a month brought the partner."""
    partner = load_authorised(partner_id, "view_statistics", caller, partners)
    found = counters.list_by_partner(partner.id, query.month)
    return PartnerStatistics.of_counters(partner.id, query.month, found)


def get_report(
    query: ReportQuery,
    caller: Principal,
    partners: Partners,
    card_counters: CardCounters,
    till_counters: TillCounters,
) -> Report:
    """Show the figures K-32 to K-35 of a region.

    Without a month or quarter all months count for K-33, and the present one for K-35. A number of
    holders below five, and what it would follow from, is hidden from federal headquarters.
    """
    regions.region(query.region, "region")
    POLICY.require(caller, "view_report", resource(query.region))
    chosen = _months(query)
    every = card_counters.list_by_region(query.region)
    new = [counter for counter in every if not chosen or counter.month in chosen]
    today = calendar.local_date(regions.zone(query.region), clock.now())
    months = chosen or [f"{today:%Y-%m}"]
    used = [each for month in months for each in till_counters.list_by_region(query.region, month)]
    few, of_all = caller.role == FEDERAL, _sum(every)
    return Report(
        region=query.region,
        months=months,
        k32=CardsActivated.of_counts(of_all, hides_few=few),
        ended=CardsEnded.of_counts(of_all, hides_few=few),
        k33=NewParents.of_months(_by_month(new), hides_few=few),
        k34=_by_district(query.region, partners),
        k35=CardUse.of_counters(used, hides_few=few),
    )


def _months(query: ReportQuery) -> list[str]:
    if query.month is not None and query.quarter is not None:
        raise Invalid("one_period_only", "quarter")
    if query.month is not None:
        return [query.month]
    if query.quarter is None:
        return []
    year, quarter = query.quarter.split("-Q")
    first = 3 * int(quarter) - 2
    return [f"{year}-{month:02d}" for month in range(first, first + 3)]


def _by_month(counters: Sequence[CardCounter]) -> list[CardCounts]:
    return [
        _sum(counter for counter in counters if counter.month == month)
        for month in {counter.month for counter in counters}
    ]


def _sum(counters: Iterable[CardCounter]) -> CardCounts:
    return sum_of((counter.counts for counter in counters), CardCounts())


def _by_district(region: str, partners: Partners) -> PartnersByDistrict:
    active = partners.list_active(region)
    known = regions.region(region).districts
    by_district = {code: sum(code in p.district_ids for p in active) for code in known}
    return PartnersByDistrict.of_districts(len(active), by_district)
