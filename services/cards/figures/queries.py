"""The figures of a partner and of a region (K-32 … K-35)."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from services.cards import policy
from services.cards.counters.domain import Cohort, CohortCounts, Use, UseCounts, share, sum_of
from services.cards.counters.repository import Cohorts, Uses
from services.cards.fields import Region
from services.cards.partners.repository import Partners
from services.cards.partners.use_cases import allowed
from services.cards.partners.views import PartnerView
from shared import clock
from shared.principal import Principal
from shared.reference import calendar, regions

Month = Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")


class StatisticsQuery(BaseModel):
    """A month of the region's calendar."""

    month: str = Month


class PartnerStatistics(BaseModel):
    """What the card brought a partner; money in kopecks."""

    partner_id: str
    month: str
    checks: int
    distinct_cards: int
    refused: int
    purchases: int
    amount: int
    saved_amount: int

    @classmethod
    def of(cls, partner_id: str, month: str, uses: Iterable[Use]) -> "PartnerStatistics":
        """The shards of a month together."""
        counts = sum_of((use.counts for use in uses), UseCounts())
        return cls(
            partner_id=partner_id,
            month=month,
            saved_amount=counts.saved,
            **counts.model_dump(exclude={"saved"}),
        )


class ReportQuery(BaseModel):
    """A region, and the month or quarter that new cards and uses are reported for."""

    region: Region
    month: str | None = Field(default=None, pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")
    quarter: str | None = Field(default=None, pattern=r"^20\d{2}-Q[1-4]$")


class CardsActivated(BaseModel):
    """K-32: of all cards ever issued, how many were ever activated."""

    issued: int
    activated: int
    percent: float | None


class NewParents(BaseModel):
    """K-33: of the cards issued on an order, how many were activated and who agreed to contact."""

    issued: int
    activated: int
    activated_percent: float | None
    community_consent: int
    community_consent_percent: float | None


class PartnersByDistrict(BaseModel):
    """K-34: active partners, and the districts that have none."""

    active: int
    by_district: dict[str, int]
    districts_with: int
    districts_without: list[str]


class CardUse(BaseModel):
    """K-35: valid checks and distinct cards per partner."""

    checks: int
    saved_amount: int
    partners: list[PartnerStatistics]


class Report(BaseModel):
    """The figures of a region's card programme."""

    region: str
    months: list[str]
    k32: CardsActivated
    k33: NewParents
    k34: PartnersByDistrict
    k35: CardUse


def show_statistics(
    partner_id: str, month: str, caller: Principal, partners: Partners, uses: Uses
) -> PartnerStatistics:
    """A partner's own month: how many checks and how many different cards, never which."""
    partner = allowed(partner_id, "view_statistics", caller, partners)
    return PartnerStatistics.of(partner.id, month, uses.of_partner(partner.id, month))


def show_partner(partner_id: str, caller: Principal, partners: Partners, uses: Uses) -> PartnerView:
    """A partner with its offers and keys, and when each key was last used."""
    partner = allowed(partner_id, "view_details", caller, partners)
    now = clock.now()
    today = calendar.local_date(regions.zone(partner.region), now)
    months = [f"{calendar.add_months(today, back):%Y-%m}" for back in (0, -1)]
    return PartnerView.of(partner, now, uses.last_used(partner.id, months))


def show_report(
    query: ReportQuery, caller: Principal, partners: Partners, cohorts: Cohorts, uses: Uses
) -> Report:
    """K-32 … K-35 of a region; without a month or quarter all months count for K-33."""
    regions.region(query.region, "region")
    policy.POLICY.require(caller, "view_report", policy.programme(query.region))
    chosen = _months(query)
    every = cohorts.of_region(query.region)
    new = [c for c in every if not chosen or c.month in chosen]
    used_in = chosen or [f"{calendar.local_date(regions.zone(query.region), clock.now()):%Y-%m}"]
    return Report(
        region=query.region,
        months=used_in,
        k32=_activated(_sum(every)),
        k33=_new_parents(_sum(new)),
        k34=_by_district(query.region, partners),
        k35=_card_use([u for month in used_in for u in uses.of_region(query.region, month)]),
    )


def _months(query: ReportQuery) -> list[str]:
    if query.month is not None:
        return [query.month]
    if query.quarter is None:
        return []
    year, quarter = query.quarter.split("-Q")
    first = 3 * int(quarter) - 2
    return [f"{year}-{month:02d}" for month in range(first, first + 3)]


def _sum(cohorts: Iterable[Cohort]) -> CohortCounts:
    return sum_of((cohort.counts for cohort in cohorts), CohortCounts())


def _activated(counts: CohortCounts) -> CardsActivated:
    return CardsActivated(
        issued=counts.issued,
        activated=counts.activated,
        percent=share(counts.activated, counts.issued),
    )


def _new_parents(counts: CohortCounts) -> NewParents:
    return NewParents(
        issued=counts.new_issued,
        activated=counts.new_activated,
        activated_percent=share(counts.new_activated, counts.new_issued),
        community_consent=counts.new_consented,
        community_consent_percent=share(counts.new_consented, counts.new_issued),
    )


def _by_district(region: str, partners: Partners) -> PartnersByDistrict:
    active = partners.active_in(region)
    known = regions.region(region).districts
    by_district = {code: sum(code in p.district_ids for p in active) for code in known}
    without = [code for code, number in by_district.items() if not number]
    return PartnersByDistrict(
        active=len(active),
        by_district=by_district,
        districts_with=len(known) - len(without),
        districts_without=without,
    )


def _card_use(uses: list[Use]) -> CardUse:
    by_partner: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        by_partner.setdefault((use.partner_id, use.month), []).append(use)
    partners = [PartnerStatistics.of(*names, found) for names, found in sorted(by_partner.items())]
    return CardUse(
        checks=sum(p.checks for p in partners),
        saved_amount=sum(p.saved_amount for p in partners),
        partners=partners,
    )
