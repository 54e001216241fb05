"""A message and its ledger: claimed, then sent or unknown; never sent twice on a guess."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from services.notifications.messages.values import MessageStatus, NextAction
from services.notifications.templates.values import Audience
from shared.domain import StatefulAggregate

NIGHT_STARTS = time(22)
NIGHT_ENDS = time(9)
LEASE = timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Message(StatefulAggregate):
    """What one person is sent about one event; neither the text nor the contact is kept.

    `facts` are the event's own values; `due_at` is when the ledger must move next; from
    `expires_at` on the message is worth nothing to its reader. `district_id` is that of its
    subject; `office_id` is the district whose office mends what makes it undeliverable.
    """

    STEPS: ClassVar = {
        MessageStatus.QUEUED: {
            "claim": MessageStatus.CLAIMED,
            "withhold": MessageStatus.WITHHELD,
            "fail": MessageStatus.FAILED,
        },
        MessageStatus.CLAIMED: {
            "mark_sent": MessageStatus.SENT,
            "mark_unknown": MessageStatus.UNKNOWN,
            "mark_absent": MessageStatus.QUEUED,
            "requeue": MessageStatus.QUEUED,
            "refuse_channel": MessageStatus.QUEUED,
        },
        MessageStatus.UNKNOWN: {
            "mark_sent": MessageStatus.SENT,
            "mark_unknown": None,
            "mark_absent": MessageStatus.QUEUED,
            "refuse_channel": MessageStatus.QUEUED,
        },
        MessageStatus.SENT: {},
        MessageStatus.FAILED: {},
        MessageStatus.WITHHELD: {},
    }
    REFUSAL: ClassVar = "message_moved_on"

    message_id: str
    event_id: str
    correlation_id: str
    template: str
    variant: str
    audience: str
    reference: str
    region: str
    district_id: str | None = None
    office_id: str | None = None
    family_id: str | None = None
    urgent: bool
    facts: Mapping[str, str] = {}
    form_id: str | None = None
    status: MessageStatus = MessageStatus.QUEUED
    created_at: datetime
    due_at: datetime | None = None
    expires_at: datetime | None = None
    attempts: int = 0
    claimed_at: datetime | None = None
    channel: str | None = None
    wording_id: str | None = None
    refused_channels: tuple[str, ...] = ()
    reason: str | None = None
    sent_at: datetime | None = None

    @property
    def for_family(self) -> str | None:
        """The family that the message is for; None when it is about one, to others."""
        return self.family_id if self.audience == Audience.FAMILY else None

    @property
    def about(self) -> str:
        """The id that work about its person is filed under; news names its own id before that."""
        return self.reference.rpartition(".")[2]

    def next_action(self, now: datetime, zone: ZoneInfo) -> NextAction:
        """Return whether to send, to ask the channel for the outcome, to drop, or to wait."""
        if self.due_at is None or now < self.due_at:
            return NextAction.WAIT
        if self.status is MessageStatus.QUEUED:
            if self.expires_at is not None and now >= self.expires_at:
                return NextAction.DROP
            return NextAction.WAIT if self.in_quiet_hours(now, zone) else NextAction.SEND
        return NextAction.ASK

    def in_quiet_hours(self, now: datetime, zone: ZoneInfo) -> bool:
        """Return whether it is night in the person's region and the message can wait."""
        return not self.urgent and end_of_night(now, zone) > now

    def until_morning(self, now: datetime, zone: ZoneInfo) -> Self:
        """Put the message off until the morning."""
        return self._with(due_at=end_of_night(now, zone))

    def claim(self, channel: str, now: datetime, wording_id: str | None = None) -> Self:
        """Claim the message for one worker; if it dies, the channel is asked after the lease."""
        self._require("claim")
        return self._with(
            status=MessageStatus.CLAIMED,
            channel=channel,
            wording_id=wording_id,
            attempts=self.attempts + 1,
            claimed_at=now,
            due_at=now + LEASE,
        )

    def mark_sent(self, now: datetime) -> Self:
        """Record that the channel has taken the message."""
        self._require("mark_sent")
        return self._with(status=MessageStatus.SENT, sent_at=now, due_at=None, reason=None)

    def mark_unknown(self, now: datetime) -> Self:
        """Record that the outcome is unknown: the channel is asked before anything is resent."""
        self._require("mark_unknown")
        asked = self.attempts + (self.status is MessageStatus.UNKNOWN)
        return self._with(status=MessageStatus.UNKNOWN, attempts=asked, due_at=now + wait(asked))

    def mark_absent(self, now: datetime) -> Self:
        """Record that the channel never got the message: it may be sent now."""
        self._require("mark_absent")
        return self._with(status=MessageStatus.QUEUED, due_at=now)

    def requeue(self, now: datetime) -> Self:
        """Send the message later, because the channel was down or had no room."""
        self._require("requeue")
        return self._with(status=MessageStatus.QUEUED, due_at=now + wait(self.attempts))

    def refuse_channel(self, code: str, now: datetime) -> Self:
        """Record that this channel will never carry the message: the next one is tried at once."""
        self._require("refuse_channel")
        return self._with(
            status=MessageStatus.QUEUED,
            refused_channels=(*self.refused_channels, self.channel or ""),
            channel=None,
            reason=code,
            due_at=now,
        )

    def fail(self, code: str) -> Self:
        """End the message because no channel is left."""
        self._require("fail")
        return self._with(status=MessageStatus.FAILED, reason=code, due_at=None)

    def withhold(self, code: str) -> Self:
        """End the message because the person does not want it or must not get it: no failure."""
        self._require("withhold")
        return self._with(status=MessageStatus.WITHHELD, reason=code, due_at=None)


def wait(attempts: int) -> timedelta:
    """Return how long to leave a channel alone: half a minute, doubling, at most ten."""
    doubled = FIRST_WAIT * (1 << min(max(attempts - 1, 0), 10))
    return min(doubled, LONGEST_WAIT)


def end_of_night(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself by day; by night (22 to 9 local) the next nine o'clock."""
    local = moment.astimezone(zone)
    if NIGHT_ENDS <= local.time() < NIGHT_STARTS:
        return moment
    day = local.date() + timedelta(days=local.time() >= NIGHT_STARTS)
    return datetime.combine(day, NIGHT_ENDS, zone).astimezone(moment.tzinfo)


def derived_id(prefix: str, moment: datetime, *parts: str) -> str:
    """Return the id that the same parts always give, shaped and sorted like any other id."""
    tail = hashlib.sha256("\x1f".join(parts).encode()).digest()[:10]
    number = int.from_bytes(int(moment.timestamp() * 1000).to_bytes(6, "big") + tail, "big")
    return f"{prefix}_" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
