"""Closed lists of messages."""

from enum import StrEnum

from shared.domain import CodeEnum, ValueObject


class MessageStatus(CodeEnum, of="message_status"):
    """What is known about the sending."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    WITHHELD = "withheld"


class NextAction(StrEnum):
    """What a due message needs next."""

    WAIT = "wait"
    SEND = "send"
    DROP = "drop"
    ASK = "ask"


class Bill(ValueObject):
    """What a provider says of a message that it has taken: its own id, parts and price."""

    provider_id: str | None = None
    segments: int | None = None
    kopecks: int | None = None


NO_BILL = Bill()
