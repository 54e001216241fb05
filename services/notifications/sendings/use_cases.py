"""Sending each message once.

Sending is two commits around one call: the claim is stored before the provider is called and
settled after it. A worker that dies in between leaves a claim; when its lease is over its provider
is asked where that is possible, and only its "absent" makes a message be sent again.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.notifications.channels.registry import Channels
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import Destination
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.values import FIRST_WAIT, MessageStatus, NextAction
from services.notifications.pacing.daytime import daytime_of
from services.notifications.pacing.domain import Pace
from services.notifications.pacing.repository import Paces
from services.notifications.pacing.values import Daytime
from services.notifications.preferences.domain import UNWANTED, Preferences
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.sendings.digests import Assembly, Digest, is_written, may_gather
from services.notifications.sendings.fallback import (
    awaits_arrival,
    fall_back,
    mark_at,
    settle_doubt,
)
from services.notifications.sendings.ledger import UNFIT, SendLedger
from services.notifications.sendings.order import is_said_later, is_said_today, waits_for_earlier
from services.notifications.sendings.outdating import (
    OUTDATED,
    corrects_open_call,
    find_endings,
    untold_rows,
)
from services.notifications.sendings.phone_tasks import CALL_TAKES, NOT_NEEDED, is_known_anyway
from services.notifications.templates.domain import Template
from services.notifications.templates.values import Audience
from services.notifications.templates.wording import UnfitWords
from shared import clock
from shared.messaging.recipients import Refused
from shared.observability import count
from shared.reference import calendar
from shared.storage.command_context import CommandContext

# Why a message is withheld that later news tells as well.
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
        try:
            _send(message, daytime, context, ledger, envelopes, channels, preferences, paces)
        except UnfitWords:
            if message.may_get_words(now):
                raise
            ledger.give_up(message, UNFIT, context)
    elif action is NextAction.DROP:
        ledger.withhold(message, "expired", context)
    elif action is NextAction.ASK:
        settle_doubt(message, daytime, context, ledger, envelopes, channels)
    elif action is NextAction.FALL_BACK:
        fall_back(message, daytime, context, ledger, envelopes, channels)
    elif message.status is MessageStatus.QUEUED and message.in_quiet_hours(now, daytime):
        ledger.messages.save(context, message.until_morning(now, daytime))


def _send(
    message: Message,
    daytime: Daytime,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    channels: Channels,
    preferences: PreferencesRepository,
    paces: Paces,
) -> None:
    """Send a message that is due; raises UnfitWords."""
    template = envelopes.worded(message)
    wishes = preferences.of(message.person_id) if message.person_id else None
    Attempt(message, template, wishes, daytime, context, ledger, envelopes, channels, paces).send()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message that is due, and all that decides whether and how it goes out now."""

    message: Message
    template: Template
    wishes: Preferences | None
    daytime: Daytime
    context: CommandContext
    ledger: SendLedger
    envelopes: Envelopes
    channels: Channels
    paces: Paces

    def send(self) -> None:
        """Hand the message over to the first provider that can carry it, unless it has to wait."""
        if not self._has_its_turn() or self._is_needless():
            return
        destination = self._destination(self.message)
        if isinstance(destination, Refused):
            self.ledger.give_up(self.message, destination.refused, self.context)
        elif is_known_anyway(self.message, destination):
            self.ledger.withhold(self.message, NOT_NEEDED, self.context)
        elif destination.district_id is None:
            self._send_to(destination)
        else:
            # The event named the region; where the person lives, by which clocks, the owner knows.
            district = destination.district_id
            message = self.message.of_district(district)
            daytime = daytime_of(message.audience, message.region, district)
            there = replace(self, message=message, daytime=daytime)
            if message.in_quiet_hours(clock.now(), daytime):
                there._save(message.until_morning(clock.now(), daytime))
            else:
                there._send_to(destination)

    def _has_its_turn(self) -> bool:
        """Return whether it may go out beside others about the same; else it is put off."""
        message, template, daytime, ledger = self.message, self.template, self.daytime, self.ledger
        if not message.is_to_person:
            return True
        now, about = clock.now(), ledger.messages.latest_about(message.region, message.reference)
        templates = self.envelopes.templates
        if is_said_later(message, template, about):
            ledger.withhold(message, REPEATED, self.context)
        elif waits_for_earlier(message, now, daytime, about):
            self._save(message.put_off(now + FIRST_WAIT))
        elif is_said_today(message, template, now, daytime, about):
            self._save(message.put_off(daytime.next_day(now)))
        elif corrects_open_call(message, template, templates, about, ledger.subjects):
            self._save(message.put_off(now + CALL_TAKES))
        else:
            return True
        return False

    def _is_needless(self) -> bool:
        """Withhold a message that is untrue by now, or that its person can do without."""
        message, template, ledger = self.message, self.template, self.ledger
        if endings := find_endings(message, template, ledger.subjects):
            count("message_outdated")
            untold = untold_rows(message, endings, self.envelopes.templates, ledger.subjects)
            ledger.withhold(message, OUTDATED, self.context, untold)
            return True
        wanted = self.wishes is None or self.wishes.wants(template.optional)
        if not wanted or (template.only_there and message.refused_channels):
            ledger.give_up(message, UNWANTED, self.context)
            return True
        return False

    def _destination(self, message: Message) -> Destination | Refused:
        prefer = self.wishes.channels if self.wishes else ()
        return self.envelopes.destination(message, self.template, prefer)

    def _send_to(self, destination: Destination) -> None:
        """Hand the message over, or put it off: for another channel, its pace, or a provider."""
        message, now = self.message, clock.now()
        if message.is_unserved(now):
            left = message.leave_channel(destination.channel, now)
            if not isinstance(self._destination(left), Refused):
                count("channel_unserved")
                self._save(left)
                return
        pace, waits_until = self._paced(destination)
        if waits_until is not None:
            self._save(message.gather(waits_until))
            return
        provider = self._next_provider(destination, message.skipped_providers)
        if provider is None or not self.channels.has_room(provider, message.urgent):
            count("provider_missing" if provider is None else "provider_full")
            self._save(message.wait_for_provider(now, is_there=provider is not None))
        else:
            self._send_by(destination, provider, pace)

    def _paced(self, destination: Destination) -> tuple[Pace | None, datetime | None]:
        """Return the pace of a person with this message, or the moment that the message waits for.

        Neither for what is urgent, was tried or expires too soon, for calls, and for who is not
        known.
        """
        message, wishes, now = self.message, self.wishes, clock.now()
        cannot_wait = message.urgent or message.attempts or not message.has_time_after(now)
        if cannot_wait or message.person_id is None or not is_written(destination):
            return None, None
        # Records of one family are one person.
        known_as = wishes.person_id if wishes else message.person_id
        pace = self.paces.of(known_as, calendar.local_date(self.daytime.zone, now))
        small = self.template.small and may_gather(message, now)
        may_go = pace.next_moment(
            Audience(message.audience),
            message.created_at,
            now,
            self.daytime,
            small=small,
            together=wishes is not None and wishes.together and not message.form_id,
        )
        if may_go > now and message.has_time_after(may_go):
            return None, may_go
        return pace.count(now, small=small), None

    def _send_by(self, destination: Destination, provider: str, pace: Pace | None) -> None:
        """Claim the message, with what goes out with it, and settle what its provider says."""
        message, ledger, channels = self.message, self.ledger, self.channels
        assembly = Assembly(
            message, self.template, destination, self.wishes, self.envelopes, ledger
        )
        digest = assembly.gathered(clock.now()) if pace else Digest(assembly.alone())
        outgoing = assembly.with_way_out(digest, first_of_day=pace is not None and pace.sent == 1)
        mark = mark_at(provider, destination, channels)
        row = self.paces.row(pace) if pace else None
        wording = self.template.wording_id
        claimed = ledger.claim(
            message, destination.channel, provider, mark, wording, digest.joined, row
        )
        report = channels.send(provider, outgoing)
        skipped = (*message.skipped_providers, provider)
        others = self._next_provider(destination, skipped) is not None
        awaits = awaits_arrival(message, channels.arrival(provider))
        ledger.settle(
            claimed, report, channels.on_doubt(provider), self.context, others=others, awaits=awaits
        )

    def _next_provider(self, destination: Destination, skipped: tuple[str, ...]) -> str | None:
        return self.channels.choose(destination.channel, destination.address, skipped)

    def _save(self, message: Message) -> None:
        self.ledger.messages.save(self.context, message)
