"""Holders who agreed to letters of the community hear of a new discount, or of a partner's end."""

from datetime import date

from services.cards.announcements.domain import Announcement, Status
from services.cards.announcements.repository import Announcements
from services.cards.cards import recipients as reaching
from services.cards.cards.repository import Cards
from services.cards.cards.values import Status as CardStatus
from services.cards.partners.domain import Partner
from services.cards.partners.offers import OfferStatus
from services.cards.partners.repository import Partners
from services.cards.partners.values import Status as PartnerStatus
from shared import clock, ids
from shared.errors import NotFound
from shared.events import cards as told
from shared.events.base import Event, Received
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext

PREFIX = "ann"
HOLDERS = 16
_IN_TOUCH = (PartnerStatus.ACTIVE, PartnerStatus.PAUSED)


def announce_offer(
    received: Received[told.PartnerOfferChanged],
    context: CommandContext,
    announcements: Announcements,
) -> None:
    """A new version was published: its holders will hear of it before it begins."""
    event = received.event
    announcements.save(
        context,
        Announcement(
            id=ids.new(PREFIX),
            region=event.region,
            partner_id=event.partner_id,
            news="discount",
            day=date.fromisoformat(event.from_date),
            districts=event.district_ids,
            moved_at=clock.now(),
            offer_id=event.offer_id,
            percent=event.discount_percent,
        ),
    )


def announce_leaving(
    received: Received[told.PartnerWithdrawalNoticed],
    context: CommandContext,
    announcements: Announcements,
) -> None:
    """A partner gave notice: its holders will hear of the last day."""
    event = received.event
    announcements.save(
        context,
        Announcement(
            id=ids.new(PREFIX),
            region=event.region,
            partner_id=event.partner_id,
            news="leaving",
            day=date.fromisoformat(event.last_day),
            districts=event.district_ids,
            moved_at=clock.now(),
        ),
    )


def announcement_due(
    announcement_id: str,
    context: CommandContext,
    announcements: Announcements,
    partners: Partners,
    cards: Cards,
) -> None:
    """Tell the next holders; the commit hands the news back to the queue for more."""
    found = announcements.find(announcement_id)
    if found is None or found.status is not Status.TELLING:
        return
    if not _is_true(found, partners.find(found.partner_id)):
        announcements.save(context, found.dropped())
        return
    some, start = cards.list_page(found.region, found.district, HOLDERS, found.start)
    events: list[Event] = [
        told.PartnerNewsDue(
            region=found.region,
            announcement_id=found.id,
            reference=f"{found.id}.{card.id}",
            news=found.news,
            day=found.day.isoformat(),
        )
        for card in some
        if card.status is CardStatus.ACTIVE and card.consent_community
    ]
    announcements.save(context, found.moved(start, len(events), clock.now()), events=events)


def resolve_holder(
    ask: RecipientQuery, announcements: Announcements, partners: Partners, cards: Cards
) -> Addressee | Refused:
    """Whom news reach: the reference names the news and the card."""
    announcement_id, _, card_id = ask.reference.partition(".")
    found = announcements.get(announcement_id)
    card = cards.get(card_id)
    if card.status is not CardStatus.ACTIVE or not card.consent_community:
        return Refused(reference=ask.reference, refused="no_consent")
    partner = partners.get(found.partner_id)
    facts = {"partner": partner.title, "discount": str(found.percent or "")}
    return reaching.reach(card, facts)


def is_news(ask: RecipientQuery) -> bool:
    """Whether the reference names news of a partner."""
    return ask.reference.startswith(f"{PREFIX}_")


def _is_true(news: Announcement, partner: Partner | None) -> bool:
    """Whether the news still hold, and come before their day."""
    if partner is None or partner.status not in _IN_TOUCH:
        return False
    if calendar.local_date(regions.zone(news.region), clock.now()) > news.day:
        return False
    if news.offer_id is None:
        return partner.last_day == news.day
    try:
        return partner.offer(news.offer_id).status is OfferStatus.PUBLISHED
    except NotFound:
        return False
