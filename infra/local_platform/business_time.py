"""Moves business time of a local platform, and waits until everything it caused has happened.

Time moves from one deadline to the next, so that each is worked within its own minute, as the
sweep of each minute does it in life: a reminder of the second day does not see the third.
"""

import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from infra.local_platform.saved_state import write_whole
from infra.packaging.stack_defaults import ALIAS
from shared import clock
from shared.storage import rows

Client = Callable[[str], Any]

PATIENCE = 400.0  # a message whose function ran out of time comes back after 180 s
QUIET_ROUNDS = 2
MINUTE, MILLISECOND = timedelta(minutes=1), timedelta(milliseconds=1)
_SWEEPS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("sweep-outbox", {"at_once": True}),
    ("sweep-deadlines", {}),
)


class NotQuiet(Exception):
    """Something does not come to rest; the message says what."""


@dataclass(frozen=True)
class ServiceFacts:
    """Where a service keeps what must come to rest."""

    stack: str
    data: str
    outbox: str
    queue_urls: tuple[str, ...]


class BusinessTime:
    """The clock file of one platform and the services that read it."""

    def __init__(self, file: Path, client: Client, services: Mapping[str, ServiceFacts]) -> None:
        self._file = file
        self._client = client
        self._services = services
        self._moving = threading.Lock()
        # Called now and then while it waits, for somebody who watches.
        self.waiting: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """Return business time."""
        try:
            return clock.wall() + timedelta(seconds=float(self._file.read_text("ascii")))
        except FileNotFoundError:
            return clock.wall()

    def set(self, moment: datetime) -> None:
        """Put business time to a moment, never before it; what is due on the way is not worked."""
        offset = math.ceil((moment - clock.wall()) / MILLISECOND)
        write_whole(self._file, f"{offset / 1000:.3f}")

    def advance(self, to: datetime) -> datetime:
        """Move on to a moment, working every deadline on the way in its own minute.

        Of two who move it at once the second waits, or the first would put it back.
        """
        with self._moving:
            self.settle()
            while (due := self._next_due(to)) is not None:
                if due > self.now():
                    self.set(due)
                self.settle()
            if to > self.now():
                self.set(to)
            self.settle()
            return self.now()

    def settle(self, patience: float = PATIENCE) -> None:
        """Run the sweeps until outboxes, queues and due deadlines are empty, twice in a row."""
        until = time.monotonic() + patience
        quiet = 0
        while quiet < QUIET_ROUNDS:
            for facts in self._services.values():
                self._sweep(facts)
            left = self._wait_for_queues(until)
            quiet = 0 if left else quiet + 1
            if left and time.monotonic() > until:
                raise NotQuiet(f"still at work after {patience:.0f} s: {', '.join(left)}")

    def _sweep(self, facts: ServiceFacts) -> None:
        """Only what has work is woken: a look at an index is cheaper than a function."""
        for function, event in _SWEEPS:
            waiting = self._pending(facts) if function == "sweep-outbox" else self._due(facts)
            if waiting:
                self._client("lambda").invoke(
                    FunctionName=f"{facts.stack}-{function}:{ALIAS}",
                    Payload=json.dumps(event).encode(),
                )

    def _wait_for_queues(self, until: float) -> list[str]:
        """Until no message is left or in work; what else is not at rest then."""
        while busy := [name for name, facts in self._services.items() if self._messages(facts)]:
            if time.monotonic() > until:
                return [f"{name} has messages" for name in busy]
            self.waiting()
            time.sleep(0.05)
        left = []
        for name, facts in self._services.items():
            left += [f"{name} has unpublished events"] * bool(self._pending(facts))
            left += [f"{name} has due deadlines"] * bool(self._due(facts))
        return left

    def _messages(self, facts: ServiceFacts) -> int:
        return sum(self._messages_in(url) for url in facts.queue_urls)

    def _messages_in(self, queue_url: str) -> int:
        found = self._client("sqs").get_queue_attributes(
            QueueUrl=queue_url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ],
        )["Attributes"]
        return sum(int(count) for count in found.values())

    def _pending(self, facts: ServiceFacts) -> int:
        found: int = self._client("dynamodb").scan(
            TableName=facts.outbox, IndexName="by_pending", Select="COUNT"
        )["Count"]
        return found

    def _due(self, facts: ServiceFacts) -> bool:
        now = self.now()
        return any(due <= now for due in self._dues(facts))

    def _dues(self, facts: ServiceFacts) -> list[datetime]:
        """Find all due moments by one look at the sparse index, not one per shard."""
        pages = self._client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=facts.data, IndexName="by_due")
        return [
            clock.parse(item["due_at"]["S"])
            for page in found
            for item in page["Items"]
            if item["due_shard"]["S"] not in rows.GIVEN_UP
        ]

    def _next_due(self, to: datetime) -> datetime | None:
        """Return the last deadline of the next minute that has any."""
        found = [each for facts in self._services.values() for each in self._dues(facts)]
        until = min(min(found, default=to) + MINUTE, to)
        return max((due for due in found if due <= until), default=None)
