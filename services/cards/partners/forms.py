"""What people send about partners, and what they are shown."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.cards.fields import Code, Cursor, Day, District, Reference, Region
from services.cards.partners.domain import Partner
from services.cards.partners.offers import Hours, Offer, OfferStatus, Outlet
from services.cards.partners.words import Category, DeclineReason, EndReason, Source, Status
from shared.contact import Line

Ulid = r"[0-9A-HJKMNP-TV-Z]{26}"
OutletId = Annotated[str, Field(pattern=rf"^out_{Ulid}$")]


def _one_figure(value: Any) -> Any:
    if isinstance(value, str):
        raise PydanticCustomError("discount_not_fixed", "a discount is one whole number")
    return value


FixedPercent = Annotated[int, BeforeValidator(_one_figure), Field(ge=1, le=100)]


class ProposePartner(BaseModel):
    """A business that could honour the card. `manager_org` is its own account, if it has one."""

    region: Region
    title: Line
    category: Category
    district_ids: list[District] = Field(min_length=1, max_length=100)
    manager_org: Code | None = None


class DeclinePartner(BaseModel):
    """Why no agreement came about."""

    reason: DeclineReason


class RecordAgreement(BaseModel):
    """The signed agreement."""

    agreement_ref: Reference


class GiveNotice(BaseModel):
    """When and why the partner will leave."""

    last_day: Day
    reason: EndReason = EndReason.PARTNER_LEFT


class EndPartner(BaseModel):
    """Why the partnership ends now."""

    reason: EndReason


class AddOutlet(BaseModel):
    """A shop of the partner; all of it is public."""

    title: Line
    district_id: District
    address: Line
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    hours: list[Hours] = Field(default=[], max_length=14)


class ProposeOffer(BaseModel):
    """A fixed discount: one figure for everybody, from one day to another."""

    discount_percent: FixedPercent
    goods_scope: Line
    valid_from: Day
    valid_to: Day | None = None
    outlet_ids: list[OutletId] = Field(default=[], max_length=100)


class IssueKey(BaseModel):
    """The outlet whose till will use the key; a sandbox key answers to test numbers only."""

    outlet_id: OutletId
    sandbox: bool = False


class IssuedKey(BaseModel):
    """A store key, shown this once: the service keeps only its hash."""

    key_id: str
    outlet_id: str
    store_key: str
    expires_at: datetime
    version: int


class PartnerPath(BaseModel):
    """A partner."""

    partner_id: str = Field(pattern=rf"^par_{Ulid}$")


class OutletPath(PartnerPath):
    """An outlet of a partner."""

    outlet_id: str = Field(pattern=rf"^out_{Ulid}$")


class OfferPath(PartnerPath):
    """A version of a partner's offer."""

    offer_id: str = Field(pattern=rf"^ofr_{Ulid}$")


class KeyPath(PartnerPath):
    """A store key of a partner."""

    key_id: str = Field(pattern=rf"^key_{Ulid}$")


class PublicQuery(BaseModel):
    """Where and what a family wants to buy."""

    region: Region
    district: District | None = None
    category: Category | None = None


class PartnersQuery(BaseModel):
    """A part of the register of partners."""

    region: Region | None = None
    status: Status | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: Cursor = None


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
