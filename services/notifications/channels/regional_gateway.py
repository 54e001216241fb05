"""The regional gateway: one outside party that carries messages by SMS, bots and mail.

`PUT /messages/{message_id}` is idempotent by id, `GET /messages/{message_id}` answers with the
status; that pair is all that exactly-once needs. Locally the outbox viewer answers it.
"""

import json
from functools import cache
from typing import Any

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from services.notifications import settings
from services.notifications.channels.port import (
    Channel,
    DeliveryReport,
    DeliveryStatus,
    OutgoingMessage,
)
from shared import budget
from shared.observability import count, note

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
REFUSALS = frozenset({410, 422})


class RegionalGateway(Channel):
    """The gateway over HTTP. No retries here: the ledger alone decides what is repeated."""

    def __init__(self, url: str, token: str = "", pool: Any = None) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pool = pool or urllib3.PoolManager(
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        )

    @classmethod
    def connect(cls) -> "RegionalGateway":
        """Return the gateway of this stage."""
        return _connected()

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Hand a message over."""
        body = {name: getattr(message, name) for name in message.__slots__ if name != "message_id"}
        return self._call("PUT", message.message_id, json.dumps(body, ensure_ascii=False).encode())

    def ask(self, message_id: str) -> DeliveryReport:
        """Ask what the gateway did with a message; one that cannot be reached knows nothing."""
        report = self._call("GET", message_id)
        unreachable = report.code == "unreachable"
        return DeliveryReport(DeliveryStatus.UNKNOWN) if unreachable else report

    def _call(self, method: str, message_id: str, body: bytes | None = None) -> DeliveryReport:
        if not budget.allows(CONNECT_SECONDS + READ_SECONDS):
            # The function could end before the answer, and the outcome would be lost.
            return DeliveryReport(DeliveryStatus.ABSENT, "unreachable")
        try:
            answer = self._pool.request(
                method, f"{self._url}/messages/{message_id}", body=body, headers=self._headers
            )
        except (NewConnectionError, ConnectTimeoutError):
            count("gateway_unreachable")
            return DeliveryReport(DeliveryStatus.ABSENT, "unreachable")
        except HTTPError:
            count("gateway_silent")
            return DeliveryReport(DeliveryStatus.UNKNOWN)
        note(gateway_status=answer.status)
        return _read_answer(method, answer.status, answer.data)


def _read_answer(method: str, http_status: int, data: bytes) -> DeliveryReport:
    """Read an HTTP answer. A refusal is believed only when it is said to be final."""
    fields = _fields(data)
    if 200 <= http_status < 300:
        if fields.get("status") == "refused":
            return DeliveryReport(DeliveryStatus.REFUSED, _reason(fields))
        return DeliveryReport(DeliveryStatus.TAKEN)
    if http_status in REFUSALS and method == "PUT":
        return DeliveryReport(DeliveryStatus.REFUSED, _reason(fields))
    if http_status == 404 and method == "GET":
        return DeliveryReport(DeliveryStatus.ABSENT)
    if 400 <= http_status < 500:
        # Our own fault (token, address) or no room (429): it did not take the message.
        count("gateway_rejects_us")
        status = DeliveryStatus.ABSENT if method == "PUT" else DeliveryStatus.UNKNOWN
        return DeliveryReport(status, "not_taken")
    return DeliveryReport(DeliveryStatus.UNKNOWN)


def _fields(data: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(data)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _reason(fields: dict[str, Any]) -> str:
    """Return the gateway's reason when it is a code; other text could carry an address."""
    code = fields.get("code")
    plain = isinstance(code, str) and code.replace("_", "").isalpha() and code.isascii()
    return str(code)[:40] if plain else "refused_by_gateway"


@cache
def _connected() -> RegionalGateway:
    return RegionalGateway(settings.message_gateway_url(), settings.message_gateway_token())
