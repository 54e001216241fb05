"""The figures of a region and of a partner; null where a number is hidden or of nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from services.cards.counters.domain import CardCounts, TillCounter, TillCounts, share, sum_of
from shared.api.models import View
from shared.privacy.small_numbers import FEW, ShownParts, hide_each_few


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

    issued: int | None
    activated: int | None
    percent: float | None

    @classmethod
    def of_counts(cls, counts: CardCounts, *, hides_few: bool) -> Self:
        """Return the share of activated cards."""
        numbers = {"issued": counts.issued, "activated": counts.activated}
        shown = hide_each_few(numbers) if hides_few else numbers
        return cls(**shown, percent=_share(shown["activated"], shown["issued"]))


class CardsEnded(View):
    """Of all cards ever issued, how often one was blocked, replaced or revoked since.

    A card that was blocked and found again counts as blocked; blocked twice, it counts twice.
    """

    blocked: int | None
    replaced: int | None
    revoked: int | None

    @classmethod
    def of_counts(cls, counts: CardCounts, *, hides_few: bool) -> Self:
        """Return how often each happened."""
        numbers = counts.model_dump()
        return cls(**hide_each_few(numbers) if hides_few else numbers)


class NewParents(View):
    """K-33: of the cards issued on an order, how many were activated and who agreed to contact."""

    issued: int | None
    activated: int | None
    activated_percent: float | None
    community_consent: int | None
    community_consent_percent: float | None

    @classmethod
    def of_months(cls, months: Iterable[CardCounts], *, hides_few: bool) -> Self:
        """Return the shares of new foster parents.

        What is hidden of a month is hidden of any period: it would be the rest of a quarter.
        """
        each = [_new_parents(counts) for counts in months]
        shown: ShownParts = dict(_new_parents(CardCounts()))
        for name in shown:
            numbers = [month[name] for month in each]
            few = hides_few and any(0 < number < FEW for number in numbers)
            shown[name] = None if few else sum(numbers)
        return cls(
            **shown,
            activated_percent=_share(shown["activated"], shown["issued"]),
            community_consent_percent=_share(shown["community_consent"], shown["issued"]),
        )


def _new_parents(counts: CardCounts) -> dict[str, int]:
    return {
        "issued": counts.new_issued,
        "activated": counts.new_activated,
        "community_consent": counts.new_consented,
    }


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or whole is None else share(part, whole)


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


class PartnerUse(View):
    """A month of a partner in the report; null where few cards were used there."""

    partner_id: str
    month: str
    checks: int | None
    distinct_cards: int | None
    refused: int | None
    purchases: int | None
    amount: int | None
    saved_amount: int | None


class CardUse(View):
    """K-35: valid checks and distinct cards per partner."""

    checks: int | None
    saved_amount: int | None
    partners: list[PartnerUse]

    @classmethod
    def of_counters(cls, counters: Iterable[TillCounter], *, hides_few: bool) -> Self:
        """Add up the shards by partner and month."""
        by_partner: dict[tuple[str, str], list[TillCounter]] = {}
        for counter in counters:
            by_partner.setdefault((counter.partner_id, counter.month), []).append(counter)
        partners = [
            PartnerStatistics.of_counters(*names, found)
            for names, found in sorted(by_partner.items())
        ]
        hidden = [each for each in partners if hides_few and _is_of_few(each)]
        follow = _follow_from_total(hidden)
        return cls(
            checks=None if follow else sum(p.checks for p in partners),
            saved_amount=None if follow else sum(p.saved_amount for p in partners),
            partners=[_use_of(each, hidden=each in hidden) for each in partners],
        )


def _is_of_few(partner: PartnerStatistics) -> bool:
    """Whether a month is that of few cards; a purchase may be under a check of the month before."""
    used = partner.distinct_cards or partner.purchases
    return used > 0 and partner.distinct_cards < FEW


def _follow_from_total(hidden: Sequence[PartnerStatistics]) -> bool:
    """Whether a total says what is hidden, of one of its months at least."""
    by_month: dict[str, list[int]] = {}
    for each in hidden:
        by_month.setdefault(each.month, []).append(each.checks)
    return any(len(checks) == 1 or sum(checks) < FEW for checks in by_month.values())


def _use_of(partner: PartnerStatistics, *, hidden: bool) -> PartnerUse:
    if not hidden:
        return PartnerUse.of(partner)
    nothing = dict.fromkeys(PartnerUse.model_fields)
    return PartnerUse(**nothing | {"partner_id": partner.partner_id, "month": partner.month})


class Report(View):
    """The figures of a region's card programme."""

    region: str
    months: list[str]
    k32: CardsActivated
    ended: CardsEnded
    k33: NewParents
    k34: PartnersByDistrict
    k35: CardUse
