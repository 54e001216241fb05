"""How the demo reaches a system: as people do, by HTTP, and as an operator who may move its clock.

The stories know this interface only, so that the same story plays over a deployed local platform
and, in tests, over all services in one process.
"""

import base64
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol, TypeVar

from infra.local_platform.business_time import NotQuiet
from infra.local_platform.http_client import Refused, Reply
from infra.local_platform.platform import LocalPlatform
from infra.services import service_names

Message = dict[str, Any]
Item = dict[str, Any]

__all__ = ["Client", "Message", "NotQuiet", "PlatformClient", "Refused", "Reply"]

T = TypeVar("T")
WAITS = 2


class Client(Protocol):
    """What a story needs of a system."""

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
    ) -> Reply:
        """One request as a person of demo/users.toml; with `must` a refusal raises Refused."""

    def identity(self, user: str) -> str:
        """The opaque id under which the system knows a person."""

    def bind(self, user: str, org: str) -> None:
        """Let a person speak for an organisation that has come into being."""

    def sign_in(self, user: str, access_token: str) -> None:
        """Let somebody without an account act by a token of their own from now on."""

    def now(self) -> datetime:
        """Business time."""

    def advance(self, to: datetime) -> datetime:
        """Move business time on, working every deadline on the way."""

    def settle(self) -> None:
        """Wait until everything under way has happened."""

    def messages(self) -> list[Message]:
        """Every message that people would have received, in order."""

    # what only the people on duty can do

    def deliver(self, service: str, body: str) -> None:
        """Put a message on a service's queue."""

    def events(self) -> list[Item]:
        """Every event told so far."""

    def quarantined(self, service: str) -> int:
        """How many messages a service has set aside because it does not understand them."""

    def refuse_next_message(self, carrier: str) -> None:
        """Let a carrier refuse its next message for good."""


def patiently(wait: Callable[[], T]) -> T:
    """Wait longer than a message whose function the machine has lost stays invisible."""
    for _ in range(WAITS - 1):
        with suppress(NotQuiet):
            return wait()
    return wait()


class PlatformClient:
    """The interface over a local platform."""

    def __init__(self, platform: LocalPlatform) -> None:
        self.platform = platform
        self.call = platform.call
        self.bind = platform.bind
        self.sign_in = platform.sign_in
        self.now = platform.now
        self.messages = platform.messages
        self._identities: dict[str, str] = {}

    def identity(self, user: str) -> str:
        """The subject of the person's token."""
        if user not in self._identities:
            payload = self.platform.token(user).split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            self._identities[user] = claims["sub"]
        return self._identities[user]

    def advance(self, to: datetime) -> datetime:
        """Move on to a moment."""
        return patiently(lambda: self.platform.advance(to))

    def settle(self) -> None:
        """Wait for the quiet, however slow the machine is."""
        patiently(self.platform.settle)

    def deliver(self, service: str, body: str) -> None:
        """Straight to the queue, past the bus."""
        address = self.platform.facts[f"{service.capitalize()}QueueUrl"]
        self.platform.client("sqs").send_message(QueueUrl=address, MessageBody=body)

    def events(self) -> list[Item]:
        """What all outbox tables hold."""
        found: list[Item] = []
        for service in service_names():
            for row in self._rows(f"{service.capitalize()}OutboxTableName"):
                entries = json.loads(row.get("entries", {}).get("S", "[]"))
                found += [json.loads(entry["detail"]) for entry in entries]
        return sorted(found, key=lambda event: str(event["time"]))

    def quarantined(self, service: str) -> int:
        """Rows set aside in the service's table."""
        rows = self._rows(f"{service.capitalize()}DataTableName")
        return sum(row["pk"]["S"].startswith("QUARANTINE#") for row in rows)

    def refuse_next_message(self, carrier: str) -> None:
        """Switch the fault of the outbox viewer on."""
        self.platform.provider.fail("refuse", carrier=carrier)

    def _rows(self, table: str) -> list[Item]:
        pages = self.platform.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.platform.facts[table])
        return [row for page in found for row in page["Items"]]
