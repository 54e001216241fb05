"""Where a partner's fixed discounts hold, how large they are and from when to when."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from services.cards import outlet_sets
from services.cards.offers.values import Discount, OfferStatus
from services.cards.till_read_model import OfferSpan, in_force
from shared.domain import Aggregate, ValueObject
from shared.errors import IllegalStep, Invalid, NotFound
from shared.reference import calendar

MAX_OPEN = 24
MAX_PROPOSED = 10  # one commit publishes all of them with their partner


class Offer(ValueObject):
    """One version of a fixed discount; `outlets` is the set of those it holds in, empty for all.

    `starts_at` and `ends_at` are the region's midnights in UTC, fixed at publication.
    """

    id: str
    number: int
    discount: Discount
    goods_scope: str
    outlets: str = ""
    valid_from: date
    valid_to: date | None = None
    status: OfferStatus = OfferStatus.PROPOSED
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def require_dates(self) -> None:
        """Refuse a last day before the first."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise Invalid("dates_reversed", "/valid_to")

    def meets(self, other: Self) -> bool:
        """Return whether both hold in some outlet."""
        if not self.outlets or not other.outlets:
            return True
        return outlet_sets.bits_of(self.outlets) & outlet_sets.bits_of(other.outlets) != 0

    def publish(self, zone: ZoneInfo) -> Self:
        """Let tills obey this version, bounded by the midnights of the zone."""
        if self.status is not OfferStatus.PROPOSED:
            raise IllegalStep(f"offer_{self.status}")
        return self._with(
            status=OfferStatus.PUBLISHED,
            starts_at=calendar.start_of_day(zone, self.valid_from),
            ends_at=calendar.end_of_day(zone, self.valid_to) if self.valid_to else None,
        )

    def withdraw(self, at: datetime) -> Self:
        """Let this version never come into force."""
        if self.starts_at is not None and self.starts_at <= at:
            over = self.ends_at is not None and self.ends_at <= at
            raise IllegalStep("offer_over" if over else "offer_in_force", ("propose_offer",))
        return self._with(status=OfferStatus.WITHDRAWN)

    def span(self, until: datetime | None) -> OfferSpan | None:
        """Return a published version as tills know it; it ends at `until` at the latest."""
        if self.status is not OfferStatus.PUBLISHED or self.starts_at is None:
            return None
        ends_at = min((end for end in (self.ends_at, until) if end is not None), default=None)
        starts, ends = _second(self.starts_at), _second(ends_at) if ends_at else 0
        if ends and ends <= starts:
            return None
        size = self.discount
        return OfferSpan(
            self.id, size.percent, starts, ends, self.outlets, size.kopecks, size.minimum
        )


class OfferRecord(Aggregate):
    """A version of an offer in a row of its own, where it stays when it is over."""

    id: str
    partner_id: str
    offer: Offer


class OfferBook(ValueObject):
    """The versions of a partner's discount that are proposed, in force or to come.

    Those that are over leave it, so that it stays small; `made` counts all there have been.
    """

    offers: tuple[Offer, ...] = ()
    made: int = 0

    def find(self, offer_id: str) -> Offer | None:
        """Return an open version, or None."""
        return next((offer for offer in self.offers if offer.id == offer_id), None)

    def get(self, offer_id: str) -> Offer:
        """Return an open version; raises NotFound."""
        if found := self.find(offer_id):
            return found
        raise NotFound("offer")

    @property
    def proposed(self) -> list[Offer]:
        """Versions that wait for the club, in the order of their first days."""
        found = [offer for offer in self.offers if offer.status is OfferStatus.PROPOSED]
        return sorted(found, key=lambda offer: offer.valid_from)

    def lapses_at(self, zone: ZoneInfo) -> datetime | None:
        """Return when the first day begins of a version that is still to be confirmed."""
        first = min((offer.valid_from for offer in self.proposed), default=None)
        return calendar.start_of_day(zone, first) if first else None

    def has_room(self, at: datetime) -> bool:
        """Return whether one more version may be proposed."""
        left = self.without_past(at)
        return len(left.offers) < MAX_OPEN and len(left.proposed) < MAX_PROPOSED

    def add(self, offer: Offer, at: datetime) -> Self:
        """Add a proposed version; those that are over make room."""
        left = self.without_past(at)
        if len(left.offers) >= MAX_OPEN:
            to_come = any(o.starts_at is None or at < o.starts_at for o in left.offers)
            steps = ("withdraw_offer",) if to_come else ()
            raise IllegalStep("too_many_offers", steps, limit=MAX_OPEN)
        if len(left.proposed) >= MAX_PROPOSED:
            raise IllegalStep("too_many_proposals", ("withdraw_offer",), limit=MAX_PROPOSED)
        return left._with(offers=(*left.offers, offer), made=left.made + 1)

    def publish(self, offer: Offer, zone: ZoneInfo) -> Self:
        """Confirm a version; refuse one that goes on when a later one of its outlets starts."""
        published = offer.publish(zone)
        for other in self.offers:
            later = other.starts_at is not None and other.valid_from >= offer.valid_from
            ends_before = offer.valid_to is not None and offer.valid_to < other.valid_from
            if later and offer.meets(other) and not ends_before:
                raise IllegalStep("offer_overlaps", ("withdraw_offer",), since=other.valid_from)
        return self._replaced(published)

    def withdraw(self, offer_id: str, at: datetime) -> Self:
        """Take a version back before it comes into force."""
        withdrawn = self.get(offer_id).withdraw(at)
        return self._with(offers=tuple(o for o in self.offers if o.id != withdrawn.id))

    def spans(self, until: datetime | None) -> list[OfferSpan]:
        """Return the published versions with their bounds, in the order of their first days."""
        found = (offer.span(until) for offer in self.offers)
        return sorted((span for span in found if span is not None), key=lambda span: span.starts)

    def in_force(self, number: int, at: datetime, until: datetime | None) -> Offer | None:
        """Return the version in force in the outlet of that number."""
        span = in_force(self._spans_in(number, until), _second(at))
        return None if span is None else self.get(span.offer_id)

    def next_after(self, number: int, at: datetime, until: datetime | None) -> Offer | None:
        """Return the version that comes into force next: a new one, or an older one again."""
        later = (span for _, span in changes(self._spans_in(number, until), _second(at)))
        return next((self.get(span.offer_id) for span in later if span is not None), None)

    def changes_at(self, at: datetime, until: datetime | None) -> datetime | None:
        """Return when, after that moment, a discount begins or ends next."""
        second = _second(at)
        moments = {moment for span in self.spans(until) for moment in (span.starts, span.ends)}
        later = [moment for moment in moments if moment > second]
        return datetime.fromtimestamp(min(later), UTC) if later else None

    def gaps(self, open_outlets: int, since: datetime, until: datetime | None) -> set[datetime]:
        """Return when outlets of the set are left without an offer; not with the whole partner."""
        found = {
            datetime.fromtimestamp(moment, UTC)
            for number in self._representatives(open_outlets)
            for moment, span in changes(self._spans_in(number, until), _second(since))
            if span is None
        }
        return found - {until}

    def ends_for_good(self, open_outlets: int, at: datetime, until: datetime | None) -> bool:
        """Return whether an outlet of the set has no offer at that moment, and none to come."""
        if until is not None and until <= at:
            return False  # the whole partner has ended
        return any(
            self.in_force(number, at, until) is None and self.next_after(number, at, until) is None
            for number in self._representatives(open_outlets)
        )

    def without_past(self, at: datetime) -> Self:
        """Return the book without the versions that can never be in force again."""
        return self._with(offers=tuple(o for o in self.offers if not self._is_over(o, at)))

    def _is_over(self, offer: Offer, at: datetime) -> bool:
        """Return whether it has ended, or newer ones that end no sooner are in force instead."""
        if offer.ends_at is not None and offer.ends_at <= at:
            return True
        instead = [other for other in self.offers if _replaces(other, offer, at)]
        if any(not other.outlets for other in instead):
            return True
        covered = 0
        for other in instead:
            covered |= outlet_sets.bits_of(other.outlets)
        return bool(offer.outlets) and not outlet_sets.bits_of(offer.outlets) & ~covered

    def _spans_in(self, number: int, until: datetime | None) -> list[OfferSpan]:
        return [span for span in self.spans(until) if span.holds_in(number)]

    def _representatives(self, outlets: int) -> Iterator[int]:
        """Yield one outlet of each group in which the same versions hold."""
        groups = [outlets]
        for bits in {outlet_sets.bits_of(offer.outlets) for offer in self.offers}:
            groups = [part for group in groups for part in (group & bits, group & ~bits) if part]
        return (group.bit_length() - 1 for group in groups if group)

    def _replaced(self, offer: Offer) -> Self:
        return self._with(offers=tuple(offer if o.id == offer.id else o for o in self.offers))


def changes(offers: Sequence[OfferSpan], since: int) -> Iterator[tuple[int, OfferSpan | None]]:
    """Yield when another offer, or none, comes into force after that second."""
    before = in_force(offers, since)
    for moment in sorted({bound for o in offers for bound in (o.starts, o.ends) if bound > since}):
        now = in_force(offers, moment)
        if now != before:
            yield moment, now
        before = now


def _replaces(newer: Offer, older: Offer, at: datetime) -> bool:
    """Return whether a version is in force instead of an older one until that one ends."""
    if newer.starts_at is None or older.starts_at is None or newer.starts_at > at:
        return False
    lasts = newer.ends_at is None or (older.ends_at is not None and older.ends_at <= newer.ends_at)
    return newer.starts_at > older.starts_at and lasts


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
