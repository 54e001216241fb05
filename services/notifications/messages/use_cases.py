"""Sending each message once, and telling what became of it.

Sending is a ledger of two commits around one call: the claim is stored before the gateway is
called and settled after it. A worker that dies in between leaves a claim; when its lease is over
the gateway is asked, and only its "absent" makes a message be sent again.
"""

from datetime import datetime

from pydantic import BaseModel

from services.notifications.channels.regional_gateway import Fate, Report
from services.notifications.desk import Desk
from services.notifications.messages.domain import Message, Status, Step
from services.notifications.messages.reactions import work_item
from services.notifications.messages.rendering import PHONE_TASK, way_to, write_letter
from services.notifications.messages.repository import about_key, failed_prefix
from services.notifications.templates.domain import Audience, Template
from services.notifications.work_items.domain import WorkItem
from shared import clock
from shared.events.base import Event
from shared.events.notifications import FeedbackLinkSent, MessageFailed, MessageSent
from shared.identity.partitions import Partition
from shared.identity.policy import Policy
from shared.messaging.recipients import Refused
from shared.observability import count, measure
from shared.principal import Principal
from shared.reference.regions import zone
from shared.storage.command_context import CommandContext
from shared.storage.repository import Page
from shared.storage.rows import Row

# What an owner says by our own fault. All else is how the person wants it: no consent, or no
# contact given at all (an anonymous call); nobody can be alarmed about that.
FAULTS = frozenset({"not_found", "unknown_template", "undeclared_variables"})


def deliver(message_id: str, context: CommandContext, desk: Desk) -> None:
    """Do what a due message needs now: wait for the morning, send, or ask what became of it."""
    message = desk.messages.get(message_id)
    now, there = clock.now(), zone(message.region)
    step = message.next_step(now, there)
    if step is Step.SEND:
        _send(message, context, desk)
    elif step is Step.ASK:
        _settle(message, desk.gateway().ask(message.message_id), context, desk)
    elif message.status is Status.QUEUED and message.must_sleep(now, there):
        desk.messages.save(context, message.after_night(now, there))


def _send(message: Message, context: CommandContext, desk: Desk) -> None:
    template = desk.catalogue.by_name[message.template]
    way = way_to(message, template, desk)
    if isinstance(way, Refused):
        _give_up(message, way.refused, context, desk)
        return
    letter = write_letter(message, template, way, desk)
    claimed = message.claimed(way.channel, clock.now())
    receipt = desk.messages.save(_claim(message, context), claimed)
    claimed = claimed.model_copy(update={"version": receipt.version})
    _settle(claimed, desk.gateway().put(letter), context, desk)


def _claim(message: Message, context: CommandContext) -> CommandContext:
    """The claim is a commit of its own: it must be there before anything leaves the house."""
    return CommandContext(context.actor, "claim_message", message.correlation_id, message.event_id)


def _settle(message: Message, report: Report, context: CommandContext, desk: Desk) -> None:
    """Write down what the gateway said about a claimed or unknown message."""
    now = clock.now()
    if report.fate is Fate.TAKEN:
        _sent(message.sent(now), context, desk)
    elif report.fate is Fate.REFUSED:
        desk.messages.save(context, message.refused(report.code or "", now))
    elif report.fate is Fate.UNKNOWN:
        measure("message_unknown_age", _age(message, now), "Seconds")
        desk.messages.save(context, message.lost_sight(now))
    elif report.code is None:
        desk.messages.save(context, message.absent(now))
    else:
        desk.messages.save(context, message.not_taken(now))


def _sent(message: Message, context: CommandContext, desk: Desk) -> None:
    template = desk.catalogue.by_name[message.template]
    also: list[Row] = []
    events: list[Event] = [
        MessageSent(**_told(message), channel=message.channel or "", sent_at=clock.now())
    ]
    if message.form_id is not None:
        form = desk.forms.get(message.form_id).sent(clock.now())
        also.append(desk.forms.row(form))
        events.append(FeedbackLinkSent.model_validate(form.model_dump()))
    if message.channel == PHONE_TASK:
        also.append(desk.items.row(_call(message, template)))
    count("message_sent")
    desk.messages.save(context, message, *also, events=events)


def _call(message: Message, template: Template) -> WorkItem:
    """The person has only a telephone: somebody of the staff reads the news to them."""
    caller = Audience.LEADER if template.audience is Audience.HOLDER else Audience.HQ
    item = work_item(message, caller.role or "", clock.now())
    return item.model_copy(update={"by_phone": True})


def _give_up(message: Message, code: str, context: CommandContext, desk: Desk) -> None:
    """No way to the person is left: a failure somebody must know of, or their own wish."""
    if code not in FAULTS and not message.refused_channels:
        count("message_withheld")
        desk.messages.save(context, message.withheld(code))
        return
    count("message_failed")
    failed = message.failed(message.reason or code)
    told = MessageFailed(**_told(failed), reason=failed.reason or code)
    desk.messages.save(context, failed, events=[told])


def _age(message: Message, now: datetime) -> float:
    """For how long nobody has known what became of a message."""
    return (now - (message.claimed_at or now)).total_seconds()


def _told(message: Message) -> dict[str, str]:
    return {
        "region": message.region,
        "message_id": message.message_id,
        "template": message.template,
        "audience": message.audience,
        "reference": message.reference,
    }


class MessageView(BaseModel):
    """What became of a message; never its words or where it went."""

    message_id: str
    template: str
    audience: str
    reference: str
    status: Status
    channel: str | None
    reason: str | None
    attempts: int
    created_at: datetime
    sent_at: datetime | None

    @classmethod
    def of(cls, message: Message) -> "MessageView":
        """The reportable part of a message."""
        return cls.model_validate(message.model_dump())


def list_messages(
    caller: Principal,
    policy: Policy,
    desk: Desk,
    *,
    region_code: str | None,
    reference: str | None,
    limit: int,
    cursor: str | None,
) -> Page[MessageView]:
    """What was sent about one thing or, without a reference, what reached nobody in the region."""
    partition = Partition.of_region(caller, region_code)
    key = policy.require_list(caller, "list_messages", "Message", partition)
    return desk.messages.page(
        "by_ref" if reference else "by_region",
        about_key(key, reference) if reference else key,
        MessageView.of,
        caller=caller,
        limit=limit,
        cursor=cursor,
        prefix="" if reference else failed_prefix(),
        newest_first=True,
    )
