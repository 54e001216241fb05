"""HTTP as a person with a token would speak it; what the demo and the tests use."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

TOKEN_LIFE = 1800.0
SECONDS = 60.0


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def id(self) -> str:
        """The id that a receipt names."""
        found: str = self.body["id"]
        return found


class Refused(Exception):
    """An answer other than a success, where one was needed."""

    def __init__(self, method: str, path: str, reply: Reply) -> None:
        super().__init__(f"{method} {path}: {reply.status} {reply.body}")
        self.reply = reply


class HttpClient:
    """Requests under the tokens of people; a token is kept while it is good."""

    def __init__(self, url: str, token: Callable[[str], str]) -> None:
        self.url = url
        self._token = token
        self._kept: dict[str, tuple[float, str]] = {}

    def forget(self, user: str) -> None:
        """Ask for a new token next time, because the person's claims have changed."""
        self._kept.pop(user, None)

    def sign_in(self, user: str, token: str) -> None:
        """Act by this token for a person who has no account."""
        self._kept[user] = (time.monotonic() + TOKEN_LIFE, token)

    def call(
        self,
        user: str | None,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: str | None = None,
        key: str | None = None,
        if_match: int | None = None,
        headers: Mapping[str, str] | None = None,
        must: bool = False,
        seconds: float | None = SECONDS,
    ) -> Reply:
        """One request; a POST gets an Idempotency-Key of its own unless `key` names one.

        With `must` an answer of 400 or more raises Refused. `seconds` is how long it waits.
        """
        sent = {"Accept": "application/json"}
        if user is not None:
            sent["Authorization"] = f"Bearer {self._bearer(user)}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        if method == "POST":
            sent["Idempotency-Key"] = key or str(uuid.uuid4())
        if role is not None:
            sent["Ryadom-Role"] = role
        if if_match is not None:
            sent["If-Match"] = f'"{if_match}"'
        reply = self._sent(method, path, body, sent | dict(headers or {}), seconds)
        if must and reply.status >= 400:
            raise Refused(method, path, reply)
        return reply

    def _sent(
        self, method: str, path: str, body: Any, headers: dict[str, str], seconds: float | None
    ) -> Reply:
        # A text is sent as it is: a webhook's signature is about each of its bytes.
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        data = None if body is None else text.encode()
        with urllib3.PoolManager(timeout=seconds, retries=False) as wire:
            return _reply(wire.request(method, self.url + path, body=data, headers=headers))

    def _bearer(self, user: str) -> str:
        until, token = self._kept.get(user, (0.0, ""))
        if until < time.monotonic():
            token = self._token(user)
            self._kept[user] = (time.monotonic() + TOKEN_LIFE, token)
        return token


def _reply(answer: urllib3.BaseHTTPResponse) -> Reply:
    try:
        body = json.loads(answer.data) if answer.data else None
    except ValueError:
        body = answer.data.decode("utf-8", "replace")
    return Reply(answer.status, body, answer.headers)
