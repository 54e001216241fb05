"""Closed lists of messages."""

from enum import StrEnum


class MessageStatus(StrEnum):
    """What is known about the sending."""

    __list__ = "message_status"

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
    ASK = "ask"
