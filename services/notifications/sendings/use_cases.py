"""Sending each message once.

Sending is two commits around one call: the claim is stored before the provider is called and
settled after it. A worker that dies in between leaves a claim; when its lease is over its provider
is asked where that is possible, and only its "absent" makes a message be sent again.
"""

from datetime import datetime

from services.notifications.channels.port import (
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    Sending,
)
from services.notifications.channels.registry import Channels
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import Destination, mark_of
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.values import FIRST_WAIT, MessageStatus, NextAction
from services.notifications.pacing.daytime import daytime_of
from services.notifications.pacing.domain import Pace
from services.notifications.pacing.repository import Paces
from services.notifications.pacing.values import Daytime
from services.notifications.preferences.domain import Preferences
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.sendings.digests import Assembly, Digest, is_written, may_gather
from services.notifications.sendings.fallback import awaits_arrival, fall_back
from services.notifications.sendings.ledger import SendLedger
from services.notifications.sendings.order import is_said_later, is_said_today, waits_for_earlier
from services.notifications.sendings.outdating import (
    CALL_TAKES,
    OUTDATED,
    corrects_open_call,
    find_endings,
    untold_rows,
)
from services.notifications.templates.domain import Template
from services.notifications.templates.values import Audience
from shared import clock
from shared.messaging.recipients import Refused
from shared.observability import count
from shared.reference import calendar
from shared.storage.command_context import CommandContext

# Why a message is withheld that its person can do without, and has said so.
UNWANTED = "unwanted"
# … that later news tells as well.
REPEATED = "repeated"


def deliver(
    message_id: str,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
    preferences: PreferencesRepository,
    paces: Paces,
) -> None:
    """Send a due message, put it off until the morning, or settle the outcome of a try."""
    message = ledger.messages.get(message_id)
    now, daytime = clock.now(), daytime_of(message.audience, message.region, message.district_id)
    action = message.next_action(now, daytime)
    if action is NextAction.SEND:
        to_person, reference = message.is_to_person, message.reference
        about = ledger.messages.latest_about(message.region, reference) if to_person else []
        template = envelopes.worded(message)
        if is_said_later(message, template, about):
            count("message_repeated")
            ledger.withhold(message, REPEATED, context)
        elif waits_for_earlier(message, now, daytime, about):
            count("message_waits_its_turn")
            ledger.messages.save(context, message.put_off(now + FIRST_WAIT))
        elif is_said_today(message, template, now, daytime, about):
            ledger.messages.save(context, message.put_off(daytime.next_day(now)))
        elif corrects_open_call(message, template, envelopes.templates, about, ledger.subjects):
            ledger.messages.save(context, message.put_off(now + CALL_TAKES))
        else:
            wishes = preferences.of(message.person_id) if message.person_id else None
            _send(message, template, wishes, paces, daytime, context, ledger, envelopes, channels)
    elif action is NextAction.DROP:
        count("message_expired")
        ledger.withhold(message, "expired", context)
    elif action is NextAction.ASK:
        _settle_doubt(message, context, ledger, envelopes, channels)
    elif action is NextAction.FALL_BACK:
        fall_back(message, daytime, context, ledger, envelopes, channels)
    elif message.status is MessageStatus.QUEUED and message.in_quiet_hours(now, daytime):
        ledger.messages.save(context, message.until_morning(now, daytime))


def _send(
    message: Message,
    template: Template,
    wishes: Preferences | None,
    paces: Paces,
    daytime: Daytime,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
) -> None:
    """Claim a message for the first provider that can carry it, and hand it over."""
    if _is_needless(message, template, wishes, context, ledger, envelopes):
        return
    prefer = wishes.channels if wishes else ()
    destination = envelopes.destination(message, template, prefer)
    if isinstance(destination, Refused):
        ledger.give_up(message, destination.refused, context)
        return
    if destination.district_id is not None:
        # The event named the region; where the person lives, by which clocks, the owner knows.
        message = message.of_district(destination.district_id)
        daytime = daytime_of(message.audience, message.region, destination.district_id)
        if message.in_quiet_hours(clock.now(), daytime):
            ledger.messages.save(context, message.until_morning(clock.now(), daytime))
            return
    if message.is_unserved(clock.now()):
        left = message.leave_channel(destination.channel, clock.now())
        if not isinstance(envelopes.destination(left, template, prefer), Refused):
            count("channel_unserved")
            ledger.messages.save(context, left)
            return
    pace, waits_until = _paced(message, template, destination, wishes, paces, daytime)
    if waits_until is not None:
        count("message_paced")
        ledger.messages.save(context, message.gather(waits_until))
        return
    channel, to, skipped = destination.channel, destination.address, message.skipped_providers
    provider = channels.choose(channel, to, skipped)
    if provider is None or not channels.has_room(provider, message.urgent):
        count("provider_missing" if provider is None else "provider_full")
        ledger.messages.save(context, message.wait_for_provider(clock.now()))
        return
    assembly = Assembly(message, template, destination, wishes, envelopes, ledger)
    digest = assembly.gathered(clock.now()) if pace else Digest(assembly.alone())
    outgoing = assembly.with_way_out(digest, first_of_day=pace is not None and pace.sent == 1)
    mark, row = mark_of(destination), paces.row(pace) if pace else None
    claimed = ledger.claim(
        message, channel, provider, mark, template.wording_id, digest.joined, row
    )
    report = channels.send(provider, outgoing)
    others = channels.choose(channel, to, (*skipped, provider)) is not None
    awaits = awaits_arrival(message, channels.arrival(provider))
    ledger.settle(claimed, report, channels.on_doubt(provider), context, others, awaits)


def _is_needless(
    message: Message,
    template: Template,
    wishes: Preferences | None,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
) -> bool:
    """Withhold a message that is untrue by now, or that its person can do without."""
    if endings := find_endings(message, template, ledger.subjects):
        count("message_outdated")
        untold = untold_rows(message, endings, envelopes.templates, ledger.subjects)
        ledger.withhold(message, OUTDATED, context, untold)
        return True
    if wishes is not None and not wishes.wants(template.optional):
        ledger.give_up(message, UNWANTED, context)
        return True
    return False


def _paced(
    message: Message,
    template: Template,
    destination: Destination,
    wishes: Preferences | None,
    paces: Paces,
    daytime: Daytime,
) -> tuple[Pace | None, datetime | None]:
    """Return the pace of a person with this message, or the moment that the message waits for.

    Neither for what is urgent, was tried or expires too soon, for calls, and for who is not known.
    """
    now, person_id, written = clock.now(), message.person_id, is_written(destination)
    cannot_wait = message.urgent or message.attempts or not message.has_time_after(now)
    if cannot_wait or person_id is None or not written:
        return None, None
    known_as = wishes.person_id if wishes else person_id  # records of one family are one person
    pace = paces.of(known_as, calendar.local_date(daytime.zone, now))
    small = template.small and may_gather(message, now)
    may_go = pace.next_moment(
        Audience(message.audience),
        message.created_at,
        now,
        daytime,
        small=small,
        together=wishes is not None and wishes.together and not message.form_id,
    )
    if may_go > now and message.has_time_after(may_go):
        return None, may_go
    return pace.count(now, small=small), None


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
        asked = Sending(message.message_id, provider_id=message.provider_id)
        return channels.status(provider, asked)
    template = envelopes.as_claimed(message)
    claimed_for = (message.channel,) if message.channel else ()
    destination = envelopes.destination(message, template, claimed_for)
    if isinstance(destination, Refused) or mark_of(destination) != message.address_mark:
        return None
    if on_doubt is OnDoubt.ASK_AT_ADDRESS:
        asked = Sending(message.message_id, destination.address, message.provider_id)
        return channels.status(provider, asked)
    if clock.now() >= (message.claimed_at or clock.now()) + channels.drops_copies_for(provider):
        return None
    digest = Assembly(message, template, destination, None, envelopes, ledger).again()
    if digest is None:
        return None
    report = channels.send(provider, digest.outgoing)
    # That a copy was not taken says nothing about the first.
    absent = report.status is DeliveryStatus.ABSENT
    return DeliveryReport(DeliveryStatus.UNKNOWN) if absent else report
