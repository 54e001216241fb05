"""Sending each message once.

Sending is two commits around one call: the claim is stored before the provider is called and
settled after it. A worker that dies in between leaves a claim; when its lease is over its provider
is asked where that is possible, and only its "absent" makes a message be sent again.
"""

from services.notifications.channels.port import (
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    Sending,
)
from services.notifications.channels.registry import Channels
from services.notifications.messages.daytime import daytime_of
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import mark_of
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.values import FIRST_WAIT, MessageStatus, NextAction
from services.notifications.preferences.domain import Preferences
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.sendings.ledger import SendLedger
from services.notifications.sendings.order import waits_for_earlier
from services.notifications.sendings.outdating import OUTDATED, find_endings, untold_rows
from shared import clock
from shared.messaging.recipients import Refused
from shared.observability import count
from shared.storage.command_context import CommandContext

# Why a message is withheld that its person can do without, and has said so.
UNWANTED = "unwanted"


def deliver(
    message_id: str,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
    preferences: PreferencesRepository,
) -> None:
    """Send a due message, put it off until the morning, or settle the outcome of a try."""
    message = ledger.messages.get(message_id)
    now, daytime = clock.now(), daytime_of(message)
    action = message.next_action(now, daytime)
    if action is NextAction.SEND and waits_for_earlier(message, now, daytime, ledger.messages):
        count("message_waits_its_turn")
        ledger.messages.save(context, message.put_off(now + FIRST_WAIT))
    elif action is NextAction.SEND:
        wishes = preferences.find(message.person_id) if message.person_id else None
        _send(message, wishes, context, ledger, envelopes, channels)
    elif action is NextAction.DROP:
        count("message_expired")
        ledger.withhold(message, "expired", context)
    elif action is NextAction.ASK:
        _settle_doubt(message, context, ledger, envelopes, channels)
    elif message.status is MessageStatus.QUEUED and message.in_quiet_hours(now, daytime):
        ledger.messages.save(context, message.until_morning(now, daytime))


def _send(
    message: Message,
    wishes: Preferences | None,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
) -> None:
    """Claim a message for the first provider that can carry it, and hand it over."""
    template = envelopes.worded(message)
    endings = find_endings(message, template, ledger.subjects)
    if endings:
        count("message_outdated")
        untold = untold_rows(message, endings, envelopes.templates, ledger.subjects)
        ledger.withhold(message, OUTDATED, context, untold)
        return
    if wishes is not None and not wishes.wants(template.optional):
        ledger.give_up(message, UNWANTED, context)
        return
    destination = envelopes.destination(message, template, wishes.channels if wishes else ())
    if isinstance(destination, Refused):
        ledger.give_up(message, destination.refused, context)
        return
    channel, to, skipped = destination.channel, destination.address, message.skipped_providers
    provider = channels.choose(channel, to, skipped)
    if provider is None or not channels.has_room(provider):
        count("provider_missing" if provider is None else "provider_full")
        ledger.messages.save(context, message.put_off(clock.now() + FIRST_WAIT))
        return
    outgoing = envelopes.render(message, template, destination)
    mark = mark_of(destination)
    claimed = ledger.claim(message, channel, provider, mark, template.wording_id)
    report = channels.send(provider, outgoing)
    others = channels.choose(channel, to, (*skipped, provider)) is not None
    ledger.settle(claimed, report, channels.on_doubt(provider), context, others)


def _settle_doubt(
    message: Message,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
) -> None:
    """Learn the outcome of a try in the way that makes no second copy, or take another way."""
    on_doubt = channels.on_doubt(message.provider or "")
    report = None
    if not message.is_left_unknown(clock.now()):
        report = _ask(message, on_doubt, envelopes, channels)
    if report is None:
        ledger.leave_unknown(message, context)
    else:
        ledger.settle(message, report, on_doubt, context)


def _ask(
    message: Message, on_doubt: OnDoubt, envelopes: Envelopes, channels: Channels
) -> DeliveryReport | None:
    """Return what the provider says about a try; None when it cannot be asked any more."""
    provider = message.provider or ""
    if on_doubt is OnDoubt.LEAVE:
        return None
    if on_doubt is OnDoubt.ASK:
        asked = Sending(message.message_id, provider_id=message.provider_id)
        return channels.status(provider, asked)
    template = envelopes.as_claimed(message)
    destination = envelopes.destination(message, template)
    if isinstance(destination, Refused) or mark_of(destination) != message.address_mark:
        return None
    if on_doubt is OnDoubt.ASK_AT_ADDRESS:
        asked = Sending(message.message_id, destination.address, message.provider_id)
        return channels.status(provider, asked)
    if clock.now() >= (message.claimed_at or clock.now()) + channels.drops_copies_for(provider):
        return None
    report = channels.send(provider, envelopes.render(message, template, destination))
    # That a copy was not taken says nothing about the first.
    absent = report.status is DeliveryStatus.ABSENT
    return DeliveryReport(DeliveryStatus.UNKNOWN) if absent else report
