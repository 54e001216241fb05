"""The events of a partner, filled in from the partner."""

from datetime import datetime, timedelta
from typing import TypedDict

from services.cards.offers.domain import Offer
from services.cards.offers.values import OfferStatus
from services.cards.partners.domain import Partner
from services.cards.partners.values import EndReason
from shared.events.base import Event
from shared.events.cards_partners import (
    PartnerActivated,
    PartnerChanged,
    PartnerContactChanged,
    PartnerDeclined,
    PartnerEnded,
    PartnerKeysEnding,
    PartnerKeysRenewed,
    PartnerLeadAdded,
    PartnerNoticeWithdrawn,
    PartnerOfferChanged,
    PartnerOfferEnding,
    PartnerOfferProposed,
    PartnerOffersMissing,
    PartnerOffersRenewed,
    PartnerOfferWithdrawn,
    PartnerPaused,
    PartnerProposalWithdrawn,
    PartnerWithdrawalNoticed,
)
from shared.principal import Principal
from shared.reference import calendar, regions


class EventFields(TypedDict):
    """What every event of a partner says."""

    region: str
    partner_id: str
    district_ids: tuple[str, ...]
    category: str


def lead_added(partner: Partner) -> PartnerLeadAdded:
    """Return the event of a business that was proposed."""
    return PartnerLeadAdded(**event_fields(partner), source=partner.source.value)


def declined(partner: Partner) -> PartnerDeclined:
    """Return the event of a business that does not become a partner."""
    return PartnerDeclined(**event_fields(partner), reason=partner.reason or "")


def activated(partner: Partner, actor: Principal, *, again: bool = False) -> PartnerActivated:
    """Return the event of a partner that is public from now on."""
    return PartnerActivated(**_news_fields(partner, actor), again=again)


def changed(partner: Partner) -> PartnerChanged:
    """Return the event of a partner whose title, category or districts were edited."""
    return PartnerChanged(**event_fields(partner))


def contact_changed(partner: Partner) -> PartnerContactChanged:
    """Return the event of a business that another person speaks for."""
    return PartnerContactChanged(**event_fields(partner))


def paused(partner: Partner, actor: Principal) -> PartnerPaused:
    """Return the event of a partner that takes a break."""
    return PartnerPaused(**_news_fields(partner, actor))


def offer_proposed(partner: Partner, offer: Offer) -> list[Event]:
    """Return the event of a version that waits for the club; the first go with the partner."""
    if not partner.in_touch:
        return []
    last = offer.valid_from - timedelta(days=1)
    proposed = PartnerOfferProposed(
        **event_fields(partner), offer_id=offer.id, confirm_by=last.isoformat()
    )
    return [proposed]


def offer_changed(partner: Partner, offer: Offer, actor: Principal) -> PartnerOfferChanged:
    """Return the event of a version of an offer that was published."""
    return PartnerOfferChanged(
        **_news_fields(partner, actor),
        offer_id=offer.id,
        discount_percent=offer.discount.percent,
        discount_kopecks=offer.discount.kopecks,
        minimum_purchase_kopecks=offer.discount.minimum,
        from_date=offer.valid_from.isoformat(),
        to_date=offer.valid_to.isoformat() if offer.valid_to else None,
    )


def offer_withdrawn(partner: Partner, offer: Offer, actor: Principal | None) -> list[Event]:
    """Return the event of a version that never comes into force, where people know of it.

    Without an actor its day has come.
    """
    fields = _news_fields(partner, actor)
    if offer.status is OfferStatus.PUBLISHED:
        first = offer.valid_from.isoformat()
        return [PartnerOfferWithdrawn(**fields, offer_id=offer.id, from_date=first)]
    taken_back = PartnerProposalWithdrawn(**fields, offer_id=offer.id, lapsed=actor is None)
    return [taken_back] if partner.in_touch else []


def offer_ending(partner: Partner, ending: datetime) -> PartnerOfferEnding:
    """Return the event of outlets that will be without an offer from that moment on."""
    last_day = calendar.local_date(regions.zone(partner.region), ending - timedelta(seconds=1))
    return PartnerOfferEnding(
        **event_fields(partner),
        last_day=last_day.isoformat(),
        outlets=sum(partner.offer_at(number, ending) is None for number in partner.shops.open),
        reachable=partner.has_contact,
        followed=not partner.ends_for_good(ending),
    )


def offers_missing(before: Partner, partner: Partner, at: datetime) -> list[Event]:
    """Return the event of a partner that a step has left with a shop without any discount."""
    missing = partner.in_touch and partner.ends_for_good(at) and not before.ends_for_good(at)
    return [PartnerOffersMissing(**event_fields(partner))] if missing else []


def offers_renewed(before: Partner, partner: Partner, at: datetime) -> list[Event]:
    """Return the event of a partner whose announced ends or lacks of discounts are all averted."""
    if not before.in_touch:
        return []
    moment = max(before.reminded_of or at, at)
    renewed = before.ends_for_good(moment) and not partner.ends_for_good(moment)
    return [PartnerOffersRenewed(**event_fields(partner))] if renewed else []


def keys_ending(partner: Partner, ending: datetime) -> PartnerKeysEnding:
    """Return the event of tills whose store keys end at that moment, or in the days after."""
    last_day = calendar.local_date(regions.zone(partner.region), ending)
    return PartnerKeysEnding(
        **event_fields(partner),
        last_day=last_day.isoformat(),
        outlets=partner.shops.keys_ending,
        reachable=partner.has_contact,
    )


def keys_renewed(before: Partner, partner: Partner) -> list[Event]:
    """Return the event of a partner whose announced ends of store keys are all averted."""
    renewed = before.shops.keys_ending and not partner.shops.keys_ending
    return [PartnerKeysRenewed(**event_fields(partner))] if renewed else []


def averted(before: Partner, partner: Partner, at: datetime) -> list[Event]:
    """Return the events of announced ends, of discounts or keys, that need nothing any more."""
    return [*offers_renewed(before, partner, at), *keys_renewed(before, partner)]


def withdrawal_noticed(before: Partner, partner: Partner, actor: Principal) -> list[Event]:
    """Return the event of a partner that will leave after a day, unless that is known."""
    last_day, reason = partner.last_day, partner.reason or EndReason.OTHER
    if last_day is None or last_day == before.last_day:
        return []
    fields = _news_fields(partner, actor)
    return [PartnerWithdrawalNoticed(**fields, last_day=last_day.isoformat(), reason=reason)]


def notice_withdrawn(
    left: Partner, partner: Partner, actor: Principal, at: datetime
) -> list[Event]:
    """Return the events of a partner that stays, so that a later discount of it will be, too."""
    last_day = left.last_day.isoformat() if left.last_day else ""
    stays = PartnerNoticeWithdrawn(**_news_fields(partner, actor), last_day=last_day)
    return [stays, *offers_renewed(left, partner, at)]


def ended(partner: Partner) -> PartnerEnded:
    """Return the event of a partner that left."""
    reason, announced = partner.reason or EndReason.OTHER, partner.left_as_announced
    return PartnerEnded(**event_fields(partner), reason=reason, announced=announced)


class _NewsFields(EventFields):
    own: bool
    reachable: bool


def _news_fields(partner: Partner, actor: Principal | None) -> _NewsFields:
    own = actor is not None and actor.role == "partner_manager"
    return {**event_fields(partner), "own": own, "reachable": partner.has_contact}


def event_fields(partner: Partner) -> EventFields:
    """Return what every event of a partner says."""
    return {
        "region": partner.region,
        "partner_id": partner.id,
        "district_ids": partner.district_ids,
        "category": partner.category,
    }
