"""What a channel to people offers: sending under an id of ours, and asking what it did with one.

A status that cannot be known is UNKNOWN, never guessed: the send ledger alone decides what is
repeated, so a channel retries nothing by itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class DeliveryStatus(StrEnum):
    """What a provider did with a message, as far as it can be known."""

    TAKEN = "taken"
    REFUSED = "refused"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A provider's answer about one message; `code` says why it was refused or not taken."""

    status: DeliveryStatus
    code: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message with its text and address; it is never stored and never logged."""

    message_id: str
    channel: str
    to: str
    title: str
    text: str
    template: str
    recipient_role: str
    region: str
    reference: str
    event_id: str
    correlation_id: str

    def __repr__(self) -> str:
        return f"OutgoingMessage({self.message_id})"


class Channel(Protocol):
    """A provider that carries messages."""

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Hand a message over; one id is carried once, however often it is sent."""

    def ask(self, message_id: str) -> DeliveryReport:
        """Ask what the provider did with a message."""
