"""One run: writers, relay, sweepers and consumers under faults, then calm, then the checker.

`python -m tests.simulation --seed 7 [--mutant NAME] [--trace]` replays a run exactly.
"""

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest import mock

from greenlet import getcurrent

from shared import budget, clock, ids, keyring, observability
from shared.api.app import ServiceApp
from shared.api.routes import Routes
from shared.events.base import Received
from shared.messaging import consumer as queues
from shared.messaging import outbox, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.storage import connection, rows
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Item
from shared.storage.store import Store
from shared.storage.tables import Tables
from tests.simulation import checker, sample_service
from tests.simulation.fault_injection import (
    Crash,
    FaultInjector,
    FaultyBus,
    FaultyDynamoDB,
    FaultyQueue,
    Message,
)
from tests.support.botocore_retries import StandardRetries
from tests.support.memory_dynamodb import MemoryDynamoDB

WRITERS, CONSUMERS, COMMANDS = 2, 2, 6
STEPS = 15_000  # a run that ends takes some 3 000
DEADLINE_STEPS = 60
# Whole sweeps without a trace, the clock moved by a day and more before each, end a run.
STILL_ROUNDS = 3
MIN_FAULTS = 10
LISTENED = {"ledger.CaseOpened", "ledger.StepTaken", "ledger.Reminded"}


@dataclass
class History:
    """What the outside world saw: the only thing besides the tables that the checker reads."""

    asked: list[str] = field(default_factory=list)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    published: list[Item] = field(default_factory=list)
    given_up: int = 0


class CrashingMirror(sample_service.Mirror):
    """A mirror that `kills` some workers in the middle of a record."""

    def __init__(self, store: Store, kills: Callable[[str], None]) -> None:
        super().__init__(store)
        self.kills = kills

    def add_up(self, received: Received[sample_service.StepTaken], context: CommandContext) -> None:
        self.kills(received.event.token)
        super().add_up(received, context)


class Run:
    """The system of one seed."""

    def __init__(self, seed: int, trace: Callable[[str], None] | None = None) -> None:
        self.injector = FaultInjector(seed, trace=trace)
        self.tables = MemoryDynamoDB()
        self.queues = {name: FaultyQueue(self.injector) for name in ("ledger", "mirror")}
        self.bus = FaultyBus(self.injector, self._delivered)
        self.history = History()
        self.cases = [f"case_{letter}" for letter in "AB"]
        self.streamed: list[Item] = []
        self.deadly: dict[str, bool] = {}
        self.done = False
        self.writing = WRITERS
        self.swept = 0

    def store(self, service: str) -> Store:
        """A container's own store."""

        def nudge(keys: list[Any], jobs: bool) -> None:
            connection.send_due(self.queues[service], "", keys)

        tables = Tables(*(f"{service}-{table}" for table in ("data", "outbox", "audit", "keys")))
        client = StandardRetries(FaultyDynamoDB(self.injector, self.tables))
        return Store(client, tables, nudge=nudge)

    def _delivered(self, entry: Item) -> None:
        detail = json.loads(entry["Detail"])
        self.history.published.append(detail)
        if detail["type"] in LISTENED:
            self.queues["mirror"].send(json.dumps({"detail": detail}))

    # actors

    def writer(self, number: int) -> Callable[[], None]:
        """A client that repeats a command under its key until it is told an outcome."""

        def run() -> None:
            for turn in range(COMMANDS):
                case = self.injector.dice.choice(self.cases)
                key = f"w{number}-{turn}"
                self.history.asked.append(key)
                self._until_told("POST", f"/cases/{case}/steps", {"token": key}, key)
            self.writing -= 1

        return run

    def opener(self) -> None:
        """Two clients open each case, under different keys: one of them wins."""
        for case in self.cases:
            self._until_told("POST", "/cases", {"case_id": case}, f"open-{case}")

    def _until_told(self, method: str, path: str, body: Item, key: str) -> None:
        answers: list[str] = []
        repeats = 1 + (self.injector.dice.random() < 0.2)
        while len(answers) < repeats:
            answer = self._request(method, path, body, key)
            refused = 409 if path == "/cases" else 0  # a case that exists is an answer, too
            if answer is None or answer["statusCode"] in {503, 500, 404, 409} - {refused}:
                self.injector.step("client waits")
                continue
            answers.append(answer["body"])
        self.history.acknowledged[key] = answers

    def _request(self, method: str, path: str, body: Item, key: str) -> Item | None:
        try:
            getcurrent().store = self.store("ledger")
            return _app()(_proxy_event(method, path, body, key), SimpleNamespace())
        except Crash:
            return None

    def relay(self) -> None:
        """The stream: fast, but it may skip rows."""
        store = self.store("ledger")
        while not self.done:
            fresh = [i for table, i in self.tables.streamed if table == "ledger-outbox"]
            self.tables.streamed.clear()
            if self.injector.injects("stream_gap", 0.1):
                fresh = []
            with contextlib.suppress(Crash, Exception):
                if fresh:
                    self._relayed(fresh, store)
            self.injector.step("relay rests")

    def _relayed(self, images: list[Item], store: Store) -> None:
        records = [
            {"dynamodb": {"NewImage": image, "SequenceNumber": str(n)}}
            for n, image in enumerate(images)
        ]
        outbox.relay({"Records": records}, self._context(), store, self.bus, "bus")

    def _context(self) -> SimpleNamespace:
        left = self.injector.dice.choice((60_000, 60_000, 60_000, 5_000))
        return SimpleNamespace(get_remaining_time_in_millis=lambda: left)

    def sweeper(self) -> None:
        """The minute tick: outbox and deadlines of both services."""
        while not self.done:
            for service in ("ledger", "mirror"):
                with contextlib.suppress(Crash, Exception):
                    store = self.store(service)
                    outbox.sweep(store, self.bus, "bus", timedelta())
                    sweep.sweep_due(store, self.queues[service], "", rows.DUE_SHARDS)
            self.swept += 1
            for _ in range(1 if self.injector.calm else 20):
                self.injector.step("sweeper rests")

    def consumer(self, service: str) -> Callable[[], None]:
        """One worker of a queue; what it does not finish comes again."""

        def run() -> None:
            while not self.done:
                batch = self.queues[service].receive()
                if batch:
                    with contextlib.suppress(Crash, Exception):
                        self.queues[service].delete(self._consumed(service, batch))
                for message in batch:
                    message.hidden = False
                self.injector.step("consumer rests")

        return run

    def _consumed(self, service: str, batch: list[Message]) -> list[str]:
        store = self.store(service)
        records = [
            {
                "messageId": message.id,
                "receiptHandle": message.receipt,
                "body": message.body,
                "attributes": {"ApproximateReceiveCount": str(message.received)},
            }
            for message in batch
        ]
        answer = queues.consume(
            {"Records": records},
            self._context(),
            self._inbound(service, store),
            store,
            self.queues[service].delete,
        )
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        return [message.receipt for message in batch if message.id not in failed]

    def _inbound(self, service: str, store: Store) -> Subscriptions:
        """What a service does with its queue; some of it kills every worker at times."""
        if service == "mirror":
            return CrashingMirror(store, self._kills).inbound()
        ledger = sample_service.Ledger(store)

        def remind(case_id: str, context: CommandContext) -> None:
            self._kills(case_id)
            ledger.remind(case_id, context)

        return Subscriptions("ledger", {}, {"CASE": remind})

    def _kills(self, what: str) -> None:
        if what not in self.deadly:
            self.deadly[what] = self.injector.injects("killer", 0.25)
        if self.deadly[what] and not self.injector.calm:
            raise Crash

    def _operate(self) -> None:
        """What people do when the alarms have told them: bring back what was given up."""
        for service, queue in self.queues.items():
            store = self.store(service)
            self.history.given_up += sweep.put_back(store)
            kept = self.tables.rows(f"{service}-data")
            for place, row in list(kept.items()):
                if row.get("reason") == {"S": "gave_up"}:
                    self.history.given_up += 1
                    queue.send(row["body"]["S"])
                    del kept[place]

    # the run

    def go(self) -> None:
        """Inject faults, then run without them until nothing moves."""
        self.injector.spawn(self.opener)
        self.injector.spawn(self.opener)
        for number in range(WRITERS):
            self.injector.spawn(self.writer(number))
        self.injector.spawn(self.relay)
        self.injector.spawn(self.sweeper)
        for service in ("mirror", "ledger"):
            for _ in range(CONSUMERS):
                self.injector.spawn(self.consumer(service))
        self.injector.spawn(self._end)
        self.injector.run(STEPS)

    def _end(self) -> None:
        while self.writing or sum(self.injector.faults.values()) < MIN_FAULTS:
            self.injector.step("faults go on")
        self.injector.offset += timedelta(hours=49)  # the deadlines come while faults go on
        for _ in range(DEADLINE_STEPS):
            self.injector.step("deadlines come")
        self.injector.calm = True
        still = 0
        while still < STILL_ROUNDS:
            self._operate()
            self.injector.offset += timedelta(hours=30)
            before, swept = self._moving(), self.swept
            while self.swept < swept + 2:  # one of them began after the clock was moved
                self.injector.step("calm")
            still = still + 1 if before == self._moving() and not self._busy() else 0
        self.done = True

    def _moving(self) -> int:
        return len(self.history.published) + sum(len(rows) for rows in self.tables.tables.values())

    def _busy(self) -> bool:
        return any(queue.waiting for queue in self.queues.values())


@cache
def _app() -> ServiceApp:
    """The ledger's API, which keeps nothing of a request: each brings a store of its own."""
    app = ServiceApp("ledger")

    def open_case(body: sample_service.Open, context: CommandContext) -> Receipt:
        """Open a case."""
        return sample_service.Ledger(connection.store()).open(body, context)

    def take_step(case_id: str, body: sample_service.Step, context: CommandContext) -> Receipt:
        """Take a step."""
        return sample_service.Ledger(connection.store()).step(case_id, body, context)

    routes = Routes()
    routes.post("/cases", open_case, caller="machine")
    routes.post("/cases/{case_id}/steps", take_step, caller="machine", status=200)
    app.include(routes)
    return app


@contextlib.contextmanager
def _quiet(*_: Any) -> Iterator[None]:
    yield


def _proxy_event(method: str, path: str, body: Item, key: str) -> Item:
    parts = path.strip("/").split("/")
    pattern = "/v1/cases" if len(parts) == 1 else "/v1/cases/{case_id}/steps"
    return {
        "httpMethod": method,
        "path": f"/v1{path}",
        "headers": {"Idempotency-Key": key, "Content-Type": "application/json"},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "queryStringParameters": None,
        "pathParameters": {"case_id": parts[1]} if len(parts) > 1 else None,
        "stageVariables": None,
        "isBase64Encoded": False,
        "body": json.dumps(body),
        "requestContext": {
            "requestId": key,
            "resourcePath": pattern,
            "httpMethod": method,
            "path": f"/v1{path}",
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": {"principalId": "mch_writer", "kind": "machine", "roles": "machine"},
        },
    }


def _moments(run: Run) -> dict[str, Any]:
    injector = run.injector
    return {
        "wall": lambda: injector.wall,
        "now": lambda: injector.wall + injector.offset,
        "offset": lambda: injector.offset,
    }


@contextlib.contextmanager
def patched(run: Run) -> Iterator[None]:
    """The product's clock, dice and store are the run's."""
    dice = run.injector.dice
    with contextlib.ExitStack() as stack:
        for name, value in _moments(run).items():
            stack.enter_context(mock.patch.object(clock, name, value))
        fake_secrets = SimpleNamespace(
            token_bytes=dice.randbytes, choice=dice.choice, randbelow=dice.randrange
        )
        stack.enter_context(mock.patch.object(ids, "secrets", fake_secrets))
        stack.enter_context(mock.patch.object(random, "uniform", lambda low, high: low))
        stack.enter_context(
            mock.patch.object(budget, "give_way", lambda _: run.injector.step("gives way"))
        )
        stack.enter_context(mock.patch.object(connection, "store", lambda: getcurrent().store))
        # Once for the run: a patch taken by an actor that never wakes again would stay for good.
        stack.enter_context(mock.patch.object(observability, "invocation", _quiet))
        root = keyring.Secrets("ledger", lambda: b"r" * 32)
        stack.enter_context(mock.patch.object(keyring, "from_env", lambda: root))
        yield


def simulate(
    seed: int, mutant: str | None = None, trace: Callable[[str], None] | None = None
) -> Run:
    """Run one seed and check it; raises checker.Violation."""
    from tests.simulation import mutants

    run = Run(seed, trace)
    with patched(run), mutants.applied(mutant):
        try:
            run.go()
        except AssertionError as error:
            raise checker.Violation(str(error)) from error
    checker.check(run.tables.tables, run.history)
    if sum(run.injector.faults.values()) < MIN_FAULTS:
        raise AssertionError("a run with too few faults proves nothing")
    return run
