"""Where a partner's fixed discount holds, how large it is and from when to when."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field

from services.cards.offers.values import OfferStatus
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

    def withdraw(self) -> Self:
        """Let this version never come into force."""
        return self._with(status=OfferStatus.WITHDRAWN)


class Span(ValueObject):
    """An offer in force in one outlet from `starts_at` until (not including) `ends_at`."""

    offer_id: str
    percent: int
    starts_at: datetime
    ends_at: datetime | None


def timeline(offers: Iterable[Offer], outlet_id: str, until: datetime | None) -> list[Span]:
    """Return the offers of one outlet in order: a newer one ends the older, `until` ends all."""
    published = [o for o in _by_start(offers) if o.holds_in(outlet_id)]
    spans = []
    for place, offer in enumerate(published):
        following = published[place + 1].starts_at if place + 1 < len(published) else None
        spans.append(_span(offer, following, until))
    return [span for span in spans if span is not None]


def require_free(offers: Iterable[Offer], new: Offer, outlets: Iterable[str]) -> None:
    """Refuse a version that would start on or before another published one of the same outlet."""
    same = [outlet for outlet in outlets if new.holds_in(outlet)]
    for offer in _by_start(offers):
        if any(map(offer.holds_in, same)) and offer.valid_from >= new.valid_from:
            raise IllegalStep("offer_overlaps", ("withdraw_offer",), since=offer.valid_from)


def _by_start(offers: Iterable[Offer]) -> list[Offer]:
    published = [o for o in offers if o.status is OfferStatus.PUBLISHED]
    return sorted(published, key=lambda o: (o.valid_from, o.version))


def _span(offer: Offer, *bounds: datetime | None) -> Span | None:
    ends = [end for end in (offer.ends_at, *bounds) if end is not None]
    starts_at = offer.starts_at
    ends_at = min(ends, default=None)
    if starts_at is None or (ends_at is not None and ends_at <= starts_at):
        return None
    return Span(offer_id=offer.id, percent=offer.percent, starts_at=starts_at, ends_at=ends_at)
