"""A partner's discounts: what is proposed, what the club confirms, and where one runs out."""

from abc import abstractmethod
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from services.cards.offers.domain import Offer, OfferBook
from services.cards.offers.values import OfferStatus
from services.cards.outlets.register import OutletRegister
from shared.domain import TimedAggregate
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar

ENDING_NOTICE = timedelta(days=14)


class OfferingPartner(TimedAggregate):
    """A partner as far as its discounts go: in which shops, and from which day to which.

    `shops` is the register of its outlets and `book` that of its open offers; ends of discounts
    until `reminded_of` are announced.
    """

    shops: OutletRegister = OutletRegister()
    book: OfferBook = OfferBook()
    active_since: datetime | None = None
    last_day: date | None = None
    leaves_at: datetime | None = None
    reminded_of: datetime | None = None

    @property
    @abstractmethod
    def in_touch(self) -> bool:
        """Whether the partner takes part, if only after a break."""

    def can_propose(self, today: date, at: datetime) -> bool:
        """Return whether one more version has room, and a day on which it may begin."""
        goes_on = self.last_day is None or self.last_day > today
        return goes_on and self.book.has_room(at)

    def propose_offer(self, offer: Offer, today: date, at: datetime) -> Self:
        """Add a new version of the discount, to be confirmed by the club."""
        self._require("propose_offer")
        offer.require_dates()
        if self.in_touch and offer.valid_from <= today:
            raise Invalid("offer_not_in_future", "/valid_from")
        self._require_before_leaving(offer)
        return self._with(book=self.book.add(offer, at))

    def publish_offer(self, offer_id: str, today: date, zone: ZoneInfo) -> Self:
        """Confirm a version for the club; an older one waits behind it and may resume."""
        self._require("publish_offer")
        offer = self.book.get(offer_id)
        if offer.status is OfferStatus.PROPOSED and offer.valid_from <= today:
            raise IllegalStep("offer_not_in_future", ("withdraw_offer", "propose_offer"))
        self._require_before_leaving(offer)
        published = self._with(book=self.book.publish(offer, zone))
        return published._reminding_again(self, calendar.start_of_day(zone, today))

    def withdraw_offer(self, offer_id: str, at: datetime) -> Self:
        """Take back a version that is not in force yet."""
        self._require("propose_offer")
        return self._with(book=self.book.withdraw(offer_id, at))._reminding_again(self, at)

    def last_day_of(self, offer: Offer) -> date | None:
        """Return the last day on which a version holds, if one is known."""
        return min((day for day in (offer.valid_to, self.last_day) if day), default=None)

    def offer_at(self, number: int, at: datetime) -> Offer | None:
        """Return the offer in force in the outlet of that number."""
        return self.book.in_force(number, at, self.leaves_at)

    def offer_after(self, number: int, at: datetime) -> Offer | None:
        """Return the offer that comes into force next in that outlet: a new one or one resumed."""
        return self.book.next_after(number, at, self.leaves_at)

    @property
    def runs_out_at(self) -> datetime | None:
        """When an open outlet is next left without an offer, if that is not announced yet."""
        since = self.reminded_of or self.active_since
        return self._gap_after(since) if self.in_touch and since else None

    def remind(self) -> Self:
        """Note that the end of a discount is announced; later ones are announced in their turn."""
        return self._with(reminded_of=self.runs_out_at)

    def ends_for_good(self, at: datetime) -> bool:
        """Return whether an open outlet has no offer at that moment, and none to come."""
        return self.book.ends_for_good(self.shops.open_bits, at, self.leaves_at)

    def _require_before_leaving(self, offer: Offer) -> None:
        """Refuse a version that would begin after the last day, e.g. of a notice given since."""
        if self.last_day is not None and offer.valid_from > self.last_day:
            steps = self.of_next("withdraw_notice")
            raise IllegalStep("offer_after_last_day", steps, last_day=self.last_day)

    def _reminding_again(self, before: Self, at: datetime) -> Self:
        """Let an end be announced that a change of the offers has brought, moved or made final."""
        known = self.reminded_of
        if known is None:
            return self
        final = self.ends_for_good(known) and not before.ends_for_good(known)
        made_final = final and not self.ends_for_good(at)  # that is told at once
        if self._gap_after(at) == known and not made_final:
            return self
        return self._with(reminded_of=min(known, at))

    def _gap_after(self, since: datetime) -> datetime | None:
        return min(self.book.gaps(self.shops.open_bits, since, self.leaves_at), default=None)
