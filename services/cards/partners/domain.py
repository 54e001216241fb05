"""A store that honours the card: from lead to active partner, and how it leaves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from services.cards.offers.domain import Offer, offers_in, require_free
from services.cards.offers.values import OfferStatus
from services.cards.partners.values import (
    NEXT_STEPS,
    Outlet,
    PartnerStatus,
    Source,
    StoreKey,
    require_room,
    worth_keeping,
)
from services.cards.till_read_model import OfferSpan, changes, in_force
from shared.domain import Deadline, TimedAggregate
from shared.errors import IllegalStep, Invalid, NotFound
from shared.reference import calendar

NOTICE_DAYS = 14
ENDING_NOTICE = timedelta(days=14)
MAX_OUTLETS = 100
MAX_OFFERS = 200


class Partner(TimedAggregate):
    """One business; it pays nothing, and its discount is one agreed figure."""

    STEPS: ClassVar = NEXT_STEPS
    REFUSAL: ClassVar = "partner_{status}"
    DEADLINES: ClassVar = (
        Deadline("notice_over", lambda partner, _: partner.leaves_at if partner.in_touch else None),
        Deadline(
            "offer_ending",
            lambda partner, _: (ending := partner.runs_out_at) and ending - ENDING_NOTICE,
        ),
    )

    id: str
    region: str
    title: str
    category: str
    district_ids: tuple[str, ...]
    source: Source
    proposed_by: str
    org: str
    has_contact: bool = False
    status: PartnerStatus = PartnerStatus.LEAD
    agreement_ref: str | None = None
    confirmed_by: str | None = None
    outlets: tuple[Outlet, ...] = ()
    offers: tuple[Offer, ...] = ()
    keys: tuple[StoreKey, ...] = ()
    active_since: datetime | None = None
    last_day: date | None = None
    leaves_at: datetime | None = None
    reason: str | None = None
    reminded_of: datetime | None = None

    @property
    def in_touch(self) -> bool:
        """Whether the partner takes part, if only after a break."""
        return self.status in (PartnerStatus.ACTIVE, PartnerStatus.PAUSED)

    # agreement ------------------------------------------------------------------------------

    def take(self) -> Self:
        """Begin to talk with the lead."""
        return self._advanced("take")

    def decline(self, reason: str) -> Self:
        """Note that no agreement came about."""
        return self._advanced("decline", reason=reason)

    def record_agreement(self, agreement_ref: str) -> Self:
        """Note the reference of the signed agreement."""
        self._require("record_agreement")
        return self._with(agreement_ref=agreement_ref)

    def publish(self, by: str, at: datetime, zone: ZoneInfo) -> Self:
        """Confirm for the club: the partner and the offers agreed so far are public."""
        self._require("publish")
        if self.agreement_ref is None:
            raise IllegalStep("agreement_missing", ("record_agreement",))
        self._require_complete(at)
        partner = self._advanced("publish", confirmed_by=by, active_since=at)
        for offer in sorted(self.proposed_offers, key=lambda o: o.valid_from):
            partner = partner._publish(offer, by, zone)
        return partner

    def pause(self) -> Self:
        """Take a break."""
        return self._advanced("pause")

    def resume(self) -> Self:
        """End the break."""
        return self._advanced("resume")

    def give_notice(self, last_day: date, reason: str, today: date, zone: ZoneInfo) -> Self:
        """Announce the last day; it is so late that holders can still plan with it."""
        self._require("give_notice")
        earliest = today + timedelta(days=NOTICE_DAYS)
        if last_day < earliest:
            raise Invalid("notice_too_short", "/last_day", earliest=earliest)
        leaves_at = calendar.end_of_day(zone, last_day)
        return self._with(last_day=last_day, leaves_at=leaves_at, reason=reason)

    def end(self, reason: str) -> Self:
        """End the partnership for either side; the store keys are refused from now on."""
        return self._advanced("end", reason=reason, leaves_at=None)

    def leave(self) -> Self:
        """End the partnership after its notice, whose reason stays."""
        return self._advanced("end", leaves_at=None)._fire("notice_over")

    # outlets --------------------------------------------------------------------------------

    def add_outlet(self, outlet: Outlet) -> Self:
        """Add a shop."""
        self._require("add_outlet")
        if outlet.district_id not in self.district_ids:
            raise Invalid("outlet_in_other_district", "/district_id")
        if len(self.outlets) >= MAX_OUTLETS:
            raise IllegalStep("too_many_outlets", limit=MAX_OUTLETS)
        return self._with(outlets=(*self.outlets, outlet))

    def close_outlet(self, outlet_id: str) -> Self:
        """Take a shop out of the programme; its keys are revoked one by one before or after."""
        self._require("add_outlet")
        closed = self.outlet(outlet_id).close()
        return self._with(outlets=tuple(closed if o.id == outlet_id else o for o in self.outlets))

    def outlet(self, outlet_id: str, pointer: str = "") -> Outlet:
        """Return an open outlet of this partner."""
        if found := self.open_outlets.get(outlet_id):
            return found
        raise Invalid("unknown_outlet", pointer) if pointer else NotFound("outlet", outlet_id)

    @property
    def open_outlets(self) -> dict[str, Outlet]:
        """The outlets that take part, by id."""
        return {outlet.id: outlet for outlet in self.outlets if not outlet.closed}

    # offers ---------------------------------------------------------------------------------

    def propose_offer(self, offer: Offer, today: date) -> Self:
        """Add a new version of the discount, to be confirmed by the club."""
        self._require("propose_offer")
        offer.require_dates()
        for place, outlet_id in enumerate(offer.outlets):
            self.outlet(outlet_id, f"/outlet_ids/{place}")
        if self.status is not PartnerStatus.NEGOTIATING and offer.valid_from <= today:
            raise Invalid("offer_not_in_future", "/valid_from")
        if len(self.offers) >= MAX_OFFERS:
            raise IllegalStep("too_many_offers", limit=MAX_OFFERS)
        return self._with(offers=(*self.offers, offer))

    def publish_offer(self, offer_id: str, by: str, today: date, zone: ZoneInfo) -> Self:
        """Confirm a version for the club; the one before holds until it starts."""
        self._require("publish_offer")
        offer = self.offer(offer_id)
        if offer.status is OfferStatus.PROPOSED and offer.valid_from <= today:
            raise IllegalStep("offer_not_in_future", ("withdraw_offer", "propose_offer"))
        at = calendar.start_of_day(zone, today)
        return self._publish(offer, by, zone)._reminding_again(at)

    def withdraw_offer(self, offer_id: str, at: datetime) -> Self:
        """Take back a version that is not in force yet."""
        offer = self.offer(offer_id)
        if offer.status is OfferStatus.WITHDRAWN:
            raise IllegalStep("offer_withdrawn")
        if offer.starts_at is not None and offer.starts_at <= at:
            raise IllegalStep("offer_in_force", ("propose_offer",))
        return self._with_offer(offer.withdraw())._reminding_again(at)

    def offer(self, offer_id: str) -> Offer:
        """Return a version of this partner's offers."""
        for offer in self.offers:
            if offer.id == offer_id:
                return offer
        raise NotFound("offer", offer_id)

    @property
    def proposed_offers(self) -> list[Offer]:
        """Versions that wait for the club."""
        return [o for o in self.offers if o.status is OfferStatus.PROPOSED]

    def offers_in(self, outlet_id: str, since: datetime) -> list[OfferSpan]:
        """Return the published offers of an outlet that hold at that moment or later."""
        return offers_in(self.offers, outlet_id, self.leaves_at, since)

    def offer_at(self, outlet_id: str, moment: datetime) -> Offer | None:
        """Return the offer in force in an outlet."""
        found = in_force(self.offers_in(outlet_id, moment), int(moment.timestamp()))
        return None if found is None else self.offer(found.offer_id)

    def offer_after(self, outlet_id: str, moment: datetime) -> Offer | None:
        """Return the offer that comes into force next in an outlet: a new one or one resumed."""
        later = changes(self.offers_in(outlet_id, moment), int(moment.timestamp()))
        found = next((offer for _, offer in later if offer is not None), None)
        return None if found is None else self.offer(found.offer_id)

    @property
    def runs_out_at(self) -> datetime | None:
        """When an open outlet is next left without an offer, if that is not announced yet."""
        return self._gap_after(self.reminded_of or self.active_since) if self.in_touch else None

    def outlets_without_offer(self, moment: datetime) -> list[str]:
        """Return the open outlets in which no offer is in force at that moment."""
        return [outlet for outlet in self.open_outlets if self.offer_at(outlet, moment) is None]

    def remind(self) -> Self:
        """Note that the end of a discount is announced; later ones are announced in their turn."""
        return self._with(reminded_of=self.runs_out_at)

    # store keys -----------------------------------------------------------------------------

    def issue_key(self, key: StoreKey) -> Self:
        """Add a key of an outlet; the older one goes on until it is revoked."""
        self._require("issue_key")
        self.outlet(key.outlet_id, "/outlet_id")
        require_room(self.keys, key)
        return self._with(keys=(*worth_keeping(self.keys, key.issued_at), key))

    def revoke_key(self, key_id: str) -> Self:
        """Revoke a key that was lost or rotated out."""
        revoked = self.key(key_id).revoke()
        return self._with(keys=tuple(revoked if k.id == key_id else k for k in self.keys))

    def key(self, key_id: str) -> StoreKey:
        """Return a store key of this partner."""
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

    def _gap_after(self, moment: datetime | None) -> datetime | None:
        """Return when an outlet is next left without an offer; with the whole partner is none."""
        since = moment or self.active_since
        if since is None:
            return None
        gaps = {
            datetime.fromtimestamp(gap, UTC)
            for outlet in self.open_outlets
            for gap, offer in changes(self.offers_in(outlet, since), int(since.timestamp()))
            if offer is None
        }
        return min(gaps - {self.leaves_at}, default=None)

    def _reminding_again(self, at: datetime) -> Self:
        """Let an end be announced that a change of the offers has brought or moved."""
        if self.reminded_of is None or self._gap_after(at) == self.reminded_of:
            return self
        return self._with(reminded_of=min(self.reminded_of, at))

    def _publish(self, offer: Offer, by: str, zone: ZoneInfo) -> Self:
        published = offer.publish(by, zone)
        require_free(self.offers, published, self.open_outlets)
        return self._with_offer(published)

    def _with_offer(self, offer: Offer) -> Self:
        return self._with(offers=tuple(offer if o.id == offer.id else o for o in self.offers))

    def _advanced(self, step: str, **more: Any) -> Self:
        self._require(step)
        return self._with(status=self.STEPS[self.status][step], **more)
