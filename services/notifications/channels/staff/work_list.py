"""The inbox and the call to make: work items of this service, so nothing leaves the house.

The item is stored with the message or its outcome; that is all there is to carry.
"""

from typing import ClassVar, Literal

from services.notifications.channels.port import (
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    OutgoingMessage,
    Sending,
)
from services.notifications.channels.wire import Provider


class WorkList(Provider):
    """The staff's own list, which has every message that is for it."""

    kind: Literal["work_list"] = "work_list"
    on_doubt: ClassVar[OnDoubt] = OnDoubt.ASK
    arrival: ClassVar[Arrival] = Arrival.ASSURED
    carries: ClassVar[tuple[str, ...]] = ("inbox", "phone_task")
    per_second: int = 1000

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Take a message: its item is stored by the ledger itself."""
        return DeliveryReport(DeliveryStatus.TAKEN)

    def status(self, sending: Sending) -> DeliveryReport:
        """Say that a message is in the list, as each is."""
        return DeliveryReport(DeliveryStatus.TAKEN)
