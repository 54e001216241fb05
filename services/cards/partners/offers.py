"""Where a partner's fixed discount holds, how large it is and from when to when."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from shared.domain import CodeEnum
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar, regions

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Hours(BaseModel):
    """Opening hours of one weekday, in the region's time."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    day: str = Field(pattern=f"^({'|'.join(DAYS)})$")
    opens: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    closes: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")


class Outlet(BaseModel):
    """A shop where the card is shown; all of it is public."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    title: str
    district_id: str
    address: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    hours: tuple[Hours, ...] = ()
    closed: bool = False


class OfferStatus(CodeEnum, of="offer_status"):
    """Where a version of an offer stands; a published one is never edited."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Offer(BaseModel):
    """One version of a fixed discount; `outlets` empty means all of the partner's.

    `starts_at` and `ends_at` are the region's midnights in UTC, fixed at publication.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

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
        """Whether this version speaks about that outlet."""
        return not self.outlets or outlet_id in self.outlets

    def published(self, region: str, by: str) -> Self:
        """The version that tills obey, bounded by the region's midnights."""
        if self.status is not OfferStatus.PROPOSED:
            raise IllegalStep(f"offer_{self.status}")
        ends_at = (
            calendar.end_of_day(regions.zone(region), self.valid_to) if self.valid_to else None
        )
        return self.model_copy(
            update={
                "status": OfferStatus.PUBLISHED,
                "confirmed_by": by,
                "starts_at": calendar.start_of_day(regions.zone(region), self.valid_from),
                "ends_at": ends_at,
            }
        )

    def withdrawn(self) -> Self:
        """A version that never comes into force."""
        return self.model_copy(update={"status": OfferStatus.WITHDRAWN})


class Span(BaseModel):
    """An offer in force in one outlet from `starts_at` until (not including) `ends_at`."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    offer_id: str
    percent: int
    starts_at: datetime
    ends_at: datetime | None


def timeline(offers: Iterable[Offer], outlet_id: str, until: datetime | None) -> list[Span]:
    """The offers of one outlet one after another: a newer one ends the older, `until` ends all."""
    published = [o for o in _by_start(offers) if o.holds_in(outlet_id)]
    spans = []
    for place, offer in enumerate(published):
        following = published[place + 1].starts_at if place + 1 < len(published) else None
        spans.append(_span(offer, following, until))
    return [span for span in spans if span is not None]


def in_force(spans: Iterable[Span], moment: datetime) -> Span | None:
    """The one span that covers the moment."""
    return next(
        (s for s in spans if s.starts_at <= moment and (s.ends_at is None or moment < s.ends_at)),
        None,
    )


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


def require_free(offers: Iterable[Offer], new: Offer, outlets: Mapping[str, Outlet]) -> None:
    """Refuse a version that would start on or before another published one of the same outlet."""
    for offer in _by_start(offers):
        shared_outlets = [o for o in outlets if offer.holds_in(o) and new.holds_in(o)]
        if shared_outlets and offer.valid_from >= new.valid_from:
            raise IllegalStep("offer_overlaps", ("withdraw_offer",), since=offer.valid_from)
