"""A message and its ledger: claimed, then sent or unknown; never sent twice on a guess."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.notifications.messages.values import (
    MESSAGE_STEPS,
    NO_BILL,
    Bill,
    Daytime,
    MessageStatus,
    NextAction,
    wait,
)
from services.notifications.templates.values import Audience
from services.notifications.work_subjects.values import Mark
from shared.domain import StatefulAggregate

LEASE = timedelta(minutes=1)
# How long an unknown outcome is asked for before another way is taken.
URGENT_DOUBT = timedelta(minutes=15)
LONGEST_DOUBT = timedelta(hours=6)
OUTCOME_UNKNOWN = "outcome_unknown"


class Message(StatefulAggregate):
    """What one person is sent about one event; neither the text nor the contact is kept.

    `raised` is the event's place in the order of what happened; `topics` are its values by which
    later events outdate it. `facts` are the event's own values; `due_at` is when the ledger must
    move next; from `expires_at` on the message is worth nothing to its reader. `provider` has
    claimed it, for the address of `address_mark`; `skipped_providers` surely do not have it,
    `doubts` may. `person_id` is its reader, as the reader's own token says; None where the
    event names no person, as of a code to sign in. `district_id` is that of its subject,
    `office_id` of the office that mends its contact.
    """

    STEPS: ClassVar = MESSAGE_STEPS
    REFUSAL: ClassVar = "message_moved_on"

    message_id: str
    event_id: str
    correlation_id: str
    template: str
    variant: str
    audience: str
    reference: str
    person_id: str | None = None
    region: str
    district_id: str | None = None
    office_id: str | None = None
    family_id: str | None = None
    urgent: bool
    raised: Mark
    topics: Mapping[str, str] = {}
    facts: Mapping[str, str] = {}
    form_id: str | None = None
    status: MessageStatus = MessageStatus.QUEUED
    created_at: datetime
    due_at: datetime | None = None
    expires_at: datetime | None = None
    attempts: int = 0
    claimed_at: datetime | None = None
    channel: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    address_mark: str | None = None
    skipped_providers: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    by_phone: bool = False
    segments: int | None = None
    kopecks: int | None = None
    wording_id: str | None = None
    refused_channels: tuple[str, ...] = ()
    reason: str | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def for_family(self) -> str | None:
        """The family that the message is for; None when it is about one, to others."""
        return self.family_id if self.audience == Audience.FAMILY else None

    @property
    def about(self) -> str:
        """The id that work about its person is filed under, which news names after its own."""
        return self.reference.rpartition(".")[2]

    @property
    def longest_wait(self) -> timedelta:
        """How long it waits for an outcome, or for its turn."""
        return URGENT_DOUBT if self.urgent else LONGEST_DOUBT

    def next_action(self, now: datetime, daytime: Daytime) -> NextAction:
        """Return whether to send, to ask the channel for the outcome, to drop, or to wait."""
        if self.due_at is None or now < self.due_at:
            return NextAction.WAIT
        if self.status is MessageStatus.QUEUED:
            if self.expires_at is not None and now >= self.expires_at:
                return NextAction.DROP
            return NextAction.WAIT if self.in_quiet_hours(now, daytime) else NextAction.SEND
        return NextAction.ASK

    def in_quiet_hours(self, now: datetime, daytime: Daytime) -> bool:
        """Return whether it is night where the person lives and the message can wait."""
        return not self.urgent and daytime.next_moment(now) > now

    def comes_before(self, other: Self) -> bool:
        """Return whether it is earlier news for the same person; the order is the events'."""
        same = (self.audience, self.reference) == (other.audience, other.reference)
        return same and self.raised.place < other.raised.place

    def until_morning(self, now: datetime, daytime: Daytime) -> Self:
        """Put the message off until the morning."""
        return self._with(due_at=daytime.next_moment(now))

    def put_off(self, until: datetime) -> Self:
        """Wait unclaimed: no provider of the channel has room, or there is none."""
        return self._with(due_at=until)

    def claim(
        self,
        channel: str,
        provider: str,
        address_mark: str,
        now: datetime,
        wording_id: str | None = None,
    ) -> Self:
        """Claim the message for one worker; if it dies, the provider is asked after the lease."""
        self._require("claim")
        return self._with(
            status=MessageStatus.CLAIMED,
            channel=channel,
            provider=provider,
            address_mark=address_mark,
            wording_id=wording_id,
            attempts=self.attempts + 1,
            claimed_at=now,
            due_at=now + LEASE,
        )

    def mark_sent(self, now: datetime, bill: Bill = NO_BILL) -> Self:
        """Record that the provider has taken the message, under which id and for how much."""
        self._require("mark_sent")
        return self._with(
            status=MessageStatus.SENT,
            sent_at=now,
            due_at=None,
            reason=None,
            provider_id=bill.provider_id or self.provider_id,
            segments=bill.segments,
            kopecks=bill.kopecks,
        )

    def hand_over(self, now: datetime) -> Self:
        """Record that the staff will call the person, who has not got the message yet."""
        self._require("hand_over")
        return self._with(status=MessageStatus.HANDED_OVER, due_at=None, reason=None)

    def mark_delivered(self, now: datetime) -> Self:
        """Record that the message has reached the person's device."""
        self._require("mark_delivered")
        return self._with(status=MessageStatus.DELIVERED, delivered_at=now)

    def mark_read(self, now: datetime) -> Self:
        """Record that the person has opened the message."""
        self._require("mark_read")
        delivered = self.delivered_at or now
        return self._with(status=MessageStatus.READ, delivered_at=delivered, read_at=now)

    def mark_unknown(self, now: datetime) -> Self:
        """Record that the outcome is unknown: the channel is asked before anything is resent."""
        self._require("mark_unknown")
        asked = self.attempts + (self.status is MessageStatus.UNKNOWN)
        return self._with(status=MessageStatus.UNKNOWN, attempts=asked, due_at=now + wait(asked))

    def mark_absent(self, now: datetime) -> Self:
        """Record that the channel never got the message: it may be sent now."""
        self._require("mark_absent")
        return self._with(status=MessageStatus.QUEUED, due_at=now)

    def requeue(self, now: datetime, rest: timedelta = timedelta()) -> Self:
        """Send the message later, since each provider of the channel was down or had no room."""
        self._require("requeue")
        later = now + max(wait(self.attempts), rest)
        return self._with(status=MessageStatus.QUEUED, due_at=later, skipped_providers=())

    def skip_provider(self, now: datetime) -> Self:
        """Send the message by the next provider of its channel: this one does not have it."""
        self._require("skip_provider")
        skipped = (*self.skipped_providers, self.provider or "")
        return self._with(status=MessageStatus.QUEUED, due_at=now, skipped_providers=skipped)

    def is_left_unknown(self, now: datetime) -> bool:
        """Whether the outcome has been unknown for so long that another way is taken."""
        return now >= (self.claimed_at or now) + self.longest_wait

    def leave_unknown(self, now: datetime) -> Self:
        """Leave the provider alone: an urgent message takes the next channel, else staff calls."""
        left = self.refuse_channel(OUTCOME_UNKNOWN, now, step="leave_unknown")
        return left._with(doubts=(*self.doubts, self.provider or ""), by_phone=not self.urgent)

    def refuse_channel(self, code: str, now: datetime, step: str = "refuse_channel") -> Self:
        """Record that this channel will never carry the message: the next one is tried at once."""
        self._require(step)
        return self._with(
            status=MessageStatus.QUEUED,
            refused_channels=(*self.refused_channels, self.channel or ""),
            channel=None,
            skipped_providers=(),
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
