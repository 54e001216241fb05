"""SMSC (smsc.ru): HTTP API `send.php`, `status.php` and the call-back of statuses.

From the public pages smsc.ru/api/http (`send`, `status_messages`, `miscellaneous/callback`): a
message may carry an id of ours (letters, digits, `.-_`, at most 40), by which and the phone it can
be asked for; ids are not unique, so a second `send.php` would be a second SMS. A call-back is
signed only when the address in the settings carries `sha1` (or `md5`, `crc32`), and is in
windows-1251 unless that carries `charset=utf-8`; what is signed is `id:phone:status:word`
(github.com/codewiser/smscenter-mailer checks it so). Tables of errors and statuses are as those
pages have them. An incoming SMS (`mes`) is signed otherwise, and is none of ours.
Both calls may be a GET or a POST (`SMSC_POST` of its own client, smsc_api.php).
"""

import hashlib
import hmac
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs

from pydantic import Field

from services.notifications.channels.port import (
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    OutgoingMessage,
    ParsedRequest,
    ProviderUpdate,
    Sending,
    UpdateKind,
)
from services.notifications.channels.sms.segments import segments
from services.notifications.channels.wire import (
    NOT_TAKEN,
    TOO_MANY,
    Call,
    Provider,
    WireAnswer,
    ask,
    code_of,
    deliver,
)
from shared.api.inputs import Request
from shared.errors import Unauthenticated

# Of send.php: 1 parameters, 2 password, 3 no money, 4 address blocked, 6 text or sender forbidden,
# 7 wrong phone, 8 cannot be delivered, 9 the same request within a minute (so it may have it).
REFUSED = {6: "text_forbidden", 7: "no_such_number", 8: "cannot_be_delivered"}
REPEATED = 9
# Of messages: 20 cannot be delivered, 22 wrong number, 23 forbidden, 25 number out of reach …
NOT_FOUND = -3
FAILED = {
    -2: "cannot_be_delivered", 3: "out_of_reach", 20: "cannot_be_delivered", 22: "no_such_number",
    23: "text_forbidden", 25: "out_of_reach",
}  # fmt: skip
ON_ITS_WAY, DELIVERED, READ = (-1, 0), (1,), (2, 4)
NO_MONEY = 24
# More than the longest text has: such a count is no bill.
MOST_PARTS = 20


class Smsc(Provider):
    """SMS by SMSC; `secret` is the word that its call-backs are signed with."""

    kind: Literal["smsc"]
    on_doubt: ClassVar[OnDoubt] = OnDoubt.ASK_AT_ADDRESS
    arrival: ClassVar[Arrival] = Arrival.REPORTED
    carries: ClassVar[tuple[str, ...]] = ("sms",)
    longest: ClassVar[int] = 1000
    url: str = "https://smsc.ru"
    api_key: str = Field(repr=False)
    sender: str = ""
    per_second: int = 20

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Hand an SMS over under our own id, and learn its price."""
        form = {
            "apikey": self.api_key,
            "phones": message.to,
            "mes": message.text,
            "id": message.message_id,
            "charset": "utf-8",
            "fmt": "3",
            "cost": "2",
        }
        form |= {"sender": self.sender} if self.sender else {}
        headers = self.headers_of(message)
        call = Call("POST", f"{self.url}/sys/send.php", headers, form=form, ca=self.ca)
        return deliver(call, lambda answer: _sent(answer, message))

    def status(self, sending: Sending) -> DeliveryReport:
        """Ask for an SMS by our id and its phone; one that SMSC does not know never left."""
        form = {
            "apikey": self.api_key,
            "phone": sending.to,
            "id": sending.message_id,
            "charset": "utf-8",
            "fmt": "3",
        }
        # An address with a phone and our key in it would be in logs on the way.
        answer = ask(Call("POST", f"{self.url}/sys/status.php", form=form, ca=self.ca))
        if isinstance(answer, DeliveryReport) or answer.http_status != 200:
            return DeliveryReport(DeliveryStatus.UNKNOWN)
        if answer.fields.get("error_code") == 3:
            return DeliveryReport(DeliveryStatus.ABSENT)
        return _state(answer.fields.get("status"))

    def verify(self, request: Request) -> None:
        """Refuse a call-back that is not signed with our word."""
        form = _form(request)
        signed, given = f"{form['id']}:{form['phone']}:{form['status']}", form["sha1"].lower()
        right = [hashlib.sha1(f"{signed}:{word}".encode()).hexdigest() for word in self.secrets]
        said = given.encode(errors="replace")
        if not any([hmac.compare_digest(each.encode(), said) for each in right]):
            raise Unauthenticated

    def parse(self, request: Request) -> ParsedRequest:
        """Return the status of one SMS."""
        form = _form(request)
        report = _state(form["status"])
        if report.status in (DeliveryStatus.UNKNOWN, DeliveryStatus.ABSENT):
            return ParsedRequest()
        key = f"{form['id']}:{form['status']}"
        update = ProviderUpdate(key, UpdateKind.DELIVERY, form["id"], report)
        return ParsedRequest((update,))


def _sent(answer: WireAnswer, message: OutgoingMessage) -> DeliveryReport:
    """Read an answer; one that does not name our message says nothing of it, and SMSC is asked."""
    said = answer.fields.get("error_code")
    if said is None and answer.fields.get("id") == message.message_id:
        counted = code_of(answer.fields.get("cnt")) or 0
        return DeliveryReport(
            DeliveryStatus.TAKEN,
            provider_id=message.message_id,
            segments=counted if 0 < counted <= MOST_PARTS else segments(message.text),
            kopecks=kopecks(answer.fields.get("cost")),
        )
    code = code_of(said)
    if code in REFUSED:
        return DeliveryReport(DeliveryStatus.REFUSED, REFUSED[code])
    if code == REPEATED or code is None:
        return DeliveryReport(DeliveryStatus.UNKNOWN)
    return DeliveryReport(DeliveryStatus.ABSENT, TOO_MANY if code == 4 else NOT_TAKEN)


def _state(status: Any) -> DeliveryReport:
    """Read the status of a message."""
    text = str(status)
    if not text.removeprefix("-").isdecimal() or len(text) > 3:
        return DeliveryReport(DeliveryStatus.UNKNOWN)
    number = int(text)
    if number == NOT_FOUND:
        return DeliveryReport(DeliveryStatus.ABSENT)
    if number == NO_MONEY:
        return DeliveryReport(DeliveryStatus.ABSENT, NOT_TAKEN)
    if number in FAILED:
        return DeliveryReport(DeliveryStatus.REFUSED, FAILED[number])
    if number in DELIVERED:
        return DeliveryReport(DeliveryStatus.DELIVERED)
    if number in READ:
        return DeliveryReport(DeliveryStatus.READ)
    return DeliveryReport(DeliveryStatus.TAKEN if number in ON_ITS_WAY else DeliveryStatus.UNKNOWN)


def kopecks(cost: Any) -> int | None:
    """Return a price in roubles as kopecks; None for what is no price."""
    try:
        found = round(float(str(cost)) * 100)
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found < 10**7 else None


def _form(request: Request) -> dict[str, str]:
    """Return the fields of a call-back (its signature may be in the address); else empty ones."""
    try:
        fields = parse_qs(request.raw_body.decode(), max_num_fields=40)
    except ValueError:
        raise Unauthenticated from None
    names = ("id", "phone", "status", "sha1")
    form = {name: fields[name][0] if len(fields.get(name, ())) == 1 else "" for name in names}
    query = request.event.get("queryStringParameters") or {}
    form["sha1"] = form["sha1"] or str(query.get("sha1") or "")
    return form
