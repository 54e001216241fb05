"""What a channel to people offers: `send`, `status`, `verify` and `parse`.

A status that cannot be known is UNKNOWN, never guessed: the send ledger alone decides what is
repeated, so a channel retries nothing by itself.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from shared.api.inputs import Request


class DeliveryStatus(StrEnum):
    """What a provider did with a message, as far as it can be known."""

    TAKEN = "taken"
    DELIVERED = "delivered"
    READ = "read"
    REFUSED = "refused"
    ABSENT = "absent"
    UNKNOWN = "unknown"


# The code of a delivery whose reader has called it spam.
COMPLAINT = "complaint"


class OnDoubt(StrEnum):
    """What may be done about a message whose outcome is unknown without making a second copy."""

    ASK = "ask"  # the provider is asked by our id
    ASK_AT_ADDRESS = "ask_at_address"  # … by our id and the address
    REPEAT = "repeat"  # the provider drops a second copy, as long as it knows the first
    LEAVE = "leave"  # nothing: it is never sent again by this provider


class Arrival(StrEnum):
    """What is known of a message that a provider has taken."""

    REPORTED = "reported"  # it lets us know when the message has arrived
    SILENT = "silent"  # it never does
    ASSURED = "assured"  # what it takes arrives, or it says so at once


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A provider's answer about one message; `code` says why it was refused or not taken.

    `segments` and `kopecks` are what an SMS is billed by; `retry_after` is how many seconds the
    provider wants to be left alone.
    """

    status: DeliveryStatus
    code: str | None = None
    provider_id: str | None = None
    segments: int | None = None
    kopecks: int | None = None
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message with its text and address; it is never stored and never logged.

    Who does not want such news says so at `declined_at`; without it the news cannot be declined.
    """

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
    declined_at: str = ""

    def __repr__(self) -> str:
        return f"OutgoingMessage({self.message_id})"


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that was handed over, or may have been, as its provider is asked about it."""

    message_id: str
    to: str = field(default="", repr=False)


class UpdateKind(StrEnum):
    """What a provider lets us know by a webhook."""

    DELIVERY = "delivery"
    STARTED = "started"
    STOPPED = "stopped"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class ProviderUpdate:
    """One update of a provider; `key` is the same each time that it sends the same one.

    A delivery names our message; what a person did names the chat.
    """

    key: str
    kind: UpdateKind
    message_id: str = ""
    report: DeliveryReport | None = None
    chat: str = field(default="", repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """The updates in a request of a provider, and the words that it wants for an answer."""

    updates: tuple[ProviderUpdate, ...] = ()
    answer: str = "ok"


class Channel(Protocol):
    """A provider that carries messages."""

    on_doubt: ClassVar[OnDoubt]
    drops_copies_for: ClassVar[timedelta]

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Hand a message over, once."""

    def status(self, sending: Sending) -> DeliveryReport:
        """Ask what the provider did with a message."""

    def verify(self, request: Request) -> None:
        """Refuse a request that the provider has not signed; raises Unauthenticated."""

    def parse(self, request: Request) -> ParsedRequest:
        """Return the updates in a verified request; raises Invalid for what cannot be read."""


class Bot(Channel, Protocol):
    """A channel whose updates have to be subscribed to, and may stop coming.

    `wanted` are the kinds of updates that we read.
    """

    wanted: ClassVar[tuple[str, ...]]

    def subscribe(self, url: str) -> bool:
        """Have updates sent to our address; False when the provider does not agree."""

    def receives(self, url: str) -> bool | None:
        """Return whether updates are sent to our address; None when that cannot be known."""
