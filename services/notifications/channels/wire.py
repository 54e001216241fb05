"""How channels speak HTTP: short timeouts, no retries, no redirects, and what silence means.

Guarantees
* A call begins only while its longest time is left, so that its outcome is never lost.
* A connection that was not made (a wrong name, a closed port, a certificate that is not trusted)
  is ABSENT, an answer that did not come whole UNKNOWN; nothing is repeated here.
* However slowly an answer comes, it ends in time, and no more of it is read than an answer has.
* An address of a provider may hold its token, so no address is ever logged.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

import urllib3
from pydantic import BaseModel, ConfigDict, Field
from urllib3.exceptions import HTTPError

from services.notifications.channels.connections import (
    POOLS,
    NotConnected,
    ends_after,
    let_go_of_rested,
    roots_of,
)
from services.notifications.channels.port import (
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    OutgoingMessage,
    ParsedRequest,
    Sending,
)
from services.notifications.channels.retry_after import seconds_to_wait
from shared import budget
from shared.api.inputs import Request
from shared.errors import Unauthenticated
from shared.observability import count, note

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
LONGEST_ANSWER = 64 * 1024
LONGEST_UPDATE = 1024 * 1024
UNREACHABLE, TOO_MANY, NOT_TAKEN = "unreachable", "too_many", "not_taken"
# Our own lack of time, which says nothing against the provider: the message goes at once again.
NO_TIME = "no_time"
REFUSED_BY_PROVIDER = "refused_by_gateway"
# Only a fake server reads this: what a real provider has no business to know.
LABELS = "X-Ryadom-Labels"
REQUEST_ID = "X-Request-Id"


class Provider(BaseModel, defer_build=True):
    """What every provider of the stage's configuration says of itself, and does by default.

    `per_second` is how many messages it takes; `ca` names the parameter with the certificates
    that its server is trusted by, instead of the usual ones; `former_secret` is taken beside
    `secret` while both ends change it; `labels` are for a fake server only. That it
    `reports` arrivals counts from when the stage says that its call-backs come.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    on_doubt: ClassVar[OnDoubt] = OnDoubt.LEAVE
    arrival: ClassVar[Arrival] = Arrival.SILENT
    carries: ClassVar[tuple[str, ...]] = ()
    longest: ClassVar[int] = 4000
    drops_copies_for: ClassVar[timedelta] = timedelta()

    per_second: int = 10
    ca: str = ""
    secret: str = Field(default="", repr=False)
    former_secret: str = Field(default="", repr=False)
    labels: bool = False
    reports: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that prove its requests now."""
        return tuple(each for each in (self.secret, self.former_secret) if each)

    def knows_secret(self, given: str) -> bool:
        """Return whether a secret is one that proves its requests now."""
        said = given.encode(errors="replace")
        return any([hmac.compare_digest(said, each.encode()) for each in self.secrets])

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that it carries."""
        return self.carries

    def named(self, name: str) -> Self:
        """Return the provider as one that knows its name in the stage's configuration."""
        return self

    def status(self, sending: Sending) -> DeliveryReport:
        """Know nothing: this provider cannot be asked."""
        return DeliveryReport(DeliveryStatus.UNKNOWN)

    def verify(self, request: Request) -> None:
        """Refuse every request: this provider sends none."""
        raise Unauthenticated

    def parse(self, request: Request) -> ParsedRequest:
        """Find nothing: this provider sends no updates."""
        return ParsedRequest()

    def headers_of(self, message: OutgoingMessage) -> dict[str, str]:
        """Return the headers that name a message: our id, and labels for a fake server."""
        named = {REQUEST_ID: message.message_id}
        if self.labels:
            text = json.dumps(asdict(message), ensure_ascii=False)
            named[LABELS] = base64.b64encode(text.encode()).decode()
        return named


@dataclass(frozen=True, slots=True)
class Call:
    """One call: a body of JSON, or of form fields."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    ca: str = ""


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """An answer as it came; `fields` is empty when it was no JSON object."""

    http_status: int
    fields: Mapping[str, Any] = field(repr=False)
    retry_after: int | None = None


def deliver(call: Call, read: Callable[[WireAnswer], DeliveryReport]) -> DeliveryReport:
    """Hand a message over and read the answer; what no adapter reads differently is read here."""
    answer = ask(call)
    if isinstance(answer, DeliveryReport):
        return answer
    # 429, and 503 that says when to come again, turn the request away before it is worked on. A 503
    # that does not is to be handled like a 500 (RFC 2616, 10.5.4), and proxies also answer so, and
    # 502 or 504, when the other side broke off in the middle of it.
    asks_to_wait = answer.http_status == 503 and answer.retry_after is not None
    if answer.http_status == 429 or asks_to_wait:
        return DeliveryReport(DeliveryStatus.ABSENT, TOO_MANY, retry_after=answer.retry_after)
    if answer.http_status >= 500:
        return DeliveryReport(DeliveryStatus.UNKNOWN)
    report = read(answer)
    if report.code == NOT_TAKEN:
        count("gateway_rejects_us")
    return report


def ask(call: Call) -> WireAnswer | DeliveryReport:
    """Make a call; a report instead of an answer says why there is none."""
    late = DeliveryReport(DeliveryStatus.ABSENT, NO_TIME)
    if not budget.allows(CONNECT_SECONDS + READ_SECONDS):
        return late
    body, headers = _body(call)
    try:
        pool = _pool(roots_of(call.ca))
        let_go_of_rested(pool, pool.clear)
        if not budget.allows(CONNECT_SECONDS + READ_SECONDS):  # certificates may take long to read
            return late
        with ends_after(CONNECT_SECONDS + READ_SECONDS):
            answer = pool.request(
                call.method,
                call.url,
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            data = answer.read(LONGEST_ANSWER)
    except NotConnected:
        count("gateway_unreachable")
        return DeliveryReport(DeliveryStatus.ABSENT, UNREACHABLE)
    except HTTPError:
        count("gateway_silent")
        return DeliveryReport(DeliveryStatus.UNKNOWN)
    if len(data) < LONGEST_ANSWER:
        answer.release_conn()
    else:
        answer.close()
    note(gateway_status=answer.status)
    fields = fields_of(data)
    return WireAnswer(answer.status, fields, seconds_to_wait(answer.headers, fields))


def fields_of(data: bytes | str) -> dict[str, Any]:
    """Return the fields of a JSON object; none for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def update_of(request: Request) -> dict[str, Any]:
    """Return the fields of what a provider sends; forwarded messages make it long."""
    return fields_of(request.body(LONGEST_UPDATE))


def code_of(found: object) -> int | None:
    """Return a whole number of a provider's answer; None for anything else."""
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def listed(found: object) -> list[Any]:
    """Return a list of a provider; an empty one for anything else."""
    return found if isinstance(found, list) else []


def reason(code: object) -> str:
    """Return a provider's reason when it is a code; other text could carry an address."""
    plain = isinstance(code, str) and code.replace("_", "").isalnum() and code.isascii()
    return str(code)[:40] if plain and not str(code).isdecimal() else REFUSED_BY_PROVIDER


def _body(call: Call) -> tuple[bytes | None, dict[str, str]]:
    headers = {REQUEST_ID: secrets.token_hex(8), **call.headers}
    if call.json is not None:
        headers["Content-Type"] = "application/json"
        return json.dumps(call.json, ensure_ascii=False).encode(), headers
    if call.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return urlencode(call.form).encode(), headers
    return None, headers


@cache
def _pool(roots: str | None) -> urllib3.PoolManager:
    made = urllib3.PoolManager(
        retries=False,
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        ca_cert_data=roots,
    )
    made.pool_classes_by_scheme = POOLS
    return made
