"""The events of a card, filled in from the card."""

from typing import TypedDict

from services.cards.cards.domain import Card
from services.cards.cards.values import (
    BLOCKED_BY_THEFT,
    BlockReason,
    HoldDecision,
    ReplaceReason,
    RevokeReason,
    Via,
)
from shared.events.base import Event
from shared.events.cards import (
    CardActivated,
    CardActivationDue,
    CardBlocked,
    CardErased,
    CardHeld,
    CardHoldDecided,
    CardIssued,
    CardMoved,
    CardReplaced,
    CardRevoked,
    LettersConsentGiven,
    LettersConsentWithdrawn,
    PlacementEndDismissed,
    PlacementEndReported,
)
from shared.reference import calendar, regions


class EventFields(TypedDict):
    """What every event of a card says."""

    region: str
    card_id: str
    holder_ref: str
    holder_id: str | None
    issued_month: str
    is_new_order: bool
    consent_community: bool
    district_id: str
    office_id: str | None


def issued(card: Card, *, renewed: bool = False) -> CardIssued:
    """Return the event of a new card, or of a new code."""
    return CardIssued(**event_fields(card), replaces=card.replaces, renewed=renewed)


def held(card: Card) -> CardHeld:
    """Return the event of a card that waits for a leader."""
    return CardHeld(
        **event_fields(card),
        because=card.hold.because if card.hold else "",
        other_card_ids=tuple(each.id for each in card.hold.others) if card.hold else (),
        activated=card.activation is not None,
    )


def hold_decided(card: Card) -> CardHoldDecided:
    """Return the event of what a leader has found out about a card."""
    decision = card.hold.decision if card.hold else None
    return CardHoldDecided(**event_fields(card), decision=decision or "", blocked=card.unannounced)


def activation_due(card: Card) -> CardActivationDue:
    """Return the event of a card that still waits for its holder."""
    return CardActivationDue(**event_fields(card), code_expires_on=card.code.last_day.isoformat())


def activated(card: Card, *, again: bool = False) -> CardActivated:
    """Return the event of a card that is valid from now on."""
    via: Via = card.activation.via if card.activation else "web"
    return CardActivated(**event_fields(card), via=via, again=again)


def unblocked(before: Card, card: Card) -> list[Event]:
    """Return the events of a card that was found: valid again, or waiting for its holder again.

    One that was lost while it was held is announced now.
    """
    if before.unannounced:
        return first_activation(card) if card.activation else [issued(card)]
    return [activated(card, again=True) if card.activation else issued(card, renewed=True)]


def first_activation(card: Card) -> list[Event]:
    """Return the events of a card that its holder has activated, with what she agreed to."""
    return [activated(card), *([consent(card)] if card.consent_community else [])]


def moved(before: Card, card: Card) -> list[CardMoved]:
    """Return the event of a holder who lives elsewhere; none when it is the same district."""
    former = before.district_id
    fields = event_fields(card)
    return [] if former == card.district_id else [CardMoved(**fields, former_district_id=former)]


def blocked(card: Card, by_role: str) -> CardBlocked:
    """Return the event of a card that is refused for now, blocked in a role."""
    return CardBlocked(
        **event_fields(card),
        reason=card.reason or BlockReason.OTHER,
        unreachable=card.reason in BLOCKED_BY_THEFT,
        by_hotline=by_role == "hotline_operator",
    )


def replaced(card: Card) -> CardReplaced:
    """Return the event of a card that a newer one replaces."""
    return CardReplaced(
        **event_fields(card),
        reason=card.reason or ReplaceReason.OTHER,
        replaced_by=card.replaced_by or "",
        unused=card.activation is None,
        never_issued=_never_issued(card),
        activated=_activated_in_silence(card),
    )


def revoked(card: Card, *, by_time: bool = False) -> CardRevoked:
    """Return the event of a card whose holder is no longer entitled."""
    reason = card.reason or RevokeReason.OTHER
    return CardRevoked(
        **event_fields(card),
        reason=reason,
        by_time=by_time,
        never_issued=_never_issued(card),
        activated=_activated_in_silence(card),
    )


def placement_end_reported(card: Card) -> PlacementEndReported:
    """Return the event of a card that will end because its placement did."""
    last_day = card.closes_on.isoformat() if card.closes_on else ""
    return PlacementEndReported(**event_fields(card), closes_on=last_day)


def placement_of(card: Card) -> list[Event]:
    """Return the event of a new card that will end with the one it replaces, if it will."""
    return [placement_end_reported(card)] if card.closes_on else []


def placement_end_dismissed(card: Card) -> PlacementEndDismissed:
    """Return the event of a card that stays, because its placement goes on."""
    return PlacementEndDismissed(**event_fields(card))


def erased(card: Card, *, holder_too: bool) -> CardErased:
    """Return the event of an erased card, and of its holder when they are erased too."""
    return CardErased(**event_fields(card), holder_too=holder_too)


def consent(card: Card) -> LettersConsentGiven | LettersConsentWithdrawn:
    """Return the event of what the holder now says to letters of the community."""
    kind = LettersConsentGiven if card.consent_community else LettersConsentWithdrawn
    return kind(**event_fields(card))


def event_fields(card: Card) -> EventFields:
    """Return what every event of a card says; the month of issue is the region's."""
    issued_on = calendar.local_date(regions.zone(card.region), card.issued_at)
    return {
        "region": card.region,
        "card_id": card.id,
        "holder_ref": card.holder_ref,
        "holder_id": card.holder or None,
        "issued_month": f"{issued_on:%Y-%m}",
        "is_new_order": card.is_new_order,
        "consent_community": card.consent_community,
        "district_id": card.district_id,
        "office_id": card.issued_by,
    }


def _never_issued(card: Card) -> bool:
    """Whether it was lost while it was held, before it was announced."""
    return card.unannounced and card.activation is None


def _activated_in_silence(card: Card) -> bool:
    """Whether its holder activated it, and it was held and is over before that was announced."""
    held = card.hold is not None and card.hold.decision in (None, HoldDecision.SAME_PERSON)
    return card.activation is not None and (card.unannounced or held)
