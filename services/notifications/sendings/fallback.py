"""The next channel for what was sent and of whose arrival nothing was heard.

A provider that reports arrivals and is silent for 15 minutes (urgent) or 6 hours has probably not
reached the person: the next channel is taken, in the end a call. One that reports none has: there
only an urgent message is written once more, where the person has another channel to be written to
and did not itself do what the message is about. No provider gets a message twice.
"""

from services.notifications.channels.port import Arrival
from services.notifications.channels.registry import Channels
from services.notifications.messages.domain import Message
from services.notifications.messages.rendering import Envelopes
from services.notifications.pacing.values import Daytime
from services.notifications.sendings.digests import is_written
from services.notifications.sendings.ledger import SendLedger
from services.notifications.sendings.outdating import find_endings
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
    now, template = clock.now(), envelopes.worded(message)
    if message.is_expired(now) or find_endings(message, template, ledger.subjects):
        return False
    if channels.arrival(message.provider or "") is Arrival.REPORTED:
        return True
    if template.acknowledges:
        return False
    next_way = envelopes.destination(message.fall_back(now), template)
    return not isinstance(next_way, Refused) and is_written(next_way)
