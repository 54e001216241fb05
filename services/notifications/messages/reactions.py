"""Announcing: an event becomes at most one message per template, in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from services.notifications.feedback.domain import LIFETIME, FeedbackForm
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.messages.domain import Message, derived_id
from services.notifications.messages.repository import Messages
from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates, announced_events
from services.notifications.work_items.repository import WorkItems
from shared import clock
from shared.events.base import Event, Received
from shared.reference.regions import zone
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def announce(
    received: Received[Any],
    context: CommandContext,
    templates: Templates,
    messages: Messages,
    items: WorkItems,
    forms: FeedbackForms,
) -> None:
    """Queue the message of each audience about an event, with its work item or feedback form."""
    now, rows = clock.now(), list[Row]()
    event = received.event.model_dump(mode="json")
    for message, template in _messages(received, event, templates, now):
        rows.append(messages.row(message))
        if template.audience.role is not None:
            rows.append(items.row(message.to_work_item(template.audience.role, now)))
        if message.form_id is not None:
            rows.append(forms.row(_form(message.form_id, message, event, now)))
    if rows:
        messages.store.commit(context, *rows)


def _messages(
    received: Received[Any], event: Mapping[str, Any], templates: Templates, now: datetime
) -> Iterator[tuple[Message, Template]]:
    for template in templates.by_event.get(received.event.detail_type(), ()):
        variant = template.variant(event)
        if variant is not None:
            yield _message(received, event, template, variant, now), template


def _message(
    received: Received[Any],
    event: Mapping[str, Any],
    template: Template,
    variant: str,
    now: datetime,
) -> Message:
    made_from = (received.id, template.name)
    message = Message(
        message_id=derived_id("msg", received.time, *made_from),
        event_id=received.id,
        correlation_id=received.correlation_id,
        template=template.name,
        variant=variant,
        audience=template.audience,
        reference=template.reference_of(event),
        region=event["region"],
        urgent=template.urgent or template.audience.owner is None,
        facts=template.facts_of(event),
        form_id=derived_id("fbk", received.time, *made_from) if template.feedback else None,
        created_at=now,
        due_at=now,
        expires_at=clock.parse(event[template.expires]) if template.expires else None,
    )
    there = zone(message.region)
    return message.until_morning(now, there) if message.in_quiet_hours(now, there) else message


def _form(form_id: str, message: Message, event: Mapping[str, Any], now: datetime) -> FeedbackForm:
    return FeedbackForm(
        form_id=form_id,
        message_id=message.message_id,
        case_id=event["case_id"],
        family_id=event["family_id"],
        match_id=event["match_id"],
        guardian_id=event["guardian_id"],
        region=event["region"],
        occasion=event.get("kind") or "end",
        created_at=now,
        expires_at=now + LIFETIME,
    )


REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(announced_events(), announce)
