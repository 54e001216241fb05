"""What managers see of outlets and store keys."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self

from services.cards.offers.domain import Offer
from services.cards.outlets.domain import Outlet
from services.cards.outlets.values import Hours, KeyStatus, StoreKey
from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus
from services.cards.partners.views import DiscountView
from shared.api.models import View
from shared.domain import CodeOf


class IssuedKey(View):
    """A store key, shown this once: the service keeps only its hash.

    A repeat of the call shows none when the key has been revoked or has expired meanwhile.
    """

    key_id: str
    outlet_id: str
    store_key: str | None
    expires_at: datetime
    version: int


class KeyView(View):
    """A store key without its secret."""

    id: str
    outlet_id: str
    status: Annotated[Literal["live", "expired", "revoked"], CodeOf("store_key_status")]
    sandbox: bool
    issued_at: datetime
    expires_at: datetime
    last_used_on: date | None = None

    @classmethod
    def of_key(cls, key: StoreKey, at: datetime, last_used_on: date | None) -> Self:
        """Return the view of a key at that moment."""
        expired = key.status is KeyStatus.LIVE and not key.lives(at)
        status = "expired" if expired else key.status.value
        return cls.of(key, status=status, last_used_on=last_used_on)


class OutletView(View):
    """An outlet as its manager and the club see it, with the discount in force and the next."""

    id: str
    number: int
    title: str
    district_id: str
    address: str
    latitude: float
    longitude: float
    hours: list[Hours]
    closed: bool
    offer: DiscountView | None
    next_offer: DiscountView | None
    keys: list[KeyView]
    version: int

    @classmethod
    def of_outlet(
        cls, outlet: Outlet, partner: Partner, at: datetime, last_used: Mapping[str, date]
    ) -> Self:
        """Return an outlet at that moment; `last_used` has the day each key was last used."""
        offer, following = offers_of(outlet, partner, at)
        return cls.of(
            outlet,
            number=outlet.place,
            offer=offer,
            next_offer=following,
            keys=[KeyView.of_key(key, at, last_used.get(key.id)) for key in outlet.keys],
        )


def offers_of(
    outlet: Outlet, partner: Partner, at: datetime
) -> tuple[DiscountView | None, DiscountView | None]:
    """Return the discount in force in an outlet and the next one, for all who look at it.

    As at the till, no discount is in force during a break, before publication and after the end.
    """
    if outlet.closed or partner.status is not PartnerStatus.ACTIVE:
        return None, None
    now = partner.offer_at(outlet.place, at)
    later = partner.offer_after(outlet.place, at)
    return _until_it_ends(now, partner), _until_it_ends(later, partner)


def _until_it_ends(offer: Offer | None, partner: Partner) -> DiscountView | None:
    """Return the view of a discount, which ends with its partner at the latest."""
    if offer is None:
        return None
    return DiscountView.of_discount(offer, valid_to=partner.last_day_of(offer))
