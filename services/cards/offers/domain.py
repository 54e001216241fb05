"""Where a partner's fixed discount holds, how large it is and from when to when."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field

from services.cards.offers.values import OfferStatus
from services.cards.till_read_model import OfferSpan
from shared.domain import ValueObject
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar


class Offer(ValueObject):
    """One version of a fixed discount; `outlets` empty means all of the partner's.

    `starts_at` and `ends_at` are the region's midnights in UTC, fixed at publication.
    """

    id: str
    version: int
    percent: int = Field(ge=1, le=100)
    goods_scope: str
    outlets: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None
    status: OfferStatus = OfferStatus.PROPOSED
    proposed_by: str
    confirmed_by: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def require_dates(self) -> None:
        """Refuse a last day before the first."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise Invalid("dates_reversed", "/valid_to")

    def holds_in(self, outlet_id: str) -> bool:
        """Return whether this version holds in that outlet."""
        return not self.outlets or outlet_id in self.outlets

    def publish(self, by: str, zone: ZoneInfo) -> Self:
        """Let tills obey this version, bounded by the midnights of the zone."""
        if self.status is not OfferStatus.PROPOSED:
            raise IllegalStep(f"offer_{self.status}")
        return self._with(
            status=OfferStatus.PUBLISHED,
            confirmed_by=by,
            starts_at=calendar.start_of_day(zone, self.valid_from),
            ends_at=calendar.end_of_day(zone, self.valid_to) if self.valid_to else None,
        )

    def span(self, until: datetime | None) -> OfferSpan:
        """Return this published version as tills know it; it ends at `until` at the latest."""
        if self.starts_at is None:
            raise ValueError("only a published version has bounds")
        ends_at = min((end for end in (self.ends_at, until) if end is not None), default=None)
        ends = int(ends_at.timestamp()) if ends_at else 0
        return OfferSpan(self.id, self.percent, int(self.starts_at.timestamp()), ends)

    def withdraw(self) -> Self:
        """Let this version never come into force."""
        return self._with(status=OfferStatus.WITHDRAWN)


def offers_in(
    offers: Iterable[Offer], outlet_id: str, until: datetime | None, since: datetime
) -> list[OfferSpan]:
    """Return the published offers of an outlet that hold at that moment or later, in order.

    `until` ends all. Which of them is in force is for `till_read_model.in_force` alone to say.
    """
    spans = [o.span(until) for o in _by_start(offers) if o.holds_in(outlet_id)]
    return [s for s in spans if not s.ends or s.ends > max(s.starts, int(since.timestamp()))]


def require_free(offers: Iterable[Offer], new: Offer, outlets: Iterable[str]) -> None:
    """Refuse a version that would start on or before another published one of the same outlet."""
    same = [outlet for outlet in outlets if new.holds_in(outlet)]
    for offer in _by_start(offers):
        if any(map(offer.holds_in, same)) and offer.valid_from >= new.valid_from:
            raise IllegalStep("offer_overlaps", ("withdraw_offer",), since=offer.valid_from)


def _by_start(offers: Iterable[Offer]) -> list[Offer]:
    published = [o for o in offers if o.status is OfferStatus.PUBLISHED]
    return sorted(published, key=lambda o: (o.valid_from, o.version))
