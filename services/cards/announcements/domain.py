"""News of a partner on its way to the holders of its districts, some of them at a step."""

from datetime import date, datetime
from typing import Self

from services.cards.announcements.values import AnnouncementStatus, News
from services.cards.offers.values import Discount, OfferStatus
from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus
from shared.domain import Aggregate


class Announcement(Aggregate):
    """A new partner or discount, a last day, that a partner has left or stays after all.

    `place` and `start` say which district is at work, and where in it the next step goes on.
    """

    id: str
    region: str
    partner_id: str
    news: News
    day: date
    districts: tuple[str, ...]
    moved_at: datetime
    offer_id: str | None = None
    percent: int | None = None
    kopecks: int = 0
    minimum: int = 0
    place: int = 0
    start: dict[str, str] | None = None
    status: AnnouncementStatus = AnnouncementStatus.RUNNING

    @property
    def discount(self) -> Discount | None:
        """The new discount; none of a partner that leaves."""
        if self.offer_id is None:
            return None
        return Discount(percent=self.percent or 0, kopecks=self.kopecks, minimum=self.minimum)

    @property
    def due_at(self) -> datetime | None:
        """When the next step is due: at once while there are holders left."""
        return self.moved_at if self.status is AnnouncementStatus.RUNNING else None

    @property
    def district(self) -> str:
        """The district at work."""
        return self.districts[self.place]

    def holds(self, partner: Partner, today: date) -> bool:
        """Return whether it is still so with its partner; what is to come must be yet to come."""
        if self.news == "left":
            return partner.status is PartnerStatus.ENDED
        if self.news == "joined":
            return partner.status is PartnerStatus.ACTIVE
        if self.news == "withdrawn":
            return partner.in_touch
        if self.news == "staying":
            return partner.in_touch and partner.last_day is None
        ahead = partner.in_touch and today <= self.day
        if self.offer_id is None:
            return ahead and partner.last_day == self.day
        offer = partner.book.find(self.offer_id)
        published = offer is not None and offer.status is OfferStatus.PUBLISHED
        return ahead and published and self.day <= (partner.last_day or self.day)

    def advanced(self, start: dict[str, str] | None, at: datetime) -> Self:
        """Note that some more holders have their event; without a `start` the district is done."""
        place = self.place if start else self.place + 1
        done = place == len(self.districts)
        return self._with(
            place=place,
            start=start,
            moved_at=at,
            status=AnnouncementStatus.DONE if done else AnnouncementStatus.RUNNING,
        )

    def drop(self) -> Self:
        """End news that no longer hold, so that no other holder hears them."""
        return self._with(status=AnnouncementStatus.DONE)
