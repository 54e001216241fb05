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
from services.notifications.messages.recipients import NO_CHANNEL, PHONE_TASK
from services.notifications.messages.repository import Messages
from services.notifications.messages.values import Bill, MessageStatus
from services.notifications.sendings.phone_tasks import phone_task, rows_of_work_without
from services.notifications.work_items.reactions import raised_rows
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_subjects.repository import WorkSubjects
from shared import clock
from shared.events.base import Event
from shared.observability import count, measure
from shared.principal import system
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row

# The values of a message and the words of this release do not fit each other.
UNFIT = "undeclared_variables"
# What an owner says by our own fault. All else is how the person wants it: no consent, or no
# contact given at all (an anonymous call), and is no reason for an alarm.
FAULTS = frozenset({"not_found", "unknown_template", UNFIT})
ARRIVED = (DeliveryStatus.DELIVERED, DeliveryStatus.READ)


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
        joined: Sequence[Message] = (),
        pace: Row | None = None,
    ) -> Message:
        """Store a claim in a commit of its own: it must be there before the provider is called.

        The news that is `joined` to the message, and its person's pace, are claimed with it.
        """
        context = CommandContext(
            system("notifications"), "claim_message", message.correlation_id, message.event_id
        )
        inside = tuple(each.message_id for each in joined)
        claimed = message.claim(channel, provider, address_mark, clock.now(), wording_id, inside)
        also = [self.messages.row(each.join(message.message_id)) for each in joined]
        receipt = self.messages.save(context, claimed, *also, *([pace] if pace else []))
        return claimed.model_copy(update={"version": receipt.version})

    def settle(
        self,
        message: Message,
        report: DeliveryReport,
        on_doubt: OnDoubt,
        context: CommandContext,
        *,
        others: bool = False,
        awaits: bool = False,
    ) -> None:
        """Store what a provider reported about a claimed or unknown message.

        `others` says that another provider of the channel could carry it, `awaits` that it is
        looked at again when it should have arrived.
        """
        now = clock.now()
        if report.status is DeliveryStatus.UNKNOWN and on_doubt is OnDoubt.LEAVE:
            self.leave_unknown(message, context)
        elif report.status is DeliveryStatus.UNKNOWN:
            age = now - (message.claimed_at or now)
            measure("message_unknown_age", age.total_seconds(), "Seconds")
            self._store(context, message, message.mark_unknown(now))
        elif report.status is DeliveryStatus.REFUSED:
            self._store(context, message, message.refuse_channel(report.code or "", now))
        elif report.status is DeliveryStatus.ABSENT:
            self._store(context, message, _not_taken(message, report, now, others=others))
        else:
            self._record_sent(message, report, context, awaits=awaits)

    def fall_back(self, message: Message, context: CommandContext) -> None:
        """Send a message by the next channel, too, since nothing was heard of its arrival."""
        count("message_fell_back")
        self._store(context, message, message.fall_back(clock.now()))

    def leave_unknown(self, message: Message, context: CommandContext) -> None:
        """Take another way to the person, since the outcome of this one cannot be known."""
        count("message_outcome_unknown")
        self._store(context, message, message.leave_unknown(clock.now()))

    def hear(
        self,
        message: Message,
        provider: str,
        report: DeliveryReport,
        context: CommandContext,
        *,
        awaits: bool,
    ) -> None:
        """Store what a provider reports later, by itself; old news changes nothing."""
        steps, now = message.next_steps, clock.now()
        if provider in message.doubts:
            self._hear_of_doubt(message, provider, report, context)
        elif provider != message.provider:
            return
        elif report.status is DeliveryStatus.REFUSED and "refuse_channel" in steps:
            count("message_undelivered")
            self._store(context, message, message.refuse_channel(report.code or "", now))
        elif report.status is DeliveryStatus.REFUSED and message.may_come_back:
            count("message_undelivered")
            back = message.refuse_channel(report.code or "", now, step="come_back")
            self._store(context, message, back)
        elif report.status is not DeliveryStatus.REFUSED and "mark_sent" in steps:
            self._record_sent(message, report, context, awaits=awaits)
        elif (arrived := _arrived(message, report, now)) is not message:
            self._store(context, message, arrived, published=events.arrival(arrived, message))

    def _hear_of_doubt(
        self, message: Message, provider: str, report: DeliveryReport, context: CommandContext
    ) -> None:
        """Store that a try in doubt has arrived: every other way ends, and a call."""
        now, after, also = clock.now(), message, list[Row]()
        if report.status in ARRIVED and "arrive_after_all" in message.next_steps:
            count("message_arrived_after_all")
            also += rows_of_work_without(message, self.messages, self.items, self.subjects, now)
            after = message.arrive_after_all(provider, now)
        after = _arrived(after, report, now)
        if after is not message:
            count("message_sent", message.sent_at is None)
            published = events.sending(after, message)
            opened, of_form = self._form_opened(after, now)
            self.messages.save(context, after, *also, *opened, events=[*published, *of_form])

    def _form_opened(self, sent: Message, now: datetime) -> tuple[list[Row], list[Event]]:
        """Return the form of a message that went out; sent once more, it is still the same link."""
        form = None if sent.form_id is None else self.forms.find(sent.form_id)
        if form is None or "send" not in form.next_steps:
            return [], []
        opened = form.send(now)
        return [self.forms.row(opened)], [feedback_events.link_sent(opened)]

    def give_up(self, message: Message, code: str, context: CommandContext) -> None:
        """End a message without a channel: by the person's own wish, or as a failure."""
        left_without = code == NO_CHANNEL and message.refused_channels
        if code not in FAULTS and not left_without:
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

    def _store(
        self,
        context: CommandContext,
        before: Message,
        after: Message,
        *also: Row,
        published: Sequence[Event] = (),
    ) -> None:
        """Store a step of a message, and the same of the news that is inside of it."""
        inside = self.messages.get_many(before.joined)
        followed = [
            (each, each.follow(after)) for each in inside if each.digest_id == before.message_id
        ]
        moved = [(each, then) for each, then in followed if each is not then]
        rows = [self.messages.row(then) for _, then in moved]
        of_parts = [event for each, then in moved for event in events.sending(then, each)]
        self.messages.save(context, after, *also, *rows, events=[*published, *of_parts])

    def _record_sent(
        self, message: Message, report: DeliveryReport, context: CommandContext, *, awaits: bool
    ) -> None:
        now = clock.now()
        if message.channel == PHONE_TASK and "hand_over" in message.next_steps:
            handed = message.hand_over()
            work = raised_rows([phone_task(handed, now)], self.items, self.subjects)
            self.messages.save(context, handed, *work)
            return
        bill = Bill(
            provider_id=report.provider_id, segments=report.segments, kopecks=report.kopecks
        )
        sent = _arrived(message.mark_sent(now, bill), report, now)
        if awaits and sent.status is MessageStatus.SENT:
            sent = sent.await_arrival()
        also, of_form = self._form_opened(sent, now)
        published = [events.message_sent(sent, now), *events.arrival(sent, message), *of_form]
        count("message_sent")
        count("sms_segments", sent.segments or 0)
        self._store(context, message, sent, *also, published=published)


def _not_taken(message: Message, report: DeliveryReport, now: datetime, *, others: bool) -> Message:
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
