"""The figures of a region and of a partner."""

from collections.abc import Iterable, Mapping
from typing import Self

from services.cards.counters.domain import CardCounts, TillCounter, TillCounts, share, sum_of
from shared.api.models import View


class PartnerStatistics(View):
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
    def of_counters(cls, partner_id: str, month: str, counters: Iterable[TillCounter]) -> Self:
        """Add up the shards of a month."""
        counts = sum_of((counter.counts for counter in counters), TillCounts())
        return cls.of(counts, partner_id=partner_id, month=month, saved_amount=counts.saved)


class CardsActivated(View):
    """K-32: of all cards ever issued, how many were ever activated."""

    issued: int
    activated: int
    percent: float | None

    @classmethod
    def of_counts(cls, counts: CardCounts) -> Self:
        """Return the share of activated cards."""
        return cls.of(counts, percent=share(counts.activated, counts.issued))


class NewParents(View):
    """K-33: of the cards issued on an order, how many were activated and who agreed to contact."""

    issued: int
    activated: int
    activated_percent: float | None
    community_consent: int
    community_consent_percent: float | None

    @classmethod
    def of_counts(cls, counts: CardCounts) -> Self:
        """Return the shares of new foster parents."""
        return cls(
            issued=counts.new_issued,
            activated=counts.new_activated,
            activated_percent=share(counts.new_activated, counts.new_issued),
            community_consent=counts.new_consented,
            community_consent_percent=share(counts.new_consented, counts.new_issued),
        )


class PartnersByDistrict(View):
    """K-34: active partners, and the districts that have none."""

    active: int
    by_district: dict[str, int]
    districts_with: int
    districts_without: list[str]

    @classmethod
    def of_districts(cls, active: int, by_district: Mapping[str, int]) -> Self:
        """Return which of the districts have an active partner."""
        without = [code for code, number in by_district.items() if not number]
        return cls(
            active=active,
            by_district=dict(by_district),
            districts_with=len(by_district) - len(without),
            districts_without=without,
        )


class CardUse(View):
    """K-35: valid checks and distinct cards per partner."""

    checks: int
    saved_amount: int
    partners: list[PartnerStatistics]

    @classmethod
    def of_counters(cls, counters: Iterable[TillCounter]) -> Self:
        """Add up the shards by partner and month."""
        by_partner: dict[tuple[str, str], list[TillCounter]] = {}
        for counter in counters:
            by_partner.setdefault((counter.partner_id, counter.month), []).append(counter)
        partners = [
            PartnerStatistics.of_counters(*names, found)
            for names, found in sorted(by_partner.items())
        ]
        return cls(
            checks=sum(p.checks for p in partners),
            saved_amount=sum(p.saved_amount for p in partners),
            partners=partners,
        )


class Report(View):
    """The figures of a region's card programme."""

    region: str
    months: list[str]
    k32: CardsActivated
    k33: NewParents
    k34: PartnersByDistrict
    k35: CardUse
