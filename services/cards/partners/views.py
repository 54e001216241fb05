"""What people see of partners: everybody the public side, manager and club all of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self

from services.cards.offers.domain import Offer
from services.cards.offers.values import OfferStatus
from services.cards.partners.domain import Partner
from services.cards.partners.values import (
    Hours,
    KeyStatus,
    Outlet,
    PartnerStatus,
    Source,
    StoreKey,
)
from shared.api.models import View
from shared.domain import CodeOf


class PublicOffer(View):
    """The discount that holds in an outlet, or will."""

    offer_id: str
    discount_percent: int
    goods_scope: str
    valid_from: date
    valid_to: date | None

    @classmethod
    def of_offer(cls, offer: Offer) -> Self:
        """Return the public side of an offer."""
        return cls.of(offer, offer_id=offer.id, discount_percent=offer.percent)


class PublicOutlet(View):
    """A shop, with its discount now and the one after."""

    id: str
    title: str
    district_id: str
    address: str
    latitude: float
    longitude: float
    hours: list[Hours]
    offer: PublicOffer | None
    next_offer: PublicOffer | None

    @classmethod
    def of_outlet(cls, outlet: Outlet, partner: Partner, at: datetime) -> Self:
        """Return the public side of an outlet."""
        found = partner.offer_at(outlet.id, at), partner.offer_after(outlet.id, at)
        offer, next_offer = (PublicOffer.of_offer(each) if each else None for each in found)
        return cls.of(outlet, offer=offer, next_offer=next_offer)


class PublicPartner(View):
    """What everybody may know of a partner."""

    id: str
    title: str
    category: Annotated[str, CodeOf("partner_category")]
    district_ids: list[str]
    last_day: date | None
    outlets: list[PublicOutlet]

    @classmethod
    def of_partner(cls, partner: Partner, at: datetime) -> Self:
        """Return the public side of a partner."""
        outlets = partner.open_outlets.values()
        return cls.of(
            partner, outlets=[PublicOutlet.of_outlet(outlet, partner, at) for outlet in outlets]
        )


class PublicPartners(View):
    """Active partners of a region, by title."""

    region: str
    items: list[PublicPartner]


class KeyView(View):
    """A store key without its secret."""

    id: str
    outlet_id: str
    status: Literal["live", "expired", "revoked"]
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


class OfferView(View):
    """A version of an offer."""

    id: str
    version: int
    status: OfferStatus
    discount_percent: int
    goods_scope: str
    outlet_ids: list[str]
    valid_from: date
    valid_to: date | None
    starts_at: datetime | None
    ends_at: datetime | None

    @classmethod
    def of_offer(cls, offer: Offer) -> Self:
        """Return the view of a version."""
        return cls.of(offer, discount_percent=offer.percent, outlet_ids=offer.outlets)


class PartnerView(View):
    """A partner as its manager and the club see it."""

    id: str
    region: str
    title: str
    category: Annotated[str, CodeOf("partner_category")]
    district_ids: list[str]
    source: Source
    status: PartnerStatus
    org: str
    agreement_ref: str | None
    last_day: date | None
    reason: str | None
    outlets: list[Outlet]
    offers: list[OfferView]
    keys: list[KeyView]
    version: int

    @classmethod
    def of_partner(
        cls, partner: Partner, at: datetime, last_used: Mapping[str, date] | None = None
    ) -> Self:
        """Return the whole partner; `last_used` has the day each key was last used."""
        days = last_used or {}
        return cls.of(
            partner,
            offers=[OfferView.of_offer(offer) for offer in partner.offers],
            keys=[KeyView.of_key(key, at, days.get(key.id)) for key in partner.keys],
        )
