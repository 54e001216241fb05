"""The events of a card, filled in from the card."""

from typing import TypedDict

from services.cards.cards.domain import Card
from services.cards.cards.values import Via
from shared.events import cards as told
from shared.reference import calendar, regions


class _Common(TypedDict):
    region: str
    card_id: str
    holder_ref: str
    issued_month: str
    is_new_order: bool
    consent_community: bool


def issued(card: Card, *, renewed: bool = False) -> told.CardIssued:
    """The card exists, or has a new code."""
    return told.CardIssued(
        **_common(card), district_id=card.district_id, replaces=card.replaces, renewed=renewed
    )


def activation_due(card: Card) -> told.CardActivationDue:
    """The card still waits for its holder."""
    return told.CardActivationDue(**_common(card), code_expires_on=card.code.last_day.isoformat())


def activated(card: Card, *, again: bool = False) -> told.CardActivated:
    """The card is valid."""
    via: Via = card.activation.via if card.activation else "web"
    return told.CardActivated(**_common(card), district_id=card.district_id, via=via, again=again)


def blocked(card: Card) -> told.CardBlocked:
    """The card is refused for now."""
    return told.CardBlocked(**_common(card), reason=card.reason or "other")


def replaced(card: Card) -> told.CardReplaced:
    """The card is dead and has a successor."""
    return told.CardReplaced(
        **_common(card), reason=card.reason or "other", replaced_by=card.replaced_by or ""
    )


def revoked(card: Card) -> told.CardRevoked:
    """The card is dead."""
    return told.CardRevoked(**_common(card), reason=card.reason or "other")


def month_of(card: Card) -> str:
    """The region's month in which the card was issued."""
    return f"{calendar.local_date(regions.zone(card.region), card.issued_at):%Y-%m}"


def _common(card: Card) -> _Common:
    return {
        "region": card.region,
        "card_id": card.id,
        "holder_ref": card.holder_ref,
        "issued_month": month_of(card),
        "is_new_order": card.is_new_order,
        "consent_community": card.consent_community,
    }
