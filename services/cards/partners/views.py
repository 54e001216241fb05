"""What people are shown of partners: anybody the public side, manager and club all of it."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel

from services.cards.partners.domain import Partner
from services.cards.partners.offers import Hours, Offer, OfferStatus, Outlet
from services.cards.partners.values import Category, Source, Status


class PublicOffer(BaseModel):
    """The discount that holds in an outlet, or will."""

    offer_id: str
    discount_percent: int
    goods_scope: str
    valid_from: date
    valid_to: date | None


class PublicOutlet(BaseModel):
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


class PublicPartner(BaseModel):
    """What anybody may know of a partner."""

    id: str
    title: str
    category: Category
    district_ids: list[str]
    last_day: date | None
    outlets: list[PublicOutlet]

    @classmethod
    def of(cls, partner: Partner, at: datetime) -> Self:
        """The public side of a partner."""
        return cls(
            id=partner.id,
            title=partner.title,
            category=partner.category,
            district_ids=list(partner.district_ids),
            last_day=partner.last_day,
            outlets=[_public_outlet(partner, o, at) for o in partner.open_outlets.values()],
        )


class PublicPartners(BaseModel):
    """Active partners of a region, by title."""

    region: str
    items: list[PublicPartner]


class KeyView(BaseModel):
    """A store key without its secret."""

    id: str
    outlet_id: str
    status: Literal["live", "expired", "revoked"]
    sandbox: bool
    issued_at: datetime
    expires_at: datetime
    last_used_on: date | None = None


class OfferView(BaseModel):
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
    def of(cls, offer: Offer) -> Self:
        """The view of a version."""
        facts = offer.model_dump(include=set(cls.model_fields))
        return cls(**facts, discount_percent=offer.percent, outlet_ids=list(offer.outlets))


class PartnerView(BaseModel):
    """A partner as its manager and the club see it."""

    id: str
    region: str
    title: str
    category: Category
    district_ids: list[str]
    source: Source
    status: Status
    org: str
    agreement_ref: str | None
    last_day: date | None
    reason: str | None
    outlets: list[Outlet]
    offers: list[OfferView]
    keys: list[KeyView]
    version: int

    @classmethod
    def of(cls, partner: Partner, at: datetime, used: dict[str, date] | None = None) -> Self:
        """The whole partner; `used` says when each key was last used."""
        plain = {"offers", "keys", "outlets", "district_ids"}
        return cls(
            **partner.model_dump(include=set(cls.model_fields) - plain),
            district_ids=list(partner.district_ids),
            outlets=list(partner.outlets),
            offers=[OfferView.of(offer) for offer in partner.offers],
            keys=[
                KeyView(
                    **key.model_dump(exclude={"status", "secret_hash"}),
                    status="expired" if key.status == "live" and not key.lives(at) else key.status,
                    last_used_on=(used or {}).get(key.id),
                )
                for key in partner.keys
            ],
        )


def _public_outlet(partner: Partner, outlet: Outlet, at: datetime) -> PublicOutlet:
    spans = partner.spans(outlet.id, at)
    current = [s for s in spans if s.starts_at <= at]
    later = [s for s in spans if s.starts_at > at]
    return PublicOutlet(
        **outlet.model_dump(include=set(PublicOutlet.model_fields) - {"hours"}),
        hours=list(outlet.hours),
        offer=_public_offer(partner, current[0].offer_id) if current else None,
        next_offer=_public_offer(partner, later[0].offer_id) if later else None,
    )


def _public_offer(partner: Partner, offer_id: str) -> PublicOffer:
    offer = partner.offer(offer_id)
    return PublicOffer(
        offer_id=offer.id,
        discount_percent=offer.percent,
        goods_scope=offer.goods_scope,
        valid_from=offer.valid_from,
        valid_to=offer.valid_to,
    )
