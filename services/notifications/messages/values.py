"""Closed lists of messages, how long they wait, and ids that follow from what they are of."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain import CodeEnum, ValueObject
from shared.ids import from_bytes

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
# How seldom a provider is looked for where there is none: the alarm looks at five minutes.
RAREST_LOOK = timedelta(minutes=4)


class MessageStatus(CodeEnum, of="message_status"):
    """What is known about the sending."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    JOINED = "joined"
    UNKNOWN = "unknown"
    HANDED_OVER = "handed_over"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    WITHHELD = "withheld"


# Why a message is withheld that no person could have been sent: there is no contact to use.
NO_CONTACT = frozenset({"no_channel", "contact_stolen"})
# What a message in each state can do next, and the state that it has then.
MESSAGE_STEPS: Mapping[str, Mapping[str, str | None]] = {
    MessageStatus.QUEUED: {
        "claim": MessageStatus.CLAIMED,
        "leave_channel": None,
        "join": MessageStatus.JOINED,
        "withhold": MessageStatus.WITHHELD,
        "fail": MessageStatus.FAILED,
        "arrive_after_all": MessageStatus.DELIVERED,
    },
    MessageStatus.CLAIMED: {
        "mark_sent": MessageStatus.SENT,
        "hand_over": MessageStatus.HANDED_OVER,
        "mark_unknown": MessageStatus.UNKNOWN,
        "mark_absent": MessageStatus.QUEUED,
        "requeue": MessageStatus.QUEUED,
        "skip_provider": MessageStatus.QUEUED,
        "refuse_channel": MessageStatus.QUEUED,
        "leave_unknown": MessageStatus.QUEUED,
    },
    MessageStatus.JOINED: {
        "mark_sent": MessageStatus.SENT,
        "requeue": MessageStatus.QUEUED,
    },
    MessageStatus.UNKNOWN: {
        "mark_sent": MessageStatus.SENT,
        "hand_over": MessageStatus.HANDED_OVER,
        "mark_unknown": None,
        "mark_absent": MessageStatus.QUEUED,
        "requeue": MessageStatus.QUEUED,
        "refuse_channel": MessageStatus.QUEUED,
        "leave_unknown": MessageStatus.QUEUED,
        "arrive_after_all": MessageStatus.DELIVERED,
    },
    MessageStatus.HANDED_OVER: {
        "mark_sent": MessageStatus.SENT,
        "arrive_after_all": MessageStatus.DELIVERED,
        "withhold": MessageStatus.WITHHELD,
        "fail": MessageStatus.FAILED,
    },
    MessageStatus.SENT: {
        "mark_delivered": MessageStatus.DELIVERED,
        "mark_read": MessageStatus.READ,
        "refuse_channel": MessageStatus.QUEUED,
        "fall_back": MessageStatus.QUEUED,
        "arrive_after_all": MessageStatus.DELIVERED,
    },
    MessageStatus.DELIVERED: {
        "mark_read": MessageStatus.READ,
        "come_back": MessageStatus.QUEUED,
    },
    MessageStatus.READ: {},
    MessageStatus.FAILED: {"arrive_after_all": MessageStatus.DELIVERED},
    MessageStatus.WITHHELD: {"arrive_after_all": MessageStatus.DELIVERED},
}


class NextAction(StrEnum):
    """What a due message needs next."""

    WAIT = "wait"
    SEND = "send"
    DROP = "drop"
    ASK = "ask"
    FALL_BACK = "fall_back"


class Bill(ValueObject):
    """What a provider says of a message that it has taken: its own id, parts and price."""

    provider_id: str | None = None
    segments: int | None = None
    kopecks: int | None = None


def is_unreached(status: MessageStatus, reason: str | None) -> bool:
    """Return whether a message reached no person: each channel failed, or there is no contact."""
    withheld = status is MessageStatus.WITHHELD and reason in NO_CONTACT
    return withheld or status is MessageStatus.FAILED


NO_BILL = Bill()


def derived_id(prefix: str, moment: datetime, *parts: str) -> str:
    """Return the id that the same parts always give, shaped and sorted like any other id."""
    tail = hashlib.sha256("\x1f".join(parts).encode()).digest()[:10]
    return from_bytes(prefix, int(moment.timestamp() * 1000).to_bytes(6, "big") + tail)


def wait(attempts: int) -> timedelta:
    """Return how long to leave a channel alone: half a minute, doubling, at most ten."""
    doubled = FIRST_WAIT * (1 << min(max(attempts - 1, 0), 10))
    return min(doubled, LONGEST_WAIT)


def wait_again(waited: timedelta) -> timedelta:
    """Return how long not to look for a provider that was missing: each look is kept in an audit.

    As long again, at least half a minute, at most four.
    """
    return min(max(waited, FIRST_WAIT), RAREST_LOOK)
