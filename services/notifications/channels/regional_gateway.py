"""A regional gateway: one outside party that carries messages of several channels.

`PUT /messages/{message_id}` is idempotent by id, `GET /messages/{message_id}` answers with the
status; that pair is all that exactly-once needs. Locally the outbox viewer answers it.
"""

from dataclasses import asdict
from typing import ClassVar, Literal

from pydantic import Field

from services.notifications.channels.port import (
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    OutgoingMessage,
    Sending,
)
from services.notifications.channels.wire import (
    NOT_TAKEN,
    Call,
    Provider,
    WireAnswer,
    ask,
    deliver,
    reason,
)

REFUSALS = (410, 422)


class RegionalGateway(Provider):
    """A gateway over HTTP; `channels` are what it carries."""

    kind: Literal["gateway"]
    on_doubt: ClassVar[OnDoubt] = OnDoubt.ASK
    arrival: ClassVar[Arrival] = Arrival.ASSURED
    longest: ClassVar[int] = 100_000
    url: str
    token: str = Field(default="", repr=False)
    carried: tuple[str, ...] = Field(alias="channels")
    per_second: int = 100

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that it carries, as the stage says."""
        return self.carried

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Hand a message over; one id is carried once, however often it is sent."""
        body = asdict(message)
        del body["message_id"], body["declined_at"]
        return deliver(self._call("PUT", message.message_id, body), _put)

    def status(self, sending: Sending) -> DeliveryReport:
        """Ask what the gateway did with a message; one that cannot be reached knows nothing."""
        answer = ask(self._call("GET", sending.message_id))
        if isinstance(answer, DeliveryReport) or answer.http_status >= 300:
            absent = isinstance(answer, WireAnswer) and answer.http_status == 404
            return DeliveryReport(DeliveryStatus.ABSENT if absent else DeliveryStatus.UNKNOWN)
        return _taken(answer)

    def _call(self, method: str, message_id: str, body: object = None) -> Call:
        proof = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        address = f"{self.url.rstrip('/')}/messages/{message_id}"
        return Call(method, address, proof, json=body, ca=self.ca)


def _put(answer: WireAnswer) -> DeliveryReport:
    """Read an answer to a put. A refusal is believed only when it is said to be final."""
    if answer.http_status < 300:
        return _taken(answer)
    if answer.http_status in REFUSALS:
        return DeliveryReport(DeliveryStatus.REFUSED, reason(answer.fields.get("code")))
    if answer.http_status >= 400:
        # Our own fault (token, address): it did not take the message.
        return DeliveryReport(DeliveryStatus.ABSENT, NOT_TAKEN)
    return DeliveryReport(DeliveryStatus.UNKNOWN)


def _taken(answer: WireAnswer) -> DeliveryReport:
    if answer.fields.get("status") == "refused":
        return DeliveryReport(DeliveryStatus.REFUSED, reason(answer.fields.get("code")))
    return DeliveryReport(DeliveryStatus.TAKEN)
