"""What was handed over and is not known to have arrived: it is asked for, or goes another way.

A provider that reports arrivals and is silent for 15 minutes (urgent) or 6 hours has probably not
reached the person: the next channel is taken, in the end a call. One that reports none has: there
only an urgent message is written once more, where the person has another channel to be written to
and did not itself do what the message is about. No provider gets a message twice.
"""

from contextlib import suppress
from dataclasses import replace

from services.notifications.channels.bot.chats import address_of, chat_of
from services.notifications.channels.port import (
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    Sending,
)
from services.notifications.channels.registry import Channels
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import Destination, mark_of
from services.notifications.messages.rendering import Envelopes
from services.notifications.pacing.values import Daytime
from services.notifications.sendings.digests import Assembly, is_written
from services.notifications.sendings.ledger import SendLedger
from services.notifications.sendings.outdating import find_endings
from services.notifications.templates.domain import Template
from services.notifications.templates.wording import UnfitWords
from shared import clock
from shared.messaging.recipients import Refused
from shared.storage.command_context import CommandContext


def awaits_arrival(message: Message, arrival: Arrival) -> bool:
    """Return whether a message to a person is looked at again after it was sent."""
    if not message.is_to_person or arrival is Arrival.ASSURED:
        return False
    return message.urgent or arrival is Arrival.REPORTED


def fall_back(
    message: Message,
    daytime: Daytime,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
) -> None:
    """Send a message by the next channel, or leave it as it was sent."""
    now = clock.now()
    if message.in_quiet_hours(now, daytime):
        ledger.messages.save(context, message.until_morning(now, daytime))
    elif _is_worth_it(message, ledger, envelopes, channels):
        ledger.fall_back(message, context)
    else:
        ledger.messages.save(context, message.rest())


def _is_worth_it(
    message: Message, ledger: SendLedger, envelopes: Envelopes, channels: Channels
) -> bool:
    now, reported = clock.now(), channels.arrival(message.provider or "") is Arrival.REPORTED
    try:
        template = envelopes.worded(message)
    except UnfitWords:
        return reported
    if message.is_expired(now) or find_endings(message, template, ledger.subjects):
        return False
    if reported:
        return True
    if message.acknowledges:
        return False
    next_way = envelopes.destination(message.fall_back(now), template)
    return not isinstance(next_way, Refused) and is_written(next_way)


def settle_doubt(
    message: Message,
    daytime: Daytime,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
) -> None:
    """Learn the outcome of a try in the way that makes no second copy, or take another way.

    A copy may be all that the person gets, so it comes neither at night nor too late.
    """
    now, on_doubt = clock.now(), channels.on_doubt(message.provider or "")
    ill_timed = message.is_expired(now) or message.in_quiet_hours(now, daytime)
    report = None
    if not (message.is_left_unknown(now) or (on_doubt is OnDoubt.REPEAT and ill_timed)):
        with suppress(UnfitWords):
            report = _ask(message, on_doubt, ledger, envelopes, channels)
    if report is None:
        ledger.leave_unknown(message, context)
    else:
        awaits = awaits_arrival(message, channels.arrival(message.provider or ""))
        ledger.settle(message, report, on_doubt, context, awaits=awaits)


def _ask(
    message: Message,
    on_doubt: OnDoubt,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
) -> DeliveryReport | None:
    """Return what the provider says about a try; None when it cannot be asked any more."""
    provider = message.provider or ""
    if on_doubt is OnDoubt.LEAVE:
        return None
    if on_doubt is OnDoubt.ASK:
        return channels.status(provider, Sending(message.message_id))
    template = envelopes.as_claimed(message)
    claimed_for = (message.channel,) if message.channel else ()
    destination = envelopes.destination(message, template, claimed_for)
    if isinstance(destination, Refused):
        return None
    if mark_at(provider, destination, channels) != message.address_mark:
        return None
    if on_doubt is OnDoubt.ASK_AT_ADDRESS:
        return channels.status(provider, Sending(message.message_id, destination.address))
    return _repeat(message, template, destination, ledger, envelopes, channels)


def _repeat(
    message: Message,
    template: Template,
    destination: Destination,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
) -> DeliveryReport | None:
    """Send a message again to a provider that drops a second copy, while it knows the first."""
    provider = message.provider or ""
    if clock.now() >= (message.claimed_at or clock.now()) + channels.drops_copies_for(provider):
        return None
    digest = Assembly(message, template, destination, None, envelopes, ledger).again()
    if digest is None:
        return None
    report = channels.send(provider, digest.outgoing)
    # That a copy was not taken says nothing about the first.
    absent = report.status is DeliveryStatus.ABSENT
    return DeliveryReport(DeliveryStatus.UNKNOWN) if absent else report


def mark_at(provider: str, destination: Destination, channels: Channels) -> str:
    """Return the mark of an address; a chat's is by the name that its updates come under.

    Its contact may name the messenger's kind, or none.
    """
    if channels.find_bot(provider) is None:
        return mark_of(destination)
    return mark_of(replace(destination, address=address_of(provider, chat_of(destination.address))))
