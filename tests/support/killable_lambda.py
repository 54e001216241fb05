"""Workers of a queue that can really be killed, over tables and a queue that outlive them.

A worker is a process of its own. Its calls to DynamoDB and SQS go through a pipe to the test, so
what it wrote before it died is there, and what it had in memory is not.
"""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from infra.packaging import templates
from shared.messaging import consumer
from shared.messaging.subscriptions import Subscriptions
from shared.storage.store import Store
from shared.storage.tables import Tables
from tests.support.lambda_context import Context
from tests.support.memory_dynamodb import MemoryDynamoDB

Item = dict[str, Any]
Offer = Callable[[Store], Subscriptions]

TABLES = Tables("d", "o", "a", "k")
PATIENCE = 20.0
OUT_OF_TIME = "out of time"
MAX_RECEIVED = templates.stack("intake")["Resources"]["Queue"]["Properties"]["RedrivePolicy"][
    "maxReceiveCount"
]
# A worker's own end of the pipe: the process is its own, so there is one.
_wires: list[Connection] = []


@dataclass
class Queue:
    """A queue whose messages come back until they are deleted, or too often."""

    waiting: dict[str, Item] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    sent: int = 0

    def send(self, *bodies: str) -> None:
        """Take messages in."""
        for body in bodies:
            self.sent += 1
            name = f"msg_{self.sent:03d}"
            self.waiting[name] = {"messageId": name, "receiptHandle": name, "body": body}

    def receive(self, most: int) -> list[Item]:
        """The next batch, in order; what was received too often is dead."""
        batch: list[Item] = []
        for name, message in list(self.waiting.items())[:most]:
            received = int(message.get("attributes", {}).get("ApproximateReceiveCount", 0)) + 1
            if received > MAX_RECEIVED:
                self.dead.append(self.waiting.pop(name)["body"])
                continue
            message["attributes"] = {"ApproximateReceiveCount": str(received)}
            batch.append(message)
        return batch

    def delete(self, receipts: list[str]) -> None:
        """Take messages away, those that are there."""
        for receipt in receipts:
            self.waiting.pop(receipt, None)


class KillableLambda:
    """Runs one invocation after another, each in a process that may die in the middle."""

    def __init__(self, offer: Offer) -> None:
        self.tables = MemoryDynamoDB()
        self.queue = Queue()
        self.offer = offer
        self.killed = 0

    @property
    def store(self) -> Store:
        """The tables as they are now."""
        return Store(self.tables, TABLES)

    def drain(self, rounds: int = 60) -> None:
        """Deliver until the queue is empty."""
        for _ in range(rounds):
            batch = self.queue.receive(10)
            if batch:
                self.invoke(batch)
            elif not self.queue.waiting:
                return
        raise AssertionError("the queue is never empty")

    def invoke(self, batch: list[Item]) -> None:
        """One invocation with a batch; a worker that is killed deletes nothing."""
        ours, theirs = multiprocessing.Pipe()
        fork = multiprocessing.get_context("fork")
        worker = fork.Process(target=_work, args=(theirs, batch, self.offer))
        worker.start()
        theirs.close()
        answer = self._served(ours)
        if answer is None:
            worker.kill()
        worker.join()
        if answer is None:
            self.killed += 1
            return
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        done = [each["receiptHandle"] for each in batch if each["messageId"] not in failed]
        self.queue.delete(done)

    def _served(self, ours: Connection) -> Item | None:
        """Answer the worker's calls until it has done; None when it died or its time is over."""
        while ours.poll(PATIENCE):
            try:
                target, method, request = ours.recv()
            except EOFError:
                return None
            if target == OUT_OF_TIME:
                return None
            if target == "answer":
                return dict(request)
            try:
                if target == "queue":
                    self.queue.delete(request)
                    ours.send(("told", None))
                else:
                    ours.send(("told", getattr(self.tables, method)(**request)))
            except Exception as error:
                ours.send(("raised", error))
        return None


class _Far:
    """The worker's end of the tables."""

    def __init__(self, wire: Connection) -> None:
        self._wire = wire

    def ask(self, target: str, method: str, request: Any) -> Any:
        self._wire.send((target, method, request))
        kind, value = self._wire.recv()
        if kind == "raised":
            raise value
        return value

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda **request: self.ask("tables", method, request)


def run_out_of_time() -> None:
    """Let the worker's time be over in the middle of what it does: the test kills it."""
    _wires[-1].send((OUT_OF_TIME, "", None))
    time.sleep(PATIENCE)


def _work(wire: Connection, batch: list[Item], offer: Offer) -> None:
    _wires.append(wire)
    far = _Far(wire)
    store = Store(far, TABLES)
    context = Context(30_000)
    answer = consumer.consume(
        {"Records": batch},
        context,
        offer(store),
        store,
        lambda receipts: far.ask("queue", "delete", receipts),
    )
    wire.send(("answer", "", answer))
