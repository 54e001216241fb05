"""Announcing: an event becomes at most one message per template, in one transaction."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from services.notifications.desk import Desk
from services.notifications.feedback.domain import LIFETIME, FeedbackForm
from services.notifications.messages.domain import Message, derived_id
from services.notifications.templates.domain import Template
from services.notifications.work_items.domain import WorkItem
from shared import clock
from shared.events.base import Received
from shared.reference.regions import zone
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def announce(received: Received[Any], context: CommandContext, desk: Desk) -> None:
    """Queue what each audience is told about an event; nothing when nobody is told anything."""
    rows = list(_rows(received, desk, clock.now()))
    if rows:
        desk.store.commit(context, *rows)


def _rows(received: Received[Any], desk: Desk, now: datetime) -> Iterator[Row]:
    event = received.event.model_dump(mode="json")
    for template in desk.catalogue.by_event.get(received.event.detail_type(), ()):
        variant = template.variant(event)
        if variant is None:
            continue
        message = _message(received, event, template, variant, now)
        yield desk.messages.row(message)
        if template.audience.role is not None:
            yield desk.items.row(work_item(message, template.audience.role, now))
        if message.form_id is not None:
            yield desk.forms.row(_form(message, event, now))


def _message(
    received: Received[Any], event: dict[str, Any], template: Template, variant: str, now: datetime
) -> Message:
    made_from = (received.id, template.name)
    message = Message(
        message_id=derived_id("msg", received.time, *made_from),
        event_id=received.id,
        correlation_id=received.correlation_id,
        template=template.name,
        variant=variant,
        audience=template.audience,
        reference=str(event[template.reference]),
        region=event["region"],
        urgent=template.urgent or template.audience.owner is None,
        facts=template.facts_of(event),
        form_id=derived_id("fbk", received.time, *made_from) if template.feedback else None,
        created_at=now,
        due_at=now,
    )
    there = zone(message.region)
    return message.after_night(now, there) if message.must_sleep(now, there) else message


def work_item(message: Message, role: str, now: datetime) -> WorkItem:
    """What the staff of a role is asked to do about the thing a message is about."""
    return WorkItem(
        item_id=derived_id("wrk", now, message.message_id),
        message_id=message.message_id,
        role=role,
        region=message.region,
        template=message.template,
        variant=message.variant,
        reference=message.reference,
        urgent=message.urgent,
        facts=message.facts,
        created_at=now,
    )


def _form(message: Message, event: dict[str, Any], now: datetime) -> FeedbackForm:
    return FeedbackForm(
        form_id=message.form_id or "",
        message_id=message.message_id,
        case_id=event["case_id"],
        match_id=event["match_id"],
        guardian_id=event["guardian_id"],
        region=event["region"],
        occasion=event.get("kind") or "end",
        created_at=now,
        expires_at=now + LIFETIME,
    )
