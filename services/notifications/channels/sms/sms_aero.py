"""SMS Aero, API v2: `POST /v2/sms/send`, and a call-back of statuses per message.

From its own client (github.com/smsaero/smsaero_python 3.1, `send_sms`, `check_response`): basic
authorisation by mail and key, fields `number sign text callbackUrl callbackFormat`, `data.id`,
`data.cost` in roubles; a refusal is `success: false` with `message`, or `result` `reject` or
`no credits`, under any HTTP status. It takes no id of ours, so what is unknown is never sent again.
Its call-back is not signed: our signed link is its address. The table of statuses, and that the
call-back is JSON or a form with `id` and `status`, are from memory: its page
(smsaero.ru/integration/documentation/api) was not to be had.
"""

import base64
from datetime import timedelta
from typing import Any, ClassVar, Literal, Self
from urllib.parse import parse_qs

from pydantic import Field

from services.notifications import settings
from services.notifications.channels.port import (
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OutgoingMessage,
    ParsedRequest,
    ProviderUpdate,
    UpdateKind,
)
from services.notifications.channels.sms.segments import segments
from services.notifications.channels.sms.smsc import kopecks
from services.notifications.channels.wire import (
    NOT_TAKEN,
    Call,
    Provider,
    WireAnswer,
    deliver,
    reason,
    update_of,
)
from shared.api.inputs import Request
from shared.errors import Invalid, Unauthenticated
from shared.identity import signed_links

CALL_BACK = "sms_aero_status"
CALL_BACK_FOR = timedelta(days=4)
# 0 in the queue, 1 delivered, 2 not delivered, 3 handed over, 4 waits, 6 rejected, 8 is checked.
REFUSALS = ("reject", "no credits")
FAILED = {2: "cannot_be_delivered", 6: "text_forbidden"}


class SmsAero(Provider):
    """SMS by SMS Aero."""

    kind: Literal["sms_aero"]
    arrival: ClassVar[Arrival] = Arrival.REPORTED
    carries: ClassVar[tuple[str, ...]] = ("sms",)
    longest: ClassVar[int] = 640
    url: str = "https://gate.smsaero.ru"
    email: str = Field(repr=False)
    api_key: str = Field(repr=False)
    sign: str = "SMS Aero"
    name: str = "sms_aero"

    def named(self, name: str) -> Self:
        """Return the provider with the name that its call-backs come to."""
        return self.model_copy(update={"name": name})

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Hand an SMS over, and learn its price."""
        proof = base64.b64encode(f"{self.email}:{self.api_key}".encode()).decode()
        headers = self.headers_of(message) | {"Authorization": f"Basic {proof}"}
        body = {
            "number": message.to.removeprefix("+"),
            "sign": self.sign,
            "text": message.text,
        }
        if settings.api_url():
            body["callbackUrl"] = _call_back(self.name, message.message_id)
        call = Call("POST", f"{self.url}/v2/sms/send", headers, json=body, ca=self.ca)
        return deliver(call, lambda answer: _sent(answer, message.text))

    def verify(self, request: Request) -> None:
        """Refuse a call-back at an address that we have not signed."""
        _message(request)

    def parse(self, request: Request) -> ParsedRequest:
        """Return the status of the SMS that the address names."""
        status = _status(request)
        report = _state(status)
        if report is None:
            return ParsedRequest()
        message = _message(request)
        key = f"{message}:{status}"
        return ParsedRequest((ProviderUpdate(key, UpdateKind.DELIVERY, message, report),))


def _call_back(name: str, message_id: str) -> str:
    token = signed_links.issue(CALL_BACK, message_id, message_id, CALL_BACK_FOR)
    return f"{settings.api_url().rstrip('/')}/notifications/v1/webhooks/{name}/{token}"


def _message(request: Request) -> str:
    try:
        return signed_links.open_link(request.path_value("token"), CALL_BACK).about
    except Invalid:
        raise Unauthenticated from None


def _status(request: Request) -> str:
    said = update_of(request).get("status")
    if said is None:
        try:
            said = parse_qs(request.raw_body.decode(), max_num_fields=20).get("status", [""])[0]
        except ValueError:
            raise Invalid("update_unreadable") from None
    return str(said)


def _state(status: str) -> DeliveryReport | None:
    if not status.isdecimal() or len(status) > 2:
        raise Invalid("update_unreadable")
    if int(status) in FAILED:
        return DeliveryReport(DeliveryStatus.REFUSED, FAILED[int(status)])
    return DeliveryReport(DeliveryStatus.DELIVERED) if int(status) == 1 else None


def _sent(answer: WireAnswer, text: str) -> DeliveryReport:
    found: Any = answer.fields.get("data")
    if answer.http_status < 300 and answer.fields.get("success") is True:
        data = found if isinstance(found, dict) else {}
        return DeliveryReport(
            DeliveryStatus.TAKEN,
            provider_id=str(data.get("id") or "") or None,
            segments=segments(text),
            kopecks=kopecks(data.get("cost")),
        )
    if answer.http_status in (400, 422):
        return DeliveryReport(DeliveryStatus.REFUSED, reason(answer.fields.get("reason")))
    said_no = answer.fields.get("success") is False or answer.fields.get("result") in REFUSALS
    if said_no or answer.http_status in (401, 402, 403, 404):
        return DeliveryReport(DeliveryStatus.ABSENT, NOT_TAKEN)
    return DeliveryReport(DeliveryStatus.UNKNOWN)
