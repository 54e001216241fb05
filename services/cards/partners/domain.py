"""A store that honours the card: from lead to active partner, and how it leaves."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from services.cards.partners import keys as store_keys
from services.cards.partners import offers as fixed_offers
from services.cards.partners.keys import StoreKey
from services.cards.partners.offers import Offer, OfferStatus, Outlet, Span
from services.cards.partners.values import (
    STEPS,
    Category,
    DeclineReason,
    EndReason,
    Source,
    Status,
)
from shared.errors import IllegalStep, Invalid, NotFound
from shared.reference import calendar, regions

NOTICE_DAYS = 14
MAX_OUTLETS = 100
MAX_OFFERS = 200


class Partner(BaseModel):
    """One business; it pays nothing, and its discount is one agreed figure."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    region: str
    title: str
    category: Category
    district_ids: tuple[str, ...]
    source: Source
    proposed_by: str
    org: str
    has_contact: bool = False
    status: Status = Status.LEAD
    agreement_ref: str | None = None
    confirmed_by: str | None = None
    outlets: tuple[Outlet, ...] = ()
    offers: tuple[Offer, ...] = ()
    keys: tuple[StoreKey, ...] = ()
    active_since: datetime | None = None
    last_day: date | None = None
    leaves_at: datetime | None = None
    reason: str | None = None
    version: int = 0

    @property
    def next_deadline(self) -> datetime | None:
        """When a partner that gave notice leaves."""
        return self.leaves_at if self.status in (Status.ACTIVE, Status.PAUSED) else None

    # agreement ------------------------------------------------------------------------------

    def take(self) -> Self:
        """The club talks with the lead."""
        return self._moved("take", Status.NEGOTIATING)

    def decline(self, reason: DeclineReason) -> Self:
        """No agreement came about."""
        return self._moved("decline", Status.DECLINED, reason=reason.value)

    def record_agreement(self, agreement_ref: str) -> Self:
        """The reference of the signed agreement."""
        self._require("record_agreement")
        return self._with(agreement_ref=agreement_ref)

    def publish(self, by: str, at: datetime) -> Self:
        """The club confirms: the partner and the offers agreed so far are public."""
        self._require("publish")
        if self.agreement_ref is None:
            raise IllegalStep("agreement_missing", ("record_agreement",))
        self._require_complete(at)
        partner = self._with(status=Status.ACTIVE, confirmed_by=by, active_since=at)
        for offer in sorted(self.proposed_offers, key=lambda o: o.valid_from):
            partner = partner._publish(offer, by)
        return partner

    def pause(self) -> Self:
        """The partner takes a break."""
        return self._moved("pause", Status.PAUSED)

    def resume(self) -> Self:
        """The break is over."""
        return self._moved("resume", Status.ACTIVE)

    def give_notice(self, last_day: date, reason: EndReason, today: date) -> Self:
        """The partner will leave after a day that holders can still plan with."""
        self._require("give_notice")
        earliest = today + timedelta(days=NOTICE_DAYS)
        if last_day < earliest:
            raise Invalid("notice_too_short", "/last_day", earliest=earliest)
        leaves_at = calendar.end_of_day(regions.zone(self.region), last_day)
        return self._with(last_day=last_day, leaves_at=leaves_at, reason=reason.value)

    def end(self, reason: EndReason) -> Self:
        """Either side ends it; the store keys are refused from now on."""
        return self._moved("end", Status.ENDED, reason=reason.value, leaves_at=None)

    def leave(self) -> Self:
        """The notice has run out; its reason stays."""
        return self._moved("end", Status.ENDED, leaves_at=None)

    def is_leaving(self, at: datetime) -> bool:
        """Whether the notice has run out."""
        return self.next_deadline is not None and self.next_deadline <= at

    # outlets --------------------------------------------------------------------------------

    def add_outlet(self, outlet: Outlet) -> Self:
        """Another shop."""
        self._require("add_outlet")
        if outlet.district_id not in self.district_ids:
            raise Invalid("outlet_in_other_district", "/district_id")
        if len(self.outlets) >= MAX_OUTLETS:
            raise IllegalStep("too_many_outlets", limit=MAX_OUTLETS)
        return self._with(outlets=(*self.outlets, outlet))

    def close_outlet(self, outlet_id: str) -> Self:
        """The shop no longer takes part; its keys are revoked one by one before or after."""
        self._require("add_outlet")
        closed = self.outlet(outlet_id).model_copy(update={"closed": True})
        return self._with(outlets=tuple(closed if o.id == outlet_id else o for o in self.outlets))

    def outlet(self, outlet_id: str, pointer: str = "") -> Outlet:
        """An outlet of this partner that is open."""
        for outlet in self.outlets:
            if outlet.id == outlet_id and not outlet.closed:
                return outlet
        if pointer:
            raise Invalid("unknown_outlet", pointer)
        raise NotFound("outlet", outlet_id)

    @property
    def open_outlets(self) -> dict[str, Outlet]:
        """The outlets that take part, by id."""
        return {outlet.id: outlet for outlet in self.outlets if not outlet.closed}

    # offers ---------------------------------------------------------------------------------

    def propose_offer(self, offer: Offer, today: date) -> Self:
        """A new version of the discount, to be confirmed by the club."""
        self._require("propose_offer")
        offer.require_dates()
        for place, outlet_id in enumerate(offer.outlets):
            self.outlet(outlet_id, f"/outlet_ids/{place}")
        if self.status is not Status.NEGOTIATING and offer.valid_from <= today:
            raise Invalid("offer_not_in_future", "/valid_from")
        if len(self.offers) >= MAX_OFFERS:
            raise IllegalStep("too_many_offers", limit=MAX_OFFERS)
        return self._with(offers=(*self.offers, offer))

    def publish_offer(self, offer_id: str, by: str, today: date) -> Self:
        """The club confirms a version; the one before holds until it starts."""
        self._require("publish_offer")
        offer = self.offer(offer_id)
        if offer.status is OfferStatus.PROPOSED and offer.valid_from <= today:
            raise IllegalStep("offer_not_in_future", ("withdraw_offer", "propose_offer"))
        return self._publish(offer, by)

    def withdraw_offer(self, offer_id: str, at: datetime) -> Self:
        """Take back a version that is not in force yet."""
        offer = self.offer(offer_id)
        if offer.status is OfferStatus.WITHDRAWN:
            raise IllegalStep("offer_withdrawn")
        if offer.starts_at is not None and offer.starts_at <= at:
            raise IllegalStep("offer_in_force", ("propose_offer",))
        return self._with_offer(offer.withdrawn())

    def offer(self, offer_id: str) -> Offer:
        """A version of this partner's offers."""
        for offer in self.offers:
            if offer.id == offer_id:
                return offer
        raise NotFound("offer", offer_id)

    @property
    def proposed_offers(self) -> list[Offer]:
        """Versions that wait for the club."""
        return [o for o in self.offers if o.status is OfferStatus.PROPOSED]

    def spans(self, outlet_id: str, since: datetime) -> list[Span]:
        """What holds in an outlet now and later."""
        spans = fixed_offers.timeline(self.offers, outlet_id, self.leaves_at)
        return [s for s in spans if s.ends_at is None or s.ends_at > since]

    # store keys -----------------------------------------------------------------------------

    def issue_key(self, key: StoreKey) -> Self:
        """One more key of an outlet; the older one goes on until it is revoked."""
        self._require("issue_key")
        self.outlet(key.outlet_id, "/outlet_id")
        store_keys.require_room(self.keys, key)
        kept = store_keys.worth_keeping(self.keys, key.issued_at)
        return self._with(keys=(*kept, key))

    def revoke_key(self, key_id: str) -> Self:
        """The key was lost or rotated out."""
        revoked = self.key(key_id).revoked()
        return self._with(keys=tuple(revoked if k.id == key_id else k for k in self.keys))

    def key(self, key_id: str) -> StoreKey:
        """A store key of this partner."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise NotFound("store_key", key_id)

    # helpers --------------------------------------------------------------------------------

    def _require_complete(self, at: datetime) -> None:
        if not self.open_outlets:
            raise IllegalStep("outlet_missing", ("add_outlet",))
        keyed = {k.outlet_id for k in self.keys if k.lives(at) and not k.sandbox}
        if not keyed.issuperset(self.open_outlets):
            raise IllegalStep("key_missing", ("issue_key",))
        offers = self.proposed_offers
        if not all(any(o.holds_in(outlet) for o in offers) for outlet in self.open_outlets):
            raise IllegalStep("offer_missing", ("propose_offer",))

    def _publish(self, offer: Offer, by: str) -> Self:
        published = offer.published(self.region, by)
        fixed_offers.require_free(self.offers, published, self.open_outlets)
        return self._with_offer(published)

    def _with_offer(self, offer: Offer) -> Self:
        return self._with(offers=tuple(offer if o.id == offer.id else o for o in self.offers))

    def _moved(self, step: str, status: Status, **more: Any) -> Self:
        self._require(step)
        return self._with(status=status, **more)

    def _require(self, step: str) -> None:
        if step not in STEPS[self.status]:
            raise IllegalStep(f"partner_{self.status}", STEPS[self.status])

    def _with(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)
