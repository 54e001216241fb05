"""Closed lists of messages."""

from enum import StrEnum

from shared.domain import CodeEnum


class MessageStatus(CodeEnum, of="message_status"):
    """What is known about the sending."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class NextAction(StrEnum):
    """What a due message needs next."""

    WAIT = "wait"
    SEND = "send"
    DROP = "drop"
    ASK = "ask"
