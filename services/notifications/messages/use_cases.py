"""Sending each message once.

Sending is a ledger of two commits around one call: the claim is stored before the channel is
called and settled after it. A worker that dies in between leaves a claim; when its lease is over
the channel is asked, and only its "absent" makes a message be sent again.
"""

from datetime import datetime, timedelta

from services.notifications.channels.port import DeliveryReport, DeliveryStatus
from services.notifications.channels.regional_gateway import RegionalGateway
from services.notifications.feedback import events as feedback_events
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.messages import events
from services.notifications.messages.domain import Message, derived_id
from services.notifications.messages.recipients import (
    PHONE_TASK,
    ContactOwners,
    find_destination,
)
from services.notifications.messages.rendering import render_message
from services.notifications.messages.repository import Messages
from services.notifications.messages.values import MessageStatus, NextAction
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import Audience
from services.notifications.wordings.repository import WordingsInForce
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.reactions import raised_rows
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_subjects.repository import WorkSubjects
from services.notifications.work_subjects.values import Mark, WorkKind
from shared import clock
from shared.events.base import Event
from shared.messaging.recipients import Refused
from shared.observability import count, measure
from shared.reference.regions import zone
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row

CALL_WITHIN = timedelta(days=1)
# What an owner says by our own fault. All else is how the person wants it: no consent, or no
# contact given at all (an anonymous call), and is no reason for an alarm.
FAULTS = frozenset({"not_found", "unknown_template", "undeclared_variables"})


def deliver(
    message_id: str,
    context: CommandContext,
    messages: Messages,
    items: WorkItems,
    subjects: WorkSubjects,
    forms: FeedbackForms,
    footer_links: FooterLinksRepository,
    templates: Templates,
    in_force: WordingsInForce,
    owners: ContactOwners,
    gateway: RegionalGateway,
) -> None:
    """Send a due message, put it off until the morning, or ask for the outcome of a try."""
    message = messages.get(message_id)
    now, there = clock.now(), zone(message.region)
    action = message.next_action(now, there)
    if action is NextAction.SEND:
        template = in_force.worded(templates.by_name[message.template])
        destination = find_destination(message, template, owners)
        if isinstance(destination, Refused):
            _give_up(message, destination.refused, context, messages)
            return
        outgoing = render_message(message, template, templates.phrases, destination, footer_links)
        claimed = _claim(message, destination.channel, template.wording_id, context, messages)
        _settle(claimed, gateway.send(outgoing), context, messages, items, subjects, forms)
    elif action is NextAction.DROP:
        count("message_expired")
        _withhold(message, "expired", context, messages)
    elif action is NextAction.ASK:
        report = gateway.ask(message.message_id)
        _settle(message, report, context, messages, items, subjects, forms)
    elif message.status is MessageStatus.QUEUED and message.in_quiet_hours(now, there):
        messages.save(context, message.until_morning(now, there))


def _claim(
    message: Message,
    channel: str,
    wording_id: str | None,
    context: CommandContext,
    messages: Messages,
) -> Message:
    """Store the claim in a commit of its own: it must be there before the channel is called."""
    claiming = CommandContext(
        context.actor, "claim_message", message.correlation_id, message.event_id
    )
    claimed = message.claim(channel, clock.now(), wording_id)
    receipt = messages.save(claiming, claimed)
    return claimed.model_copy(update={"version": receipt.version})


def _settle(
    message: Message,
    report: DeliveryReport,
    context: CommandContext,
    messages: Messages,
    items: WorkItems,
    subjects: WorkSubjects,
    forms: FeedbackForms,
) -> None:
    """Store what the channel reported about a claimed or unknown message."""
    now = clock.now()
    if report.status is DeliveryStatus.TAKEN:
        _record_sent(message.mark_sent(now), now, context, messages, items, subjects, forms)
    elif report.status is DeliveryStatus.REFUSED:
        messages.save(context, message.refuse_channel(report.code or "", now))
    elif report.status is DeliveryStatus.UNKNOWN:
        measure("message_unknown_age", _unknown_seconds(message, now), "Seconds")
        messages.save(context, message.mark_unknown(now))
    elif report.code is None:
        messages.save(context, message.mark_absent(now))
    else:
        messages.save(context, message.requeue(now))


def _record_sent(
    message: Message,
    now: datetime,
    context: CommandContext,
    messages: Messages,
    items: WorkItems,
    subjects: WorkSubjects,
    forms: FeedbackForms,
) -> None:
    also: list[Row] = []
    published: list[Event] = [events.message_sent(message, now)]
    if message.form_id is not None:
        form = forms.get(message.form_id).send(now)
        also.append(forms.row(form))
        published.append(feedback_events.link_sent(form))
    if message.channel == PHONE_TASK:
        also += raised_rows([_phone_task(message, now)], items, subjects)
    count("message_sent")
    messages.save(context, message, *also, events=published)


def _phone_task(message: Message, now: datetime) -> WorkItem:
    """Return the task to call a person who has only a telephone and tell the news, by tomorrow."""
    of_holder = message.audience == Audience.HOLDER
    caller = Audience.LEADER if of_holder else Audience.HQ
    return WorkItem(
        item_id=derived_id("wrk", now, message.message_id),
        message_id=message.message_id,
        role=caller.reader,
        region=message.region,
        district_id=message.district_id,
        kind=WorkKind.TELL_BY_PHONE.value,
        raised=Mark(source=message.message_id, at=now),
        template=message.template,
        variant=message.variant,
        reference=message.about,
        about=message.for_family,
        urgent=message.urgent,
        due_at=now + CALL_WITHIN,
        facts=message.facts,
        by_phone=True,
        news=(message.template,),
        created_at=now,
    )


def _give_up(message: Message, code: str, context: CommandContext, messages: Messages) -> None:
    """End a message without a channel: by the person's own wish, or as a failure with an event."""
    if code not in FAULTS and not message.refused_channels:
        count("message_withheld")
        _withhold(message, code, context, messages)
        return
    count("message_failed")
    failed = message.fail(message.reason or code)
    messages.save(context, failed, events=[events.message_failed(failed)])


def _withhold(message: Message, code: str, context: CommandContext, messages: Messages) -> None:
    withheld = message.withhold(code)
    messages.save(context, withheld, events=[events.message_withheld(withheld)])


def _unknown_seconds(message: Message, now: datetime) -> float:
    return (now - (message.claimed_at or now)).total_seconds()


DEADLINES = {"MESSAGE": deliver}
