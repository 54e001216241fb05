"""News of a partner reach holders who agreed to letters: a new discount, or the end of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from services.cards.announcements.domain import Announcement
from services.cards.announcements.repository import Announcements
from services.cards.announcements.values import AnnouncementStatus, News
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardStatus
from services.cards.offers.domain import Offer
from services.cards.offers.repository import Offers
from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners
from shared import clock, ids
from shared.events.base import Event, Received
from shared.events.cards_partners import (
    PartnerActivated,
    PartnerEnded,
    PartnerNewsDue,
    PartnerNoticeWithdrawn,
    PartnerOfferChanged,
    PartnerOfferWithdrawn,
    PartnerWithdrawalNoticed,
)
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext

NewsOfPartner = (
    PartnerActivated
    | PartnerOfferChanged
    | PartnerOfferWithdrawn
    | PartnerWithdrawalNoticed
    | PartnerNoticeWithdrawn
    | PartnerEnded
)
PREFIX = "ann"
HOLDERS = 16


def announce_joining(
    received: Received[PartnerActivated],
    context: CommandContext,
    announcements: Announcements,
    partners: Partners,
) -> None:
    """Begin to announce a new partner, in the districts of its shops; no end of a break."""
    event, partner = received.event, partners.get(received.event.partner_id)
    starts = [offer.starts_at for offer in partner.book.offers if offer.starts_at]
    districts = partner.shops.districts
    if event.again or not starts or not districts:
        return
    begins = max(received.time, min(starts))
    first_day = calendar.local_date(regions.zone(event.region), begins)
    announcements.save(context, _begun(event, "joined", first_day, districts))


def announce_offer(
    received: Received[PartnerOfferChanged],
    context: CommandContext,
    announcements: Announcements,
    partners: Partners,
) -> None:
    """Begin to announce a new version of an offer, in the districts in which it will hold."""
    event = received.event
    partner = partners.get(event.partner_id)
    offer = partner.book.find(event.offer_id)
    if offer is None:
        return
    districts = _districts_of(offer, partner, event)
    if not districts:
        return
    news = _begun(
        event,
        "discount",
        date.fromisoformat(event.from_date),
        districts,
        offer_id=event.offer_id,
        percent=event.discount_percent,
        kopecks=event.discount_kopecks,
        minimum=event.minimum_purchase_kopecks,
    )
    announcements.save(context, news)


def announce_withdrawal(
    received: Received[PartnerOfferWithdrawn],
    context: CommandContext,
    announcements: Announcements,
    partners: Partners,
    offers: Offers,
) -> None:
    """Begin to announce that a discount which was announced will not be."""
    event = received.event
    partner, offer = partners.get(event.partner_id), offers.get(event.offer_id).offer
    if districts := _districts_of(offer, partner, event):
        first_day = date.fromisoformat(event.from_date)
        announcements.save(context, _begun(event, "withdrawn", first_day, districts))


def announce_leaving(
    received: Received[PartnerWithdrawalNoticed],
    context: CommandContext,
    announcements: Announcements,
) -> None:
    """Begin to announce the last day of a partner that gave notice."""
    announcements.save(context, _of_last_day("leaving", received.event))


def announce_staying(
    received: Received[PartnerNoticeWithdrawn],
    context: CommandContext,
    announcements: Announcements,
) -> None:
    """Begin to announce that a partner stays, whose last day was announced."""
    announcements.save(context, _of_last_day("staying", received.event))


def announce_end(
    received: Received[PartnerEnded], context: CommandContext, announcements: Announcements
) -> None:
    """Begin to announce that a partner has left without, or before, the last day of a notice."""
    event = received.event
    if event.announced:
        return
    today = calendar.local_date(regions.zone(event.region), received.time)
    announcements.save(context, _begun(event, "left", today, event.district_ids))


def _districts_of(
    offer: Offer, partner: Partner, event: PartnerOfferChanged | PartnerOfferWithdrawn
) -> tuple[str, ...]:
    """Return the districts in which an offer holds, or was to hold."""
    return partner.shops.districts_in(offer.outlets) if offer.outlets else event.district_ids


def _of_last_day(
    news: News, event: PartnerWithdrawalNoticed | PartnerNoticeWithdrawn
) -> Announcement:
    return _begun(event, news, date.fromisoformat(event.last_day), event.district_ids)


def _begun(
    event: NewsOfPartner,
    news: News,
    day: date,
    districts: tuple[str, ...],
    **discount: Any,
) -> Announcement:
    return Announcement(
        id=ids.new(PREFIX),
        region=event.region,
        partner_id=event.partner_id,
        news=news,
        day=day,
        districts=districts,
        moved_at=clock.now(),
        **discount,
    )


def announce_to_next(
    announcement_id: str,
    context: CommandContext,
    announcements: Announcements,
    partners: Partners,
    cards: Cards,
) -> None:
    """Announce news to the next holders; the commit hands them back to the queue for more."""
    found = announcements.find(announcement_id)
    if found is None or found.status is not AnnouncementStatus.RUNNING:
        return
    partner = partners.find(found.partner_id)
    today = calendar.local_date(regions.zone(found.region), clock.now())
    if partner is None or not found.holds(partner, today):
        announcements.save(context, found.drop())
        return
    some, start = cards.list_page(found.region, found.district, HOLDERS, found.start)
    events = [
        _news_due(found, card)
        for card in some
        if card.status is CardStatus.ACTIVE and card.consent_community
    ]
    announcements.save(context, found.advanced(start, clock.now()), events=events)


def _news_due(news: Announcement, card: Card) -> Event:
    return PartnerNewsDue(
        region=news.region,
        announcement_id=news.id,
        reference=f"{news.id}.{card.id}",
        holder_id=card.holder or None,
        district_id=card.district_id,
        news=news.news,
        day=news.day.isoformat(),
    )


REACTIONS: dict[type[Event], Callable[..., None]] = {
    PartnerActivated: announce_joining,
    PartnerOfferChanged: announce_offer,
    PartnerOfferWithdrawn: announce_withdrawal,
    PartnerWithdrawalNoticed: announce_leaving,
    PartnerNoticeWithdrawn: announce_staying,
    PartnerEnded: announce_end,
}
DEADLINES = {"ANNOUNCEMENT": announce_to_next}
