"""Announcing: an event becomes at most one message per template, in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.notifications.feedback.domain import LIFETIME, FeedbackForm
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.messages.domain import Message
from services.notifications.messages.repository import Messages
from services.notifications.messages.values import derived_id
from services.notifications.pacing.daytime import daytime_of
from services.notifications.questionnaires.domain import Questionnaire
from services.notifications.questionnaires.repository import Questionnaires
from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates, announced_events
from services.notifications.templates.values import Audience
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.endings import OF_FAMILY, detail_of
from services.notifications.work_items.reactions import present, raised_rows
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_subjects.ended_by import mark_of
from services.notifications.work_subjects.repository import WorkSubjects
from services.notifications.work_subjects.values import WorkKind
from shared import clock
from shared.events.base import Event, Received
from shared.events.notifications import GUARDIAN_FEEDBACK
from shared.reference import calendar
from shared.reference.regions import working_day_from, zone
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def announce(
    received: Received[Any],
    context: CommandContext,
    templates: Templates,
    messages: Messages,
    items: WorkItems,
    subjects: WorkSubjects,
    forms: FeedbackForms,
    questionnaires: Questionnaires,
) -> None:
    """Queue the message of each audience about an event, with its work item or feedback form."""
    now, rows, work = clock.now(), list[Row](), list[WorkItem]()
    event = received.event.model_dump(mode="json")
    for message, template in _messages(received, event, templates, now):
        rows.append(messages.row(message))
        if template.kind is not None:
            work.append(_work_item(message, template, template.kind, event, now))
        if message.form_id is not None and template.form is not None:
            asked = questionnaires.latest(template.form)
            form = _form(message.form_id, template, received, message, event, templates, asked)
            rows.append(forms.row(form))
    rows += raised_rows(work, items, subjects)
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
        person_id=template.audience.person_in(event),
        region=event["region"],
        district_id=template.district_of(event),
        office_id=event.get(template.office) if template.office else None,
        family_id=event.get("family_id"),
        urgent=template.is_urgent(event),
        acknowledges=template.acknowledges,
        raised=mark_of(received),
        topics=template.topics_of(event),
        facts=template.facts_of(event),
        form_id=_form_id(received, template) if template.form else event.get(template.opens or ""),
        created_at=now,
        expires_at=clock.parse(event[template.expires]) if template.expires else None,
    )
    return _timed(message, template.after_days, received.time)


def _timed(message: Message, after_days: int, happened: datetime) -> Message:
    """Return the message due now, or the morning so many days after what has happened."""
    daytime = daytime_of(message.audience, message.region, message.district_id)
    due_at = message.created_at
    if after_days:
        day = calendar.local_date(daytime.zone, happened) + timedelta(days=after_days)
        due_at = max(due_at, daytime.starts(day))
    waits = message.in_quiet_hours(due_at, daytime)
    return message.until_morning(due_at, daytime) if waits else message.put_off(due_at)


def _work_item(
    message: Message, template: Template, kind: str, event: Mapping[str, Any], now: datetime
) -> WorkItem:
    begins = template.begins(event, message.raised.at)
    return WorkItem(
        item_id=derived_id("wrk", now, message.message_id),
        message_id=message.message_id,
        role=present(template.audience.reader, message.region),
        region=message.region,
        district_id=message.district_id,
        org=template.org_of(event),
        account=template.account_of(event),
        kind=kind,
        detail=detail_of(kind, event),
        raised=message.raised.model_copy(update={"at": begins}),
        template=message.template,
        variant=message.variant,
        reference=message.reference,
        about=_called(message, template, event) if kind in OF_FAMILY else None,
        urgent=message.urgent,
        due_at=template.due_at(event, now, zone(message.region), _working_day(message)),
        due_by_event=template.due is not None,
        facts=message.facts,
        undelivered=(event["message_id"],) if kind == WorkKind.CHECK_CONTACT else (),
        expires_at=message.expires_at,
        created_at=now,
    )


def _called(message: Message, template: Template, event: Mapping[str, Any]) -> str | None:
    """Return the family that headquarters is to call, or the guardian about its own answer."""
    if template.audience is not Audience.HQ:
        return None
    by_guardian = event.get("form") == GUARDIAN_FEEDBACK
    return event["guardian_id"] if by_guardian else message.family_id


def _working_day(message: Message) -> Callable[[date], date]:
    """Return how a day of work is chosen: what is not urgent is not due on a day off."""
    if message.urgent:
        return lambda day: day
    return lambda day: working_day_from(message.region, day)


def _form(
    form_id: str,
    template: Template,
    received: Received[Any],
    message: Message,
    event: Mapping[str, Any],
    templates: Templates,
    asked: Questionnaire,
) -> FeedbackForm:
    now = message.created_at
    return FeedbackForm(
        form_id=form_id,
        form=asked.code,
        questionnaire_version=asked.version,
        message_id=message.message_id,
        reference=message.reference,
        subject=str(event[SUBJECTS[template.audience]]),
        **{name: event.get(name) for name in ABOUT},
        region=message.region,
        district_id=message.district_id,
        occasion=event.get("kind") or "end",
        counterpart=_counterpart(template, received, event, templates),
        created_at=now,
        expires_at=(message.due_at or now) + LIFETIME,
        remind_after_days=asked.remind_after_days,
    )


def _counterpart(
    template: Template, received: Received[Any], event: Mapping[str, Any], templates: Templates
) -> str | None:
    """Return the form that the same event sends to the other side of a match."""
    for other in templates.by_event[template.event_type]:
        if other.form and other.audience != template.audience and other.variant(event) is not None:
            return _form_id(received, other)
    return None


def _form_id(received: Received[Any], template: Template) -> str:
    return derived_id("fbk", received.time, received.id, template.name)


# Whose words an answer has: they are sealed under this person's key.
SUBJECTS = {
    Audience.FAMILY: "family_id",
    Audience.GUARDIAN: "guardian_id",
    Audience.HOLDER: "card_id",
}
ABOUT = ("case_id", "family_id", "match_id", "guardian_id", "card_id")

REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(announced_events(), announce)
