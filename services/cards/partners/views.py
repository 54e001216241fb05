"""What managers and the club see of partners."""

from datetime import date, datetime
from typing import Annotated, Self

from services.cards.codes import PartnerCategory, StepCode
from services.cards.offers.domain import Offer
from services.cards.offers.values import OfferStatus
from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus, Source
from shared.api.models import View
from shared.domain import CodeOf


class DiscountView(View):
    """A fixed discount: percents of the price, or kopecks off a purchase of at least a minimum."""

    offer_id: str
    discount_percent: int
    discount_kopecks: int
    minimum_purchase_kopecks: int
    goods_scope: str
    valid_from: date
    valid_to: date | None

    @classmethod
    def of_discount(cls, offer: Offer, **more: object) -> Self:
        """Return how large an offer is, and for what."""
        size = offer.discount
        return cls.of(
            offer,
            offer_id=offer.id,
            discount_percent=size.percent,
            discount_kopecks=size.kopecks,
            minimum_purchase_kopecks=size.minimum,
            **more,
        )


class OfferView(DiscountView):
    """A version of an offer; `outlet_ids` is empty when it holds in all outlets."""

    id: str
    version: int
    status: OfferStatus
    outlet_ids: list[str]
    starts_at: datetime | None
    ends_at: datetime | None

    @classmethod
    def of_offer(cls, offer: Offer, partner: Partner) -> Self:
        """Return the view of a version of that partner."""
        outlets = partner.shops.ids_in(offer.outlets)
        return cls.of_discount(offer, version=offer.number, outlet_ids=outlets)


class PartnerView(View):
    """A partner as its manager and the club see it; `offers` are those not over yet."""

    id: str
    region: str
    title: str
    category: PartnerCategory
    district_ids: list[str]
    source: Source
    status: PartnerStatus
    org: str
    has_contact: bool
    agreement_ref: str | None
    last_day: date | None
    reason: Annotated[str, CodeOf("partner_decline_reason", "partner_end_reason")] | None
    open_outlets: int
    offers: list[OfferView]
    next_steps: tuple[StepCode, ...]
    version: int

    @classmethod
    def of_partner(cls, partner: Partner, at: datetime) -> Self:
        """Return the partner as it is at that moment."""
        offers = partner.book.without_past(at).offers
        return cls.of(
            partner,
            open_outlets=len(partner.shops.open),
            offers=[OfferView.of_offer(offer, partner) for offer in offers],
        )
