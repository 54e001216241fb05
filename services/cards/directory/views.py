"""What everybody sees of partners and their outlets."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from services.cards.codes import PartnerCategory
from services.cards.outlets.domain import Outlet
from services.cards.outlets.values import Hours
from services.cards.partners.domain import Partner
from services.cards.partners.views import DiscountView
from services.cards.stores.views import offers_of
from shared.api.models import PublicView, View


class PublicOutlet(View):
    """A shop, with its discount now and the one after."""

    id: str
    title: str
    district_id: str
    address: str
    latitude: float
    longitude: float
    hours: list[Hours]
    offer: DiscountView | None
    next_offer: DiscountView | None

    @classmethod
    def of_outlet(cls, outlet: Outlet, partner: Partner, at: datetime) -> Self:
        """Return the public side of an outlet."""
        offer, following = offers_of(outlet, partner, at)
        return cls.of(outlet, offer=offer, next_offer=following)


class PublicPartner(PublicView):
    """What everybody may know of a partner; `next_after` goes on with more of its outlets."""

    id: str
    title: str
    category: PartnerCategory
    district_ids: list[str]
    last_day: date | None
    outlets: list[PublicOutlet]
    next_after: int | None = None

    @classmethod
    def of_partner(
        cls,
        partner: Partner,
        outlets: Iterable[Outlet],
        at: datetime,
        next_after: int | None = None,
    ) -> Self:
        """Return the public side of a partner and of these outlets."""
        shown = [PublicOutlet.of_outlet(outlet, partner, at) for outlet in outlets]
        change = partner.book.changes_at(at, partner.leaves_at)
        fresh = None if change is None else int((change - at).total_seconds())
        return cls.of(partner, outlets=shown, next_after=next_after, fresh_seconds=fresh)


class PublicPartners(PublicView):
    """Outlets of a region that honour the card, by district; each under its partner.

    A partner with outlets on two pages is on both. `next_after` goes on after this page, which may
    be short or even empty where few shops of the place take part: only without it is there no more.
    """

    region: str
    items: list[PublicPartner]
    next_after: str | None = None

    def until_one_changes(self, items: Iterable[PublicPartner]) -> Self:
        """Note that the list says what is so until the first of its partners changes."""
        fresh = (each.fresh_seconds for each in items)
        soonest = min((each for each in fresh if each is not None), default=None)
        return self.model_copy(update={"fresh_seconds": soonest})
