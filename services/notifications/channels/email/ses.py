"""Mail by SESv2 `SendEmail`, or a service with that API (Yandex Cloud Postbox).

From the AWS reference: it knows no id of ours and drops no copy, so what is unknown is never sent
again. Our id goes along as the tag `message_id`; what SES then reports (`Delivery`, `Bounce`,
`Complaint`, `Open`) comes by SNS over HTTPS, to an address with a password as SNS allows it, and
names the tag. A new subscription of SNS is confirmed by operations: the runbook says how.
"""

import base64
import binascii
import hmac
from typing import Any, ClassVar, Literal

from pydantic import Field

from services.notifications.channels.aws_provider import AwsProvider, deliver
from services.notifications.channels.port import (
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OutgoingMessage,
    ParsedRequest,
    ProviderUpdate,
    UpdateKind,
)
from services.notifications.channels.wire import fields_of
from shared.api.inputs import Request
from shared.errors import Invalid, Unauthenticated
from shared.observability import count

TAG = "message_id"
REFUSED = {"MessageRejected": "text_forbidden", "BadRequestException": "no_such_address"}
STATES = {
    "Delivery": DeliveryReport(DeliveryStatus.DELIVERED),
    "Open": DeliveryReport(DeliveryStatus.READ),
    "Reject": DeliveryReport(DeliveryStatus.REFUSED, "text_forbidden"),
}


class Ses(AwsProvider):
    """Mail by an API of SESv2; `secret` is the password of the address that SNS calls."""

    kind: Literal["ses"]
    arrival: ClassVar[Arrival] = Arrival.REPORTED
    carries: ClassVar[tuple[str, ...]] = ("email",)
    longest: ClassVar[int] = 100_000
    sender: str = Field(repr=False)
    configuration_set: str = ""
    secret: str = Field(default="", repr=False)

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Send a mail of plain text."""
        client = self.client("sesv2", message)
        more = {"ConfigurationSetName": self.configuration_set} if self.configuration_set else {}
        simple = {"Subject": _text(message.title), "Body": {"Text": _text(message.text)}}
        return deliver(
            lambda: client.send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [message.to]},
                Content={"Simple": simple},
                EmailTags=[{"Name": TAG, "Value": message.message_id}],
                **more,
            ),
            REFUSED,
        )

    def verify(self, request: Request) -> None:
        """Refuse a notification without our password."""
        scheme, _, given = (request.header("Authorization") or "").partition(" ")
        try:
            password = base64.b64decode(given, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            raise Unauthenticated from None
        right = bool(self.secret) and hmac.compare_digest(password, self.secret.encode())
        if scheme != "Basic" or not right:
            raise Unauthenticated

    def parse(self, request: Request) -> ParsedRequest:
        """Return the event of one mail."""
        notice = fields_of(request.raw_body)
        if notice.get("Type") == "SubscriptionConfirmation":
            count("webhook_unconfirmed")
            return ParsedRequest()
        event = fields_of(str(notice.get("Message") or ""))
        report = _state(event)
        named = _tags(event).get(TAG)
        if report is None or not isinstance(named, list) or not named:
            return ParsedRequest()
        key = str(notice.get("MessageId") or "")
        if not key:
            raise Invalid("update_unreadable")
        return ParsedRequest((ProviderUpdate(key, UpdateKind.DELIVERY, str(named[0]), report),))


def _text(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _tags(event: dict[str, Any]) -> dict[str, Any]:
    mail = event.get("mail")
    tags = mail.get("tags") if isinstance(mail, dict) else None
    return tags if isinstance(tags, dict) else {}


def _state(event: dict[str, Any]) -> DeliveryReport | None:
    kind = str(event.get("eventType"))
    bounce = event.get("bounce")
    if kind == "Bounce":
        # A transient one may still arrive.
        final = isinstance(bounce, dict) and bounce.get("bounceType") == "Permanent"
        return DeliveryReport(DeliveryStatus.REFUSED, "no_such_address") if final else None
    return STATES.get(kind)
