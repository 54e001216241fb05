"""The message gateway: the one outside party that carries messages to people.

`PUT /messages/{message_id}` is idempotent by id, `GET /messages/{message_id}` tells what became of
it; that pair is all that exactly-once needs. Locally the outbox viewer answers it, in production a
regional gateway of SMS, bots and mail. What cannot be known is said to be unknown, never guessed.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from services.notifications import settings
from shared import budget
from shared.observability import count, note

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
REFUSALS = frozenset({410, 422})


class Fate(StrEnum):
    """What became of a message, as far as anybody can know."""

    TAKEN = "taken"
    REFUSED = "refused"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Report:
    """The gateway's word about one message; `code` says why it refuses."""

    fate: Fate
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it leaves the house; it is never stored and never logged."""

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

    def __repr__(self) -> str:
        return f"Letter({self.message_id})"


class Gateway(Protocol):
    """Whoever carries letters."""

    def put(self, letter: Letter) -> Report:
        """Hand a letter over; the same id is carried once however often it is put."""

    def ask(self, message_id: str) -> Report:
        """What became of a letter."""


class HttpGateway:
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

    def put(self, letter: Letter) -> Report:
        """Hand a letter over."""
        body = {name: getattr(letter, name) for name in letter.__slots__ if name != "message_id"}
        return self._call("PUT", letter.message_id, json.dumps(body, ensure_ascii=False).encode())

    def ask(self, message_id: str) -> Report:
        """What became of a letter; a gateway that is not there knows nothing."""
        report = self._call("GET", message_id)
        return Report(Fate.UNKNOWN) if report.code == "unreachable" else report

    def _call(self, method: str, message_id: str, body: bytes | None = None) -> Report:
        if not budget.allows(CONNECT_SECONDS + READ_SECONDS):
            # The function could end before the answer, and nobody would know what became of it.
            return Report(Fate.ABSENT, "unreachable")
        try:
            answer = self._pool.request(
                method, f"{self._url}/messages/{message_id}", body=body, headers=self._headers
            )
        except (NewConnectionError, ConnectTimeoutError):
            count("gateway_unreachable")
            return Report(Fate.ABSENT, "unreachable")
        except HTTPError:
            count("gateway_silent")
            return Report(Fate.UNKNOWN)
        note(gateway_status=answer.status)
        return _told(method, answer.status, answer.data)


def _told(method: str, status: int, data: bytes) -> Report:
    """What a status means. A refusal is believed only when it is said to be one for good."""
    told = _fields(data)
    if 200 <= status < 300:
        if told.get("status") == "refused":
            return Report(Fate.REFUSED, _code(told))
        return Report(Fate.TAKEN)
    if status in REFUSALS and method == "PUT":
        return Report(Fate.REFUSED, _code(told))
    if status == 404 and method == "GET":
        return Report(Fate.ABSENT)
    if 400 <= status < 500:
        # Our own fault (token, address) or no room (429): it did not take the message.
        count("gateway_rejects_us")
        return Report(Fate.ABSENT if method == "PUT" else Fate.UNKNOWN, "not_taken")
    return Report(Fate.UNKNOWN)


def _fields(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _code(told: dict[str, Any]) -> str:
    """The gateway's reason when it is a code; nothing it says may carry an address further."""
    code = told.get("code")
    plain = isinstance(code, str) and code.replace("_", "").isalpha() and code.isascii()
    return str(code)[:40] if plain else "refused_by_gateway"


@cache
def gateway() -> HttpGateway:
    """The gateway of this stage."""
    return HttpGateway(settings.message_gateway_url(), settings.message_gateway_token())
