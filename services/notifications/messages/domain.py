"""A message and its ledger: claimed, then sent or unknown; never sent twice on a guess."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from shared.domain import CodeEnum
from shared.errors import IllegalStep

NIGHT_STARTS = time(22)
NIGHT_ENDS = time(9)
LEASE = timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Status(CodeEnum, of="message_status"):
    """What is known about the sending."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class Step(StrEnum):
    """What a due message needs next."""

    WAIT = "wait"
    SEND = "send"
    ASK = "ask"


class Message(BaseModel, frozen=True):
    """What one person is told about one event; neither the words nor the contact are kept.

    `facts` are the event's own values; `due_at` is when the ledger must move next.
    """

    message_id: str
    event_id: str
    correlation_id: str
    template: str
    variant: str
    audience: str
    reference: str
    region: str
    urgent: bool
    facts: Mapping[str, str] = {}
    form_id: str | None = None
    status: Status = Status.QUEUED
    created_at: datetime
    due_at: datetime | None = None
    attempts: int = 0
    claimed_at: datetime | None = None
    channel: str | None = None
    refused_channels: tuple[str, ...] = ()
    reason: str | None = None
    sent_at: datetime | None = None
    version: int = 0

    def next_step(self, now: datetime, zone: ZoneInfo) -> Step:
        """Whether to send, to ask the gateway what became of it, or to wait."""
        if self.due_at is None or now < self.due_at:
            return Step.WAIT
        if self.status is Status.QUEUED:
            return Step.WAIT if self.must_sleep(now, zone) else Step.SEND
        return Step.ASK

    def must_sleep(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether it is night where the person lives and the news can wait."""
        return not self.urgent and end_of_night(now, zone) > now

    def after_night(self, now: datetime, zone: ZoneInfo) -> Self:
        """The same message, due in the morning."""
        return self.model_copy(update={"due_at": end_of_night(now, zone)})

    def claimed(self, channel: str, now: datetime) -> Self:
        """This worker is about to send; if it dies, the gateway is asked after the lease."""
        self._expect(Status.QUEUED)
        return self.model_copy(
            update={
                "status": Status.CLAIMED,
                "channel": channel,
                "attempts": self.attempts + 1,
                "claimed_at": now,
                "due_at": now + LEASE,
            }
        )

    def sent(self, now: datetime) -> Self:
        """The gateway has it."""
        self._expect(Status.CLAIMED, Status.UNKNOWN)
        return self.model_copy(
            update={"status": Status.SENT, "sent_at": now, "due_at": None, "reason": None}
        )

    def lost_sight(self, now: datetime) -> Self:
        """Nobody knows whether the gateway has it: it will be asked before anything is resent."""
        self._expect(Status.CLAIMED, Status.UNKNOWN)
        asked = self.attempts + (self.status is Status.UNKNOWN)
        return self.model_copy(
            update={"status": Status.UNKNOWN, "attempts": asked, "due_at": now + wait(asked)}
        )

    def absent(self, now: datetime) -> Self:
        """The gateway never got it: it may be sent now."""
        self._expect(Status.CLAIMED, Status.UNKNOWN)
        return self.model_copy(update={"status": Status.QUEUED, "due_at": now})

    def not_taken(self, now: datetime) -> Self:
        """The gateway was not there, or has no room: the message waits its turn."""
        self._expect(Status.CLAIMED)
        return self.model_copy(
            update={"status": Status.QUEUED, "due_at": now + wait(self.attempts)}
        )

    def refused(self, code: str, now: datetime) -> Self:
        """This channel will never carry it: the next one is tried at once."""
        self._expect(Status.CLAIMED, Status.UNKNOWN)
        return self.model_copy(
            update={
                "status": Status.QUEUED,
                "refused_channels": (*self.refused_channels, self.channel or ""),
                "channel": None,
                "reason": code,
                "due_at": now,
            }
        )

    def failed(self, code: str) -> Self:
        """No channel is left."""
        return self.model_copy(update={"status": Status.FAILED, "reason": code, "due_at": None})

    def withheld(self, code: str) -> Self:
        """The person does not want it or must not get it: that is no failure."""
        self._expect(Status.QUEUED)
        return self.model_copy(update={"status": Status.WITHHELD, "reason": code, "due_at": None})

    def _expect(self, *legal: Status) -> None:
        if self.status not in legal:
            raise IllegalStep("message_moved_on")


def wait(attempts: int) -> timedelta:
    """How long to leave a gateway alone: half a minute, doubling, at most ten."""
    doubled = FIRST_WAIT * (1 << min(max(attempts - 1, 0), 10))
    return min(doubled, LONGEST_WAIT)


def end_of_night(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself by day; by night (22 to 9 local) the next nine o'clock."""
    local = moment.astimezone(zone)
    if NIGHT_ENDS <= local.time() < NIGHT_STARTS:
        return moment
    day = local.date() + timedelta(days=local.time() >= NIGHT_STARTS)
    return datetime.combine(day, NIGHT_ENDS, zone).astimezone(moment.tzinfo)


def derived_id(prefix: str, moment: datetime, *parts: str) -> str:
    """The id that the same parts always give, shaped and sorted like any other id."""
    tail = hashlib.sha256("\x1f".join(parts).encode()).digest()[:10]
    number = int.from_bytes(int(moment.timestamp() * 1000).to_bytes(6, "big") + tail, "big")
    return f"{prefix}_" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
