"""Servers that behave as the pages of MAX, VK, Telegram, SMSC, SMS Aero, SNS and SES say.

Each answers its API under `/<carrier>/`, keeps what a person would have received in the fake
provider's file, and fails as it is asked to: an answer that comes late, by half or not at all, 429,
500, a refusal in the carrier's own words. VK drops a second copy by `random_id` for an hour, SMSC
can be asked by our id; the others do neither, so `attempts` of a message counts its copies.
`call_back` is the request by which a carrier would report.
"""

import base64
import hashlib
import itertools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from infra.local_platform.fake_provider import FakeProvider, Message, ProviderFailure

LATE_SECONDS = 0.2
LABELS = "x-ryadom-labels"
REQUEST_ID = "x-request-id"
RETRY_AFTER = 7
VK_REMEMBERS = timedelta(hours=1)
# The secrets of the demo region's carriers, as infra/local_platform/local_channels.json has them.
SECRET = "demo-secret"


@dataclass(frozen=True)
class Asked:
    """A request of ours to a carrier; `name` is the last part of its path."""

    carrier: str
    name: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What a carrier answers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CallBack:
    """A request of a carrier to our webhook."""

    body: str
    headers: Mapping[str, str]


# What any server, or a proxy before it, answers when it cannot serve.
_BROKEN = {
    "error": Reply(500, {}),
    "bad_gateway": Reply(502, "<html>Bad Gateway</html>", {"Content-Type": "text/html"}),
    "unavailable": Reply(503, {}),
    "come_again": Reply(503, {}, {"Retry-After": str(RETRY_AFTER)}),
    "gateway_timeout": Reply(504, "<html>Timeout</html>", {"Content-Type": "text/html"}),
}


class FakeCarriers:
    """All carriers over one file of messages; `now` is business time as text."""

    def __init__(self, provider: FakeProvider, now: Callable[[], str]) -> None:
        self._provider = provider
        self.now = now
        self._numbers = itertools.count(1)
        self.states: dict[str, int] = {}
        self.copies: dict[str, tuple[int, str]] = {}
        self.webhooks: dict[str, str] = {}
        # What each bot was last subscribed to.
        self.subscribed: dict[str, list[str]] = {}
        # What Telegram says of updates that it could not hand over.
        self.waiting: dict[str, int] = {"pending_update_count": 0}
        self.calls: list[str] = []
        # Of the mail that came last with such ones.
        self.headers: dict[str, str] = {}

    def answer(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a request to `/<carrier>/<path>`; raises ProviderFailure(0) for silence."""
        parts = urlsplit(address)
        carrier, _, path = parts.path.strip("/").partition("/")
        asked = Asked(
            carrier,
            path.rpartition("/")[2],
            {name: values[0] for name, values in parse_qs(parts.query).items()},
            {name.lower(): value for name, value in headers.items()},
            _fields(headers, body),
        )
        self.calls.append(f"{carrier} {method} {asked.name}")
        serve = _CARRIERS.get(carrier)
        if serve is None:
            return Reply(404, {})
        if asked.name in _NO_MESSAGE:
            return serve(self, asked, "none")
        return self._at_fault(serve, asked, self._provider.next_fault(carrier))

    def _at_fault(self, serve: "Serve", asked: Asked, fault: str) -> Reply:
        """Answer as a carrier with that fault; of some it hears before it takes the message."""
        if fault in _BROKEN and not (asked.carrier == "sns" and fault == "come_again"):
            return _BROKEN[fault]
        if fault == "error_body":
            return Reply(200, {"error": "internal"})
        if fault == "late":
            time.sleep(LATE_SECONDS)
        reply = serve(self, asked, fault)
        if fault == "accept_then_timeout":
            raise ProviderFailure(0)
        if fault == "half":
            return replace(reply, headers={**reply.headers, "Content-Length": "1000"})
        if fault == "nonsense":
            return Reply(200, "<html>Busy</html>", {"Content-Type": "text/html"})
        return reply

    def number(self) -> int:
        """Return the next number of a message."""
        return next(self._numbers)

    def keep(self, asked: Asked, channel: str, to: str, text: str, title: str = "") -> str:
        """Keep a message as received; return its id, ours where we said it."""
        labels = json.loads(base64.b64decode(asked.headers.get(LABELS, "e30=")))
        identifier = asked.headers.get(REQUEST_ID) or f"unnamed-{self.number()}"
        message: Message = {"title": title} | labels
        message |= {"carrier": asked.carrier, "channel": channel, "to": to, "text": text}
        self._provider.keep(identifier, message, self.now())
        return identifier


def call_back(
    carrier: str, message_id: str, phone: str = "", failed: bool = False, status: str = ""
) -> CallBack:
    """Return the request by which a carrier reports that a message arrived, or did not.

    SMS Aero and SES call an address that proves them: it ends with a token. A `status` is said in
    the carrier's own words.
    """
    if carrier == "smsc":
        status = status or ("20" if failed else "1")
        signed = f"{message_id}:{phone}:{status}:{SECRET}"
        form = {"id": message_id, "phone": phone, "status": status}
        form["sha1"] = hashlib.sha1(signed.encode()).hexdigest()
        return CallBack(urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
    if carrier == "sms_aero":
        body = json.dumps({"id": 1, "status": 2 if failed else 1})
        return CallBack(body, {"Content-Type": "application/json"})
    status = status or ("Bounce" if failed else "Delivery")
    kind: dict[str, Any] = {"eventType": status}
    kind |= {"bounce": {"bounceType": "Permanent"}} if failed else {}
    event = json.dumps(kind | {"mail": {"tags": {"message_id": [message_id]}}})
    notice = {"Type": "Notification", "MessageId": f"sns-{message_id}-{status}", "Message": event}
    return CallBack(json.dumps(notice), {"Content-Type": "text/plain; charset=UTF-8"})


def _max(carriers: FakeCarriers, asked: Asked, fault: str) -> Reply:
    if asked.name == "subscriptions":
        if not asked.headers.get("authorization"):
            return Reply(401, {"code": "verify.token"})
        if "url" in asked.fields:
            if asked.fields["secret"] != SECRET:
                return Reply(400, {"success": False})
            carriers.webhooks["max"] = asked.fields["url"]
            carriers.subscribed["max"] = asked.fields["update_types"]
            return Reply(200, {"success": True})
        urls = [carriers.webhooks[each] for each in ("max",) if each in carriers.webhooks]
        return Reply(200, {"subscriptions": [{"url": each} for each in urls]})
    if fault == "too_many":
        return Reply(429, {"code": "too.many.requests"}, {"Retry-After": str(RETRY_AFTER)})
    if fault == "refuse":
        return Reply(403, {"code": "chat.denied", "message": "error.dialog.suspended"})
    if not asked.headers.get("authorization"):
        return Reply(401, {"code": "verify.token"})
    carriers.keep(asked, "bot", asked.query["user_id"], asked.fields["text"])
    return Reply(200, {"message": {"body": {"mid": f"mid.{carriers.number()}"}}})


def _vk(carriers: FakeCarriers, asked: Asked, fault: str) -> Reply:
    if not (asked.fields.get("access_token") and asked.fields.get("v")):
        return Reply(200, {"error": {"error_code": 5, "error_msg": "no token or no version"}})
    if asked.fields.get("secret_key", SECRET) != SECRET:
        return Reply(200, {"error": {"error_code": 100, "error_msg": "another secret"}})
    if asked.name == "groups.getCallbackServers":
        url = carriers.webhooks.get("vk")
        servers = [{"id": 1, "url": url, "status": "ok"}] if url else []
        return Reply(200, {"response": {"count": len(servers), "items": servers}})
    if asked.name == "groups.addCallbackServer":
        if "vk" in carriers.webhooks:
            return Reply(200, {"error": {"error_code": 2000, "error_msg": "too many servers"}})
        carriers.webhooks["vk"] = asked.fields["url"]
        return Reply(200, {"response": {"server_id": 1}})
    if asked.name == "groups.editCallbackServer":
        return Reply(200, {"response": int(asked.fields["server_id"] == "1")})
    if asked.name == "groups.setCallbackSettings":
        chosen = [name for name, value in asked.fields.items() if value == "1"]
        carriers.subscribed["vk"] = [each for each in chosen if each.startswith("message_")]
        return Reply(200, {"response": 1})
    codes = {"too_many": 6, "refuse": 901}
    if fault in codes:
        return Reply(200, {"error": {"error_code": codes[fault], "error_msg": "not sent"}})
    if not 0 < int(asked.fields["random_id"]) < 2**31:
        return Reply(200, {"error": {"error_code": 100, "error_msg": "random_id is no int32"}})
    once, now = f"{asked.fields['peer_id']} {asked.fields['random_id']}", carriers.now()
    number, at = carriers.copies.get(once, (0, now))
    if not number or datetime.fromisoformat(now) - datetime.fromisoformat(at) > VK_REMEMBERS:
        carriers.keep(asked, "bot", asked.fields["peer_id"], asked.fields["message"])
        number = carriers.number()
        carriers.copies[once] = number, now
    return Reply(200, {"response": number})


def _telegram(carriers: FakeCarriers, asked: Asked, fault: str) -> Reply:
    if asked.name == "setWebhook":
        if asked.fields["secret_token"] != SECRET:
            return Reply(400, {"ok": False, "error_code": 400})
        carriers.webhooks["telegram"] = asked.fields["url"]
        carriers.subscribed["telegram"] = asked.fields["allowed_updates"]
        return Reply(200, {"ok": True, "result": True})
    if asked.name == "getWebhookInfo":
        url = carriers.webhooks.get("telegram", "")
        return Reply(200, {"ok": True, "result": {"url": url, **carriers.waiting}})
    if fault == "too_many":
        more = {"parameters": {"retry_after": RETRY_AFTER}}
        return Reply(429, {"ok": False, "error_code": 429} | more)
    if fault == "refuse":
        words = "Forbidden: bot was blocked by the user"
        return Reply(403, {"ok": False, "error_code": 403, "description": words})
    carriers.keep(asked, "bot", str(asked.fields["chat_id"]), asked.fields["text"])
    return Reply(200, {"ok": True, "result": {"message_id": carriers.number()}})


def _smsc(carriers: FakeCarriers, asked: Asked, fault: str) -> Reply:
    if asked.name == "status.php":
        status = carriers.states.get(asked.fields["id"])
        if status is None:
            return Reply(200, {"error": "message not found", "error_code": 3})
        return Reply(200, {"status": status, "last_timestamp": 1})
    codes = {"too_many": 4, "refuse": 7}
    if fault in codes:
        return Reply(200, {"error": "not sent", "error_code": codes[fault]})
    fields = asked.fields
    carriers.keep(asked, "sms", fields["phones"], fields["mes"])
    carriers.states[fields["id"]] = 0
    parts = -(-len(fields["mes"]) // 67) if len(fields["mes"]) > 70 else 1
    return Reply(200, {"id": fields["id"], "cnt": parts, "cost": f"{3.5 * parts:.2f}"})


def _sms_aero(carriers: FakeCarriers, asked: Asked, fault: str) -> Reply:
    if fault == "too_many":
        return Reply(429, {"success": False, "message": "Too many requests"})
    if fault == "refuse":
        return Reply(400, {"success": False, "data": {"number": ["wrong"]}, "message": "Wrong"})
    carriers.keep(asked, "sms", f"+{asked.fields['number']}", asked.fields["text"])
    data = {"id": carriers.number(), "status": 8, "cost": "4.20"}
    return Reply(200, {"success": True, "data": data, "message": None})


def _sns(carriers: FakeCarriers, asked: Asked, fault: str) -> Reply:
    """Answer the query protocol of SNS, in XML."""
    codes = {"too_many": (400, "Throttling"), "refuse": (400, "InvalidParameter")}
    codes |= {"come_again": (503, "ServiceUnavailable")}
    if fault in codes:
        status, code = codes[fault]
        body = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"
        return Reply(status, body, {"Content-Type": "text/xml"})
    carriers.keep(asked, "sms", asked.fields["PhoneNumber"], asked.fields["Message"])
    result = f"<PublishResult><MessageId>sns-{carriers.number()}</MessageId></PublishResult>"
    body = f"<PublishResponse>{result}</PublishResponse>"
    return Reply(200, body, {"Content-Type": "text/xml"})


def _ses(carriers: FakeCarriers, asked: Asked, fault: str) -> Reply:
    codes = {"too_many": (429, "TooManyRequestsException"), "refuse": (400, "MessageRejected")}
    if fault in codes:
        status, code = codes[fault]
        return Reply(status, {"message": "not sent"}, {"x-amzn-ErrorType": code})
    if not asked.fields.get("FromEmailAddress"):
        return Reply(400, {"message": "no sender"}, {"x-amzn-ErrorType": "BadRequestException"})
    simple = asked.fields["Content"]["Simple"]
    (to,) = asked.fields["Destination"]["ToAddresses"]
    text, title = simple["Body"]["Text"]["Data"], simple["Subject"]["Data"]
    for each in simple.get("Headers", ()):
        carriers.headers[each["Name"]] = each["Value"]
    carriers.keep(asked, "email", to, text, title)
    return Reply(200, {"MessageId": f"ses-{carriers.number()}"})


Serve = Callable[[FakeCarriers, Asked, str], Reply]
_CARRIERS: dict[str, Serve] = {
    "max": _max,
    "vk": _vk,
    "telegram": _telegram,
    "smsc": _smsc,
    "sms_aero": _sms_aero,
    "sns": _sns,
    "ses": _ses,
}
_NO_MESSAGE = frozenset(
    (
        "subscriptions",
        "groups.getCallbackServers",
        "groups.addCallbackServer",
        "groups.editCallbackServer",
        "groups.setCallbackSettings",
        "setWebhook",
        "getWebhookInfo",
        "status.php",
    )
)


def _fields(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return the fields of a body: a JSON object or a form."""
    kind = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
    if "json" in kind:
        found = json.loads(body or b"{}")
        return found if isinstance(found, dict) else {}
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}
