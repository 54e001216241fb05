"""News that comes late in the evening, and what people are told of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.notifications.messages.domain import Message
from services.notifications.messages.reactions import _messages
from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from shared.events import cards
from shared.events.base import Event, Received
from tests.notifications.fakes import OF_CARD, NotificationsHarness
from tests.support.world import at

TEMPLATES = Templates.connect()
MONDAY = datetime(2026, 9, 14, 20, tzinfo=UTC)
ISSUED = cards.CardIssued(**OF_CARD)
REVOKED = cards.CardRevoked(**OF_CARD, reason="other")
PLACEMENT_ENDS = cards.PlacementEndReported(**OF_CARD, closes_on="2026-10-01")
PLACEMENT_GOES_ON = cards.PlacementEndDismissed(**OF_CARD)


def received(event: Event, minutes: int) -> Received[Any]:
    subject = str(getattr(event, type(event).subject_field))
    return Received(
        id=f"evt_{minutes:026d}", event=event, time=MONDAY + timedelta(minutes=minutes),
        subject=subject, sequence=minutes, correlation_id="cor_1",
    )  # fmt: skip


def queued(event: Received[Any], template: Template) -> Message:
    said = event.event.model_dump(mode="json")
    made = {one.template: one for one, _ in _messages(event, said, TEMPLATES, event.time)}
    return made[template.name]


def at_night(harness: NotificationsHarness, *events: Event) -> list[str]:
    """Bodies of events that happened one minute after the other."""
    bodies = []
    for minute, event in enumerate(events):
        harness.world.set_time(at(f"2026-09-14 23:{minute:02d}"))
        bodies.append(harness.body(event))
    return bodies


def told(harness: NotificationsHarness) -> list[str]:
    """The templates of what people were sent, in order."""
    sent = [harness.gateway.messages[each] for each in harness.gateway.carried]
    return [one.template for one in sent if one.channel != "inbox"]


def to_holders(harness: NotificationsHarness) -> list[dict[str, Any]]:
    return [one for one in harness.docs("MESSAGE") if one["audience"] == "holder"]
