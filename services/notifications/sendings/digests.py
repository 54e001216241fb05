"""Several news for one person in one message; each keeps its own row and outcome.

One of them, the digest, is claimed and handed over; the others are joined to it in the claim's own
commit, and share in one commit with it what becomes of it. When its provider does not take it, each
takes its own way again, by no channel that the digest may have gone by.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from services.notifications import settings
from services.notifications.channels.port import OutgoingMessage
from services.notifications.footer_links.ways_out import with_way_out
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import WRITTEN, Destination
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.values import MessageStatus
from services.notifications.pacing.domain import GATHERED_FOR
from services.notifications.preferences.domain import Preferences
from services.notifications.preferences.policy import page_of
from services.notifications.sendings.ledger import SendLedger
from services.notifications.sendings.outdating import corrects_open_call, find_endings
from services.notifications.templates.domain import Template
from services.notifications.templates.values import FIRST_NAME, RenderedText
from services.notifications.templates.wording import UnfitWords
from shared.messaging.recipients import Refused

# With the digest, the pace, the audit of each and the events they stay within a transaction.
MOST_JOINED = 4
# What a person reads at once: nine parts of a text message, a screen or two of any other.
LONGEST: Mapping[str, int] = {"sms": 600}
LONGEST_ELSEWHERE = 3000


@dataclass(frozen=True, slots=True)
class Digest:
    """A message as it is handed over, and the news beside its own that is in it."""

    outgoing: OutgoingMessage
    joined: tuple[Message, ...] = ()


# News beside the digest's own, and as it is said.
Part = tuple[Message, OutgoingMessage]


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a digest is put together from: a message on its way to a destination."""

    message: Message
    template: Template
    destination: Destination
    wishes: Preferences | None
    envelopes: Envelopes
    ledger: SendLedger

    def gathered(self, now: datetime) -> Digest:
        """Return the message with what waits for the same person, as much as is read at once."""
        found = sorted(self._waiting(now), key=lambda each: each.raised.place)
        return self._fitting(found[:MOST_JOINED])

    def alone(self) -> OutgoingMessage:
        """Return the message with its own news only."""
        return self.envelopes.render(self.message, self.template, self.destination)

    def again(self) -> Digest | None:
        """Return the same digest as before; None when a part of it cannot be said any more."""
        parts = self._parts(self.ledger.messages.get_many(self.message.joined))
        return None if len(parts) < len(self.message.joined) else self._composed(parts)

    def with_way_out(self, digest: Digest, *, first_of_day: bool) -> OutgoingMessage:
        """Return what is handed over, with the way to its reader's preferences if it can wait."""
        message = self.message
        if message.urgent or message.person_id is None or not settings.api_url():
            return digest.outgoing
        templates = self.envelopes.templates
        names = [each.template for each in (message, *digest.joined)]
        return with_way_out(
            digest.outgoing,
            page_of(message.person_id),
            templates.phrases,
            optional=any(templates.by_name[each].optional for each in names),
            first_of_day=first_of_day,
        )

    def _waiting(self, now: datetime) -> Iterator[Message]:
        message = self.message
        if not may_gather(message, now) or message.person_id is None:
            return
        for each in self.ledger.messages.latest_to(message.person_id):
            if each.message_id != message.message_id and self._joins(each, now):
                yield each

    def _joins(self, other: Message, now: datetime) -> bool:
        """Return whether other news of the person goes out with this one."""
        if other.status is not MessageStatus.QUEUED or other.attempts:
            return False
        if not may_gather(other, now):
            return False
        if (other.audience, other.region) != (self.message.audience, self.message.region):
            return False
        template = self.envelopes.templates.of(other.template, other.variant)
        if template is None:
            return False
        due_at = other.due_at or now
        if not other.gathers and not (template.small and due_at <= now + GATHERED_FOR):
            return False
        if self.wishes is not None and not self.wishes.wants(template.optional):
            return False
        return not find_endings(other, template, self.ledger.subjects) and not (
            template.corrects and self._corrects_open_call(other, template)
        )

    def _corrects_open_call(self, other: Message, template: Template) -> bool:
        about = self.ledger.messages.latest_about(other.region, other.reference)
        templates = self.envelopes.templates
        return corrects_open_call(other, template, templates, about, self.ledger.subjects)

    def _fitting(self, joined: Sequence[Message]) -> Digest:
        """Return the digest with as many of the news as fit, the earliest first."""
        fitting = self._parts(joined)
        longest = LONGEST.get(self.destination.channel, LONGEST_ELSEWHERE)
        while fitting:
            digest = self._composed(fitting)
            if len(digest.outgoing.text) <= longest:
                return digest
            fitting.pop()
        return self._composed(())

    def _composed(self, parts: Sequence[Part]) -> Digest:
        if not parts:
            return Digest(self.alone())
        own = self.envelopes.render(self.message, self.template, self.destination, greets=False)
        ordered = sorted(((self.message, own), *parts), key=lambda part: part[0].raised.place)
        parts_in_order = _without_repeats([said for _, said in ordered])
        phrases = self.envelopes.templates.phrases
        text = phrases.digest.render(
            parts_in_order, phrases.greet(self.destination.variables.get(FIRST_NAME))
        )
        joined = tuple(each for each, _ in parts)
        return Digest(replace(own, title=text.subject, text=text.text), joined)

    def _parts(self, others: Sequence[Message]) -> list[Part]:
        """Return other news that goes along, each as it is said: its owner is asked once."""
        parts = list[Part]()
        for other in others:
            with suppress(UnfitWords):
                parts += filter(None, [self._part(other)])
        return parts

    def _part(self, other: Message) -> Part | None:
        """Return other news as a part of this message; None when it would go elsewhere."""
        joined = other.status is MessageStatus.JOINED
        template = self.envelopes.as_claimed(other) if joined else self.envelopes.worded(other)
        prefer = (self.destination.channel,)  # where it is the person's wish, it was asked for
        found = self.envelopes.destination(other, template, prefer)
        if isinstance(found, Refused):
            return None
        if (found.channel, found.address) != (self.destination.channel, self.destination.address):
            return None
        if found.district_id is not None:
            other = other.of_district(found.district_id)
        said = self.envelopes.render(other, template, found, greets=False)
        return other.in_words(template.wording_id), said


def may_gather(message: Message, now: datetime) -> bool:
    """Return whether a message can go out together with others: it waits well and has no form."""
    own_way = message.refused_channels or message.doubts or message.by_phone
    waits = message.has_time_after(now) and not message.urgent
    return waits and not (message.form_id or own_way)


def is_written(destination: Destination) -> bool:
    """Return whether a person reads what goes there; calls tell all that is new anyway."""
    return destination.channel in WRITTEN


def _without_repeats(parts: Sequence[OutgoingMessage]) -> list[RenderedText]:
    """Return the news without the lines that a later one says, too, and without its title then."""
    seen: set[str] = set()
    shown = list[RenderedText]()
    for part in reversed(parts):
        lines = [line for line in part.text.split("\n") if line not in seen]
        seen.update(lines)
        if lines or all(part.title != each.subject for each in shown):
            shown.append(RenderedText(subject=part.title, text="\n".join(lines)))
    return shown[::-1]
