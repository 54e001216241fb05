"""The send ledger: what is known of each sending, stored step by step.

The claim is stored before a provider is called, the outcome after it. What cannot be known is never
sent again where that could make a second copy: the ledger then takes another way, and counts that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from services.notifications.channels.port import DeliveryReport, DeliveryStatus, OnDoubt
from services.notifications.channels.wire import NO_TIME
from services.notifications.feedback import events as feedback_events
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.messages import events
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import PHONE_TASK
from services.notifications.messages.repository import Messages
from services.notifications.messages.values import Bill, derived_id
from services.notifications.templates.values import Audience
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.reactions import raised_rows
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_subjects.repository import WorkSubjects
from services.notifications.work_subjects.values import Mark, WorkKind
from shared import clock
from shared.events.base import Event
from shared.observability import count, measure
from shared.principal import system
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row

CALL_WITHIN = timedelta(days=1)
# What an owner says by our own fault. All else is how the person wants it: no consent, or no
# contact given at all (an anonymous call), and is no reason for an alarm.
FAULTS = frozenset({"not_found", "unknown_template", "undeclared_variables"})


@dataclass(frozen=True, slots=True)
class SendLedger:
    """The sendings of all messages, with the work and the form that a sending leaves behind."""

    messages: Messages
    items: WorkItems
    subjects: WorkSubjects
    forms: FeedbackForms

    @classmethod
    def connect(cls) -> Self:
        """Return the ledger over this container's tables."""
        return cls(
            Messages.connect(), WorkItems.connect(), WorkSubjects.connect(), FeedbackForms.connect()
        )

    def claim(
        self,
        message: Message,
        channel: str,
        provider: str,
        address_mark: str,
        wording_id: str | None,
    ) -> Message:
        """Store a claim in a commit of its own: it must be there before the provider is called."""
        context = CommandContext(
            system("notifications"), "claim_message", message.correlation_id, message.event_id
        )
        claimed = message.claim(channel, provider, address_mark, clock.now(), wording_id)
        receipt = self.messages.save(context, claimed)
        return claimed.model_copy(update={"version": receipt.version})

    def settle(
        self,
        message: Message,
        report: DeliveryReport,
        on_doubt: OnDoubt,
        context: CommandContext,
        others: bool = False,
    ) -> None:
        """Store what a provider reported about a claimed or unknown message.

        `others` says that another provider of the channel could carry it.
        """
        now = clock.now()
        if report.status is DeliveryStatus.UNKNOWN and on_doubt is OnDoubt.LEAVE:
            self.leave_unknown(message, context)
        elif report.status is DeliveryStatus.UNKNOWN:
            measure("message_unknown_age", _unknown_seconds(message, now), "Seconds")
            self.messages.save(context, message.mark_unknown(now))
        elif report.status is DeliveryStatus.REFUSED:
            self.messages.save(context, message.refuse_channel(report.code or "", now))
        elif report.status is DeliveryStatus.ABSENT:
            self.messages.save(context, _not_taken(message, report, others, now))
        else:
            self._record_sent(message, report, context)

    def leave_unknown(self, message: Message, context: CommandContext) -> None:
        """Take another way to the person, since the outcome of this one cannot be known."""
        count("message_outcome_unknown")
        self.messages.save(context, message.leave_unknown(clock.now()))

    def hear(self, message: Message, report: DeliveryReport, context: CommandContext) -> None:
        """Store what the message's provider reports later, by itself; old news changes nothing."""
        steps = message.next_steps
        if report.status is DeliveryStatus.REFUSED and "refuse_channel" in steps:
            count("message_undelivered")
            refused = message.refuse_channel(report.code or "", clock.now())
            self.messages.save(context, refused)
        elif report.status is not DeliveryStatus.REFUSED and "mark_sent" in steps:
            self._record_sent(message, report, context)
        else:
            arrived = _arrived(message, report, clock.now())
            if arrived is not message:
                delivered = events.message_delivered(arrived, message)
                self.messages.save(context, arrived, events=delivered)

    def give_up(self, message: Message, code: str, context: CommandContext) -> None:
        """End a message without a channel: by the person's own wish, or as a failure."""
        if code not in FAULTS and not message.refused_channels:
            count("message_withheld")
            self.withhold(message, code, context)
            return
        count("message_failed")
        failed = message.fail(message.reason or code)
        self.messages.save(context, failed, events=[events.message_failed(failed)])

    def withhold(
        self, message: Message, code: str, context: CommandContext, also: Sequence[Row] = ()
    ) -> None:
        """End a message that the person does not want, or that is worth nothing any more."""
        withheld = message.withhold(code)
        self.messages.save(context, withheld, *also, events=[events.message_withheld(withheld)])

    def _record_sent(
        self, message: Message, report: DeliveryReport, context: CommandContext
    ) -> None:
        now = clock.now()
        if message.channel == PHONE_TASK and "hand_over" in message.next_steps:
            handed = message.hand_over(now)
            work = raised_rows([_phone_task(handed, now)], self.items, self.subjects)
            self.messages.save(context, handed, *work)
            return
        bill = Bill(
            provider_id=report.provider_id, segments=report.segments, kopecks=report.kopecks
        )
        sent = _arrived(message.mark_sent(now, bill), report, now)
        also: list[Row] = []
        published: list[Event] = [events.message_sent(sent, now)]
        published += events.message_delivered(sent, message)
        form = None if sent.form_id is None else self.forms.find(sent.form_id)
        # Sent once more by another channel, it is still the same link.
        if form is not None and form.sent_at is None:
            opened = form.send(now)
            also.append(self.forms.row(opened))
            published.append(feedback_events.link_sent(opened))
        count("message_sent")
        count("sms_segments", sent.segments or 0)
        self.messages.save(context, sent, *also, events=published)


def _not_taken(message: Message, report: DeliveryReport, others: bool, now: datetime) -> Message:
    """Return a message that its provider surely does not have, as it is sent again."""
    if report.code in (None, NO_TIME):
        return message.mark_absent(now)
    if others:
        count("provider_skipped")
        return message.skip_provider(now)
    return message.requeue(now, timedelta(seconds=report.retry_after or 0))


def _arrived(message: Message, report: DeliveryReport, now: datetime) -> Message:
    steps = message.next_steps
    if report.status is DeliveryStatus.READ and "mark_read" in steps:
        return message.mark_read(now)
    if report.status is DeliveryStatus.DELIVERED and "mark_delivered" in steps:
        return message.mark_delivered(now)
    return message


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
        due_at=_call_by(message, now),
        facts=message.facts,
        by_phone=True,
        news=(message.template,),
        calls=(message.message_id,),
        created_at=now,
    )


def _call_by(message: Message, now: datetime) -> datetime:
    """Return until when to call: a day from now, and on no day off unless it is urgent."""
    due_at, zone = now + CALL_WITHIN, regions.zone(message.region)
    day = calendar.local_date(zone, due_at)
    if message.urgent or regions.is_working_day(message.region, day):
        return due_at
    return calendar.end_of_day(zone, regions.working_day_from(message.region, day))


def _unknown_seconds(message: Message, now: datetime) -> float:
    return (now - (message.claimed_at or now)).total_seconds()
