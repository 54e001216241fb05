"""Providers that refuse, rest, fall silent with a message or without it, and workers that die."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from services.notifications.channels.port import (
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    OutgoingMessage,
    Sending,
)
from services.notifications.channels.registry import OWN, Channels
from shared import clock

FAULTS = {
    "silent": DeliveryReport(DeliveryStatus.UNKNOWN),
    "down": DeliveryReport(DeliveryStatus.ABSENT, "unreachable"),
    "full": DeliveryReport(DeliveryStatus.ABSENT, "too_many"),
    "full_for_long": DeliveryReport(DeliveryStatus.ABSENT, "too_many", retry_after=3600),
    "key": DeliveryReport(DeliveryStatus.ABSENT, "not_taken"),
    "late": DeliveryReport(DeliveryStatus.ABSENT, "no_time"),
    "refused": DeliveryReport(DeliveryStatus.REFUSED, "blocked_by_user"),
}


class Killed(GeneratorExit):
    """The worker dies, as by time or memory."""


@dataclass
class Sent:
    """A message as a provider was asked to carry it."""

    provider: str
    outgoing: OutgoingMessage
    at: datetime
    row: dict[str, Any]
    unwanted: tuple[str, ...]

    @property
    def news(self) -> tuple[str, ...]:
        """The ids of all news that is in it."""
        return (self.outgoing.message_id, *self.row.get("joined", ()))


@dataclass
class Fate:
    """What becomes of messages: how often providers fail and workers die; what was carried."""

    chance: Random
    row_of: Callable[[str], dict[str, Any]]
    unwanted_of: Callable[[str | None], tuple[str, ...]]
    trouble: float = 0.0
    deaths: float = 0.0
    away: set[str] = field(default_factory=set)
    sent: list[Sent] = field(default_factory=list)
    carried: dict[tuple[str, str], list[datetime]] = field(
        default_factory=lambda: defaultdict(list)
    )
    arrivals: list[Sent] = field(default_factory=list)


class FatefulChannels(Channels):
    """The stage's providers, of which none is called."""

    fate: ClassVar[Fate]

    def choose(self, channel: str, to: str, avoid: Collection[str] = ()) -> str | None:
        """The first provider that is there."""
        gone = {*avoid, *self.fate.away}
        return next((each for each in self._able(channel, to) if each not in gone), None)

    def has_room(self, name: str, urgent: bool) -> bool:
        """Whether it takes one more now."""
        return name == OWN or self.fate.chance.random() >= self.fate.trouble / 10

    def send(self, name: str, message: OutgoingMessage) -> DeliveryReport:
        """Carry a message, or not, and say so, or not."""
        fate, chance = self.fate, self.fate.chance
        row = fate.row_of(message.message_id)
        unwanted = fate.unwanted_of(row.get("person_id"))
        sent = Sent(name, message, clock.now(), row, unwanted)
        fate.sent.append(sent)
        dies, fails = chance.random() < fate.deaths, chance.random() < fate.trouble
        fault = chance.choice((*FAULTS, "half an answer")) if fails and name != OWN else ""
        if fault == "refused" and fate.carried.get((name, message.message_id)):
            fault = "silent"  # who has got it has not refused it
        if chance.random() < 0.5 if dies else fault not in FAULTS:
            self._carry(sent)
        if dies:
            raise Killed
        taken = DeliveryReport(DeliveryStatus.UNKNOWN if fault else DeliveryStatus.TAKEN)
        return FAULTS.get(fault, taken)

    def status(self, name: str, sending: Sending) -> DeliveryReport:
        """Say what became of a message, where the provider can be asked."""
        asked = self.on_doubt(name) in (OnDoubt.ASK, OnDoubt.ASK_AT_ADDRESS)
        if not asked or self.fate.chance.random() < self.fate.trouble:
            return FAULTS["silent"]
        has = self.fate.carried.get((name, sending.message_id))
        return DeliveryReport(DeliveryStatus.DELIVERED if has else DeliveryStatus.ABSENT)

    def _carry(self, sent: Sent) -> None:
        fate, known = self.fate, self.fate.carried[sent.provider, sent.outgoing.message_id]
        if known and sent.provider == "vk" and sent.at < known[0] + timedelta(hours=1):
            return  # it drops a second copy
        known.append(sent.at)
        fate.arrivals.append(sent)
