"""A message and its ledger: claimed, then sent or unknown; never sent twice on a guess."""

from datetime import datetime, timedelta
from typing import Self

from services.notifications.messages.record import MessageRecord
from services.notifications.messages.values import (
    NO_BILL,
    Bill,
    MessageStatus,
    NextAction,
    wait,
    wait_again,
)
from services.notifications.pacing.values import Daytime

LEASE = timedelta(minutes=1)
OUTCOME_UNKNOWN, UNSERVED = "outcome_unknown", "unserved"
NOT_DELIVERED = "not_delivered"
ARRIVING = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)


class Message(MessageRecord):
    """A message with the steps of its sending, each of which the ledger stores."""

    def next_action(self, now: datetime, daytime: Daytime) -> NextAction:
        """Return whether to send, to ask the channel for the outcome, to drop, or to wait."""
        if self.due_at is None or now < self.due_at:
            return NextAction.WAIT
        if self.status is MessageStatus.QUEUED:
            if self.is_expired(now):
                return NextAction.DROP
            return NextAction.WAIT if self.in_quiet_hours(now, daytime) else NextAction.SEND
        return NextAction.FALL_BACK if self.status is MessageStatus.SENT else NextAction.ASK

    def until_morning(self, now: datetime, daytime: Daytime) -> Self:
        """Put the message off until the morning."""
        return self._with(due_at=daytime.next_moment(now), waits_since=None)

    def put_off(self, until: datetime) -> Self:
        """Wait for its turn."""
        return self._with(due_at=until)

    def wait_for_provider(self, now: datetime, *, is_there: bool) -> Self:
        """Wait unclaimed: no provider of the channel has room in this second, or there is none."""
        waited = timedelta() if is_there else now - (self.waits_since or now)
        return self._waiting(now, wait_again(waited))

    def _waiting(self, now: datetime, rest: timedelta) -> Self:
        return self._with(
            due_at=self.tried_again_at(now, rest),
            waits_since=self.waits_since or now,
            skipped_providers=(),
        )

    def leave_channel(self, channel: str, now: datetime) -> Self:
        """Take the next channel, since no provider of this one has taken the message in time."""
        left = self.refuse_channel(UNSERVED, now, step="leave_channel")
        return left._with(
            refused_channels=(*self.refused_channels, channel), unserved=(*self.unserved, channel)
        )

    def gather(self, until: datetime) -> Self:
        """Wait for other news, with which it goes out as one message."""
        return self._with(due_at=until, gathers=True)

    def in_words(self, wording_id: str | None) -> Self:
        """Note with which edited words it goes out."""
        return self._with(wording_id=wording_id)

    def join(self, digest_id: str) -> Self:
        """Go out inside of another message, and share its outcome."""
        self._require("join")
        return self._with(status=MessageStatus.JOINED, digest_id=digest_id, due_at=None)

    def follow(self, digest: Self) -> Self:
        """Share the outcome of the message that it went out in."""
        if digest.status is MessageStatus.QUEUED:
            return self._own_way(digest) if self.is_inside else self
        if digest.status not in ARRIVING:
            return self
        sent = self
        if "mark_sent" in self.next_steps:
            sent = self._with(
                status=MessageStatus.SENT,
                channel=digest.channel,
                provider=digest.provider,
                sent_at=digest.sent_at,
            )
        return sent._with(
            status=digest.status, delivered_at=digest.delivered_at, read_at=digest.read_at
        )

    def _own_way(self, digest: Self) -> Self:
        """Go on alone, by no provider that has refused the digest or may have it."""
        return self._with(
            status=MessageStatus.QUEUED,
            digest_id=None,
            due_at=digest.due_at,
            delivered_at=None,
            channel=None,
            reason=digest.reason,
            refused_channels=digest.refused_channels,
            skipped_providers=digest.skipped_providers,
            doubts=digest.doubts,
            tries=digest.tries,
            by_phone=digest.by_phone,
        )

    def claim(
        self,
        channel: str,
        provider: str,
        address_mark: str,
        now: datetime,
        wording_id: str | None = None,
        joined: tuple[str, ...] = (),
    ) -> Self:
        """Claim the message for one worker; if it dies, the provider is asked after the lease."""
        self._require("claim")
        return self._with(
            status=MessageStatus.CLAIMED,
            channel=channel,
            provider=provider,
            address_mark=address_mark,
            wording_id=wording_id,
            joined=joined,
            tries={**self.tries, provider: channel},
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
            provider_id=bill.provider_id,
            segments=bill.segments,
            kopecks=bill.kopecks,
        )

    def hand_over(self) -> Self:
        """Record that the staff will call the person, who has not got the message yet."""
        self._require("hand_over")
        return self._with(status=MessageStatus.HANDED_OVER, due_at=None, reason=None)

    def await_arrival(self) -> Self:
        """Look again when it should have arrived, if nothing was heard of it by then."""
        return self._with(due_at=(self.sent_at or self.created_at) + self.longest_wait)

    def rest(self) -> Self:
        """Await nothing more: it was sent, and nothing else is done about it."""
        return self._with(due_at=None)

    def fall_back(self, now: datetime) -> Self:
        """Take the next channel, since nothing was heard of its arrival by this one."""
        return self._in_doubt(NOT_DELIVERED, now, "fall_back")

    def _in_doubt(self, code: str, now: datetime, step: str) -> Self:
        """Take the next channel, though the provider of this one may have it."""
        left = self.refuse_channel(code, now, step=step)
        parts = self.joined or self.parts_in_doubt
        return left._with(doubts=(*self.doubts, self.provider or ""), parts_in_doubt=parts)

    def arrive_after_all(self, provider: str | None, now: datetime) -> Self:
        """Record that a try of open outcome, or a call, has reached the person."""
        self._require("arrive_after_all")
        return self._with(
            status=MessageStatus.DELIVERED,
            channel=self.tries.get(provider or "", self.channel),
            provider=provider,
            sent_at=self.sent_at or now,
            delivered_at=now,
            reason=None,
            due_at=None,
        )

    def mark_delivered(self, now: datetime) -> Self:
        """Record that the message has reached the person's device."""
        self._require("mark_delivered")
        return self._with(status=MessageStatus.DELIVERED, delivered_at=now, due_at=None)

    def mark_read(self, now: datetime) -> Self:
        """Record that the person has opened the message."""
        self._require("mark_read")
        delivered = self.delivered_at or now
        return self._with(
            status=MessageStatus.READ, delivered_at=delivered, read_at=now, due_at=None
        )

    def mark_unknown(self, now: datetime) -> Self:
        """Record that the outcome is unknown: the channel is asked before anything is resent."""
        self._require("mark_unknown")
        asked = self.attempts + (self.status is MessageStatus.UNKNOWN)
        return self._with(status=MessageStatus.UNKNOWN, attempts=asked, due_at=now + wait(asked))

    def mark_absent(self, now: datetime) -> Self:
        """Record that the channel never got the message: it may be sent now."""
        self._require("mark_absent")
        return self._with(status=MessageStatus.QUEUED, due_at=now, joined=())

    def requeue(self, now: datetime, rest: timedelta = timedelta()) -> Self:
        """Send the message later, since each provider of the channel was down or had no room."""
        self._require("requeue")
        waiting = self._waiting(now, max(wait(self.attempts), rest))
        return waiting._with(status=MessageStatus.QUEUED, joined=())

    def skip_provider(self, now: datetime) -> Self:
        """Send the message by the next provider of its channel: this one does not have it."""
        self._require("skip_provider")
        skipped = (*self.skipped_providers, self.provider or "")
        return self._with(
            status=MessageStatus.QUEUED, due_at=now, skipped_providers=skipped, joined=()
        )

    def leave_unknown(self, now: datetime) -> Self:
        """Leave the provider alone: an urgent message takes the next channel, else staff calls."""
        left = self._in_doubt(OUTCOME_UNKNOWN, now, "leave_unknown")
        return left._with(by_phone=not self.urgent)

    def refuse_channel(self, code: str, now: datetime, step: str = "refuse_channel") -> Self:
        """Record that this channel will never carry the message: the next one is tried at once."""
        self._require(step)
        return self._with(
            status=MessageStatus.QUEUED,
            refused_channels=(*self.refused_channels, self.channel or ""),
            channel=None,
            skipped_providers=(),
            waits_since=None,
            joined=(),
            delivered_at=None,
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
