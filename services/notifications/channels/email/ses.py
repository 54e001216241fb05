"""Mail by SESv2 `SendEmail`, or a service with that API (Yandex Cloud Postbox).

From the AWS reference (`SendEmail`; "Contents of event data that Amazon SES publishes"): it knows
no id of ours and drops no copy, so what is unknown is never sent again. Our id goes along as the
tag `message_id`; what SES then reports (`Delivery`, `Bounce`, `Complaint`, `Open`, `Reject`) comes
by SNS over HTTPS and names the tag. The address ends with our secret: the password that SNS would
give ("Fanout to HTTPS endpoints") it gives only to a 401 with `WWW-Authenticate`, which API Gateway
renames. Its signature is not looked at: the secret proves more, that it is our own topic. A new
subscription is confirmed at once, at SNS alone. A complaint says that a mail was delivered, and
that its reader wants no more of what can be declined; one of the kind `OnAccountSuppressionList`,
that the mail was never sent, since there was such a complaint before. SES tries again by itself
what a server turns away for a while; a bounce that is not permanent says that it tries no more, or,
as `General`, mostly that the reader is away and has the mail (repost.aws/knowledge-center,
"ses-understand-soft-bounces").
"""

import re
from typing import Any, ClassVar, Literal

from pydantic import Field
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from services.notifications.channels.aws_provider import AwsProvider, deliver
from services.notifications.channels.port import (
    COMPLAINT,
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OutgoingMessage,
    ParsedRequest,
    ProviderUpdate,
    UpdateKind,
)
from services.notifications.channels.wire import Call, WireAnswer, ask, fields_of, update_of
from shared.api.inputs import Request
from shared.errors import Invalid, Unauthenticated
from shared.observability import count

TAG = "message_id"
_SNS = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
REFUSED = {"MessageRejected": "text_forbidden", "BadRequestException": "no_such_address"}
# Bounces that are not permanent, whose mail its reader does not have for all that.
GIVEN_BACK = {
    "MailboxFull": "cannot_be_delivered",
    "MessageTooLarge": "text_forbidden",
    "ContentRejected": "text_forbidden",
    "AttachmentRejected": "text_forbidden",
}
# Reports that come as complaints: that a mail is no spam (RFC 6430), or what a server found in it.
NO_COMPLAINTS = ("not-spam", "auth-failure", "virus")
STATES = {
    "Delivery": DeliveryReport(DeliveryStatus.DELIVERED),
    "Open": DeliveryReport(DeliveryStatus.READ),
    "Reject": DeliveryReport(DeliveryStatus.REFUSED, "text_forbidden"),
}


class Ses(AwsProvider):
    """Mail by an API of SESv2; `secret` is the end of the address that SNS calls."""

    kind: Literal["ses"]
    arrival: ClassVar[Arrival] = Arrival.REPORTED
    carries: ClassVar[tuple[str, ...]] = ("email",)
    longest: ClassVar[int] = 100_000
    sender: str = Field(repr=False)
    configuration_set: str = ""
    secret: str = Field(default="", repr=False, pattern=r"^[A-Za-z0-9_.-]*$")

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Send a mail of plain text."""
        to = _in_ascii(message.to)
        if to is None:
            return DeliveryReport(DeliveryStatus.REFUSED, "no_such_address")
        client = self.client("sesv2", message)
        more = {"ConfigurationSetName": self.configuration_set} if self.configuration_set else {}
        simple: dict[str, Any] = {
            "Subject": _text(message.title),
            "Body": {"Text": _text(message.text)},
        }
        if message.declined_at:
            simple["Headers"] = [
                {"Name": "List-Unsubscribe", "Value": f"<{message.declined_at}>"},
                {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
            ]
        return deliver(
            lambda: client.send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [to]},
                Content={"Simple": simple},
                EmailTags=[{"Name": TAG, "Value": message.message_id}],
                **more,
            ),
            REFUSED,
        )

    def verify(self, request: Request) -> None:
        """Refuse a notification at an address that does not end with our secret."""
        if not self.knows_secret(request.path_value("token")):
            raise Unauthenticated

    def parse(self, request: Request) -> ParsedRequest:
        """Return the event of one mail."""
        notice = update_of(request)
        if notice.get("Type") == "SubscriptionConfirmation":
            count("webhook_confirmed" if _confirm(notice) else "webhook_unconfirmed")
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


def _confirm(notice: dict[str, Any]) -> bool:
    """Say to SNS that we want what our own subscription asked for; no other host is called."""
    address = str(notice.get("SubscribeURL") or "")
    try:
        parts = parse_url(address)
    except LocationParseError:
        return False
    if (parts.scheme, parts.auth, parts.port) != ("https", None, None):
        return False
    if not _SNS.fullmatch(parts.host or ""):
        return False
    answer = ask(Call("GET", address))
    return isinstance(answer, WireAnswer) and answer.http_status == 200


def _in_ascii(address: str) -> str | None:
    """Return an address as SES takes it: ASCII before the @, a domain of other letters as Punycode.

    None for one that it cannot reach.
    """
    name, _, domain = address.rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode()}" if name.isascii() else None
    except UnicodeError:
        return None


def _text(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _tags(event: dict[str, Any]) -> dict[str, Any]:
    mail = event.get("mail")
    tags = mail.get("tags") if isinstance(mail, dict) else None
    return tags if isinstance(tags, dict) else {}


def _state(event: dict[str, Any]) -> DeliveryReport | None:
    kind = str(event.get("eventType"))
    more = event.get(kind.lower())
    about = more if isinstance(more, dict) else {}
    if kind == "Complaint":
        return _complained(about)
    return _bounced(about) if kind == "Bounce" else STATES.get(kind)


def _complained(complaint: dict[str, Any]) -> DeliveryReport | None:
    if complaint.get("complaintFeedbackType") in NO_COMPLAINTS:
        return None
    count("mail_complaint")
    if complaint.get("complaintSubType"):
        return DeliveryReport(DeliveryStatus.REFUSED, "blocked_by_user")
    return DeliveryReport(DeliveryStatus.DELIVERED, COMPLAINT)


def _bounced(bounce: dict[str, Any]) -> DeliveryReport | None:
    code = GIVEN_BACK.get(str(bounce.get("bounceSubType")))
    if bounce.get("bounceType") == "Permanent":
        code = "no_such_address"
    return None if code is None else DeliveryReport(DeliveryStatus.REFUSED, code)
