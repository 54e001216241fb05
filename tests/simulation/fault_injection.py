"""Injects faults: one seed decides which actor runs, what fails or repeats, and what time it is.

Every actor is a greenlet. Each call of a port is a point at which the injector may switch to
another actor, let the call fail before or after its effect, or end the process (Crash).
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from greenlet import getcurrent, greenlet

from tests.support.memory_dynamodb import MemoryDynamoDB

Item = dict[str, Any]
START = datetime(2026, 9, 14, 5, 0, tzinfo=UTC)
PAUSES = tuple(timedelta(milliseconds=number) for number in (1, 5, 40))

FAULTS = (
    "throttle",
    "server_error",
    "conflict",
    "timeout_before",
    "timeout_after",
    "crash_before",
    "crash_after",
    "partial_put_events",
    "partial_send",
    "duplicate",
    "reorder",
    "stream_gap",
    "clock_jump",
    "killer",
)


class Crash(KeyboardInterrupt):
    """The process is gone; whatever it held in memory is gone with it."""


class FaultInjector:
    """Dice, clock and scheduler of one run."""

    def __init__(self, seed: int, rate: float = 0.02, trace: Callable[[str], None] | None = None):
        self.dice = random.Random(seed)
        self.rate = rate
        self.calm = False
        self.wall = START
        self.offset = timedelta()
        self.faults: Counter[str] = Counter()
        self.trace = trace
        self.hub = getcurrent()
        self.actors: list[greenlet] = []

    def injects(self, kind: str, rate: float | None = None) -> bool:
        """Whether a fault of this kind happens now."""
        if self.calm or self.dice.random() >= (self.rate if rate is None else rate):
            return False
        self.faults[kind] += 1
        if self.trace:
            self.trace(f"      fault {kind}")
        return True

    def step(self, what: str) -> None:
        """A point between two calls: time passes, somebody else may run."""
        self.wall += self.dice.choice(PAUSES)
        if self.injects("clock_jump", 0.005):
            self.offset += timedelta(hours=self.dice.choice((1, 14, 49)))
        if self.trace:
            self.trace(f"{self.wall:%H:%M:%S.%f} {what}")
        if getcurrent() is not self.hub:
            self.hub.switch()

    def spawn(self, run: Callable[[], None]) -> None:
        """Add an actor."""
        self.actors.append(greenlet(run, self.hub))

    def run(self, steps: int) -> None:
        """Let actors run in random order until all have ended or the steps are used up."""
        for _ in range(steps):
            actor = self.dice.choice(self.actors)
            actor.switch()
            if actor.dead:
                self.actors.remove(actor)
            if not self.actors:
                return
        raise AssertionError("the run does not end")

    def call(self, what: str, effect: Callable[[], Any], writes: bool) -> Any:
        """One call over a wire that may break on either side of its effect."""
        self.step(what)
        if self.injects("crash_before"):
            raise Crash
        if self.injects("throttle"):
            raise client_error("ProvisionedThroughputExceededException", 400)
        if self.injects("server_error"):
            raise client_error("InternalServerError", 500)
        if self.injects("timeout_before"):
            raise ReadTimeoutError(endpoint_url="memory")
        answer = effect()
        if writes and self.injects("timeout_after"):
            raise ReadTimeoutError(endpoint_url="memory")
        if self.injects("crash_after"):
            raise Crash
        return answer


def client_error(code: str, status: int, **more: Any) -> ClientError:
    """What botocore raises for an AWS error."""
    response: Any = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(response, "operation")


class FaultyDynamoDB:
    """The in-memory tables behind a connection that fails."""

    def __init__(self, injector: FaultInjector, tables: MemoryDynamoDB) -> None:
        self.injector, self.tables = injector, tables

    def __getattr__(self, method: str) -> Callable[..., Any]:
        effect = getattr(self.tables, method)
        writes = method not in ("get_item", "query", "batch_get_item")

        def call(**request: Any) -> Any:
            if method == "transact_write_items" and self.injector.injects("conflict"):
                self.injector.step("transact (conflict)")
                reasons = [{"Code": "None"} for _ in request["TransactItems"]]
                reasons[self.injector.dice.randrange(len(reasons))] = {
                    "Code": "TransactionConflict"
                }
                raise client_error("TransactionCanceledException", 400, CancellationReasons=reasons)
            return self.injector.call(method, lambda: effect(**request), writes)

        return call


class FaultyBus:
    """The bus: entries are refused one by one, and what it accepts reaches every queue."""

    def __init__(self, injector: FaultInjector, deliver: Callable[[Item], None]) -> None:
        self.injector, self.deliver = injector, deliver

    def put_events(self, *, Entries: list[Item]) -> Item:
        def effect() -> Item:
            results = []
            for entry in Entries:
                if self.injector.injects("partial_put_events", 0.08):
                    results.append({"ErrorCode": "ThrottlingException"})
                else:
                    self.deliver(entry)
                    results.append({"EventId": "x"})
            failed = sum("ErrorCode" in result for result in results)
            return {"Entries": results, "FailedEntryCount": failed}

        return self.injector.call("put_events", effect, writes=True)  # type: ignore[no-any-return]


@dataclass
class Message:
    """A message of a queue; its receipt is good until it is received again."""

    id: str
    body: str
    received: int = 0
    hidden: bool = False

    @property
    def receipt(self) -> str:
        """By which a worker names it."""
        return f"{self.id}/{self.received}"


class FaultyQueue:
    """A queue that delivers at least once, in any order; of a batch it may refuse some."""

    def __init__(self, injector: FaultInjector) -> None:
        self.injector = injector
        self.waiting: list[Message] = []
        self._sent = 0

    def send(self, body: str) -> None:
        """Take a message in, perhaps more than once."""
        self._sent += 1
        self.waiting.append(Message(f"msg_{self._sent}", body))
        while self.injector.injects("duplicate", 0.12):
            self.waiting.append(Message(f"msg_{self._sent}+", body))

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Item]) -> Item:
        def effect() -> Item:
            failed = [each for each in Entries if self.injector.injects("partial_send", 0.08)]
            taken = [each for each in Entries if each not in failed]
            for entry in taken:
                self.send(entry["MessageBody"])
            return {"Successful": taken, "Failed": failed}

        return self.injector.call("send_message_batch", effect, writes=True)  # type: ignore[no-any-return]

    def receive(self) -> list[Message]:
        """A batch of waiting messages; they are hidden while a worker has them."""
        if len(self.waiting) > 1 and self.injector.injects("reorder", 0.2):
            self.injector.dice.shuffle(self.waiting)
        visible = [message for message in self.waiting if not message.hidden]
        batch = visible[: self.injector.dice.randint(1, 4)]
        for message in batch:
            message.received += 1
            message.hidden = True
        return batch

    def delete(self, receipts: list[str]) -> None:
        """Take handled messages away."""
        self.waiting = [each for each in self.waiting if each.receipt not in receipts]
