"""All services in one process: the real handlers over tables, a bus and queues held in memory.

`World` is what use-case, API and journey tests stand on. It keeps one store per service, carries
events from outbox to bus to queues to consumers, moves business time and runs what falls due.
Deliveries can be multiplied and shuffled; a faithful system does not notice.
"""

import importlib
import json
import os
import random
from collections import ChainMap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from types import ModuleType
from typing import Any

from infra.packaging.stack_defaults import OWN_FUNCTIONS
from shared import aws, clock, keyring
from shared.messaging import outbox
from shared.parameters import ReferenceProvider
from shared.principal import Principal
from shared.reference import table
from shared.storage import connection
from shared.storage.rows import Item
from shared.storage.store import Store
from shared.storage.tables import Tables
from tests.support.api import Api
from tests.support.lambda_context import Context
from tests.support.memory_aws import (
    JOBS,
    MAX_CALL_BYTES,
    MAX_ENTRIES,
    MAX_PAYLOAD_BYTES,
    SERVICES,
    FakeKms,
    MemoryParameters,
    MemoryQueue,
)
from tests.support.memory_dynamodb import ConsistentDynamoDB
from tests.support.memory_s3 import MemoryS3
from tests.support.roles import Guarded, Need, refusal, role_of
from tests.support.service_caches import forget_services

ROUNDS = 200
REFERENCE = "reference"
# Paths that a function of their own answers.
WEBHOOKS = tuple(OWN_FUNCTIONS)
# Who answers the calls of each AWS service.
CLIENTS = {
    "dynamodb": "dynamodb", "sqs": "queue", "events": "bus", "lambda": "functions", "kms": "kms",
    "ssm": "parameters", "s3": "files",
}  # fmt: skip


@cache
def environment_of(service: str) -> dict[str, str]:
    """What the templates tell every function of a service."""
    return dict(
        SERVICE=service,
        STAGE="test",
        BUS_NAME="ryadom",
        QUEUE_URL=service,
        JOBS_QUEUE_URL=service + JOBS,
        ROOT_KEY="a2V5",
        DATA_TABLE=f"{service}-data",
        OUTBOX_TABLE=f"{service}-outbox",
        AUDIT_TABLE=f"{service}-audit",
        KEYS_TABLE=f"{service}-keys",
        REFERENCE_TABLE=REFERENCE,
        FILES_BUCKET=f"{service}-files",
        PEOPLE_KEY_ARN=f"{service}-people-key",
        PEOPLE_KEYS=json.dumps({each: f"{each}-people-key" for each in SERVICES}),
        ASSIGNMENT_FUNCTION="matching-solve-assignment",
        **{f"{s.upper()}_RECIPIENTS": f"{s}-resolve-recipients" for s in SERVICES},
    )


class MemoryBus:
    """The bus with one rule per service: whatever its app has a reaction to."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.log: list[Item] = []

    def put_events(self, *, Entries: list[Item]) -> Item:
        assert len(Entries) <= MAX_ENTRIES
        assert len(json.dumps(Entries)) <= MAX_CALL_BYTES
        for entry in Entries:
            detail = json.loads(entry["Detail"])
            self.log.append(detail)
            body = json.dumps({"detail-type": entry["DetailType"], "detail": detail})
            for service, app in self.world.apps.items():
                if detail["type"] in _heard(app):
                    self.world.queue.messages[service] += [body] * self.world.copies
        return {"Entries": [{"EventId": "1"} for _ in Entries], "FailedEntryCount": 0}


@cache
def _heard(app: ModuleType) -> set[str]:
    return {event.detail_type() for event in app.SUBSCRIPTIONS.reactions}


class MemoryLambda:
    """The functions that are asked by name: `<service>-resolve-recipients` and the solver."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.down: set[str] = set()

    def invoke(self, *, FunctionName: str, Payload: bytes | str, **_: Any) -> Item:
        service, _separator, function = FunctionName.partition("-")
        if {service, FunctionName} & self.down:
            return {"FunctionError": "Unhandled", "Payload": _Body(b"{}")}
        assert len(Payload) <= MAX_PAYLOAD_BYTES
        event = json.loads(Payload)
        if function == "solve-assignment":
            solver = importlib.import_module("services.matching.assignment.solver")
            with self.world.running(service, "solve_assignment"):
                answer = solver.handler(event, Context())
        else:
            answer = self.world.call(service, "resolve_recipients", event)
        told = json.dumps(answer).encode()
        assert len(told) <= MAX_PAYLOAD_BYTES
        return {"Payload": _Body(told)}


class _Body:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self) -> bytes:
        return self.data


class World:
    """The system under test. Use it through the `world` fixture."""

    def __init__(self, services: tuple[str, ...] = SERVICES) -> None:
        self.ahead = timedelta()
        self.dynamodb = ConsistentDynamoDB()
        self.queue = MemoryQueue()
        self.apps: dict[str, ModuleType] = {}
        self.bus = MemoryBus(self)
        self.functions = MemoryLambda(self)
        self.files = MemoryS3()
        self.kms = FakeKms()
        self.parameters = MemoryParameters()
        self.copies = 1
        self.shuffle: random.Random | None = None
        self.current: tuple[str, str] | None = None
        self.allowed = set[tuple[tuple[str, str], Need]]()
        self.refused: dict[str, None] = {}
        self.clients = {
            name: Guarded(name, partial(getattr, self, place), self.must_be_allowed)
            for name, place in CLIENTS.items()
        }
        self.stores = {name: self._store(name) for name in services}
        self.environment: dict[str, str] = {}

    def load(self) -> None:
        """Import the services' apps, each in its own environment."""
        for name in self.stores:
            with self.service(name):
                self.apps[name] = importlib.import_module(f"services.{name}.app")

    def _store(self, name: str) -> Store:
        def nudge(keys: list[Any], jobs: bool) -> None:
            self.must_be_allowed(Need("sqs:SendMessage", name + JOBS * jobs))
            bodies = [json.dumps({"due": [key.pk, key.sk]}) for key in keys]
            self.queue.messages[name + JOBS * jobs] += bodies

        tables = Tables(*(f"{name}-{table}" for table in ("data", "outbox", "audit", "keys")))
        return Store(self.client("dynamodb"), tables, nudge=nudge)

    @contextmanager
    def service(self, name: str) -> Iterator[None]:
        """Whatever runs inside runs in a container of that service."""
        inside = environment_of(name) | self.environment
        # Laid over the real one, which takes a system call for each variable.
        before, os.environ = os.environ, ChainMap(inside, os.environ)  # type: ignore[assignment]
        keyring.from_env.cache_clear()
        try:
            yield
        finally:
            os.environ = before  # noqa: B003
            keyring.from_env.cache_clear()

    def client(self, name: str) -> Any:
        """What `shared.aws.client` answers in this world."""
        return self.clients[name]

    @contextmanager
    def running(self, service: str, function: str, stack: str = "") -> Iterator[None]:
        """Whatever runs inside is that function, and may do what its role allows."""
        before, self.current = self.current, (stack or service, function)
        try:
            with self.service(service):
                yield
        finally:
            self.current = before

    def must_be_allowed(self, need: Need) -> None:
        """Refuse what the running function's role does not allow; a test itself may do all."""
        if self.current is None or (self.current, need) in self.allowed:
            return
        role = role_of(*self.current)
        if not role.allows(need):
            error = refusal(need, role.name)
            self.refused[str(error)] = None
            raise error
        self.allowed.add((self.current, need))

    def reference(self, provider: Callable[[], ReferenceProvider]) -> ReferenceProvider:
        """Give the reference data to a function that may read them, whatever another has kept."""
        self.must_be_allowed(Need("dynamodb:GetItem", REFERENCE))
        return provider()

    def api(self, service: str, principal: Principal | None = None) -> Api:
        """The service's HTTP API, called as that principal."""

        def within(path: str) -> AbstractContextManager[None]:
            own = hasattr(self.apps[service], "take_updates") and path.startswith(WEBHOOKS)
            return self.running(service, "take_updates" if own else "api")

        return Api(self.apps[service].app, within=within).as_(principal)

    def call(self, service: str, function: str, event: Item) -> Any:
        """Invoke one of the service's Lambda functions."""
        with self.running(service, function):
            return getattr(self.apps[service], function)(event, Context())

    # time and motion

    def set_time(self, moment: datetime) -> None:
        """Put business time at that moment without running anything."""
        self.ahead = moment - clock.wall()

    def advance(self, to: datetime) -> None:
        """Move business time and let everything that falls due happen."""
        self.set_time(to)
        self.sweep()
        self.settle()

    def sweep(self) -> None:
        """One minute tick of every service."""
        for name in self.apps:
            self.call(name, "sweep_deadlines", {})

    def settle(self) -> None:
        """Carry events and due ids until nothing moves."""
        for _ in range(ROUNDS):
            if not self._publish() and not self._deliver():
                return
        raise AssertionError("the system does not come to rest")

    def _publish(self) -> int:
        images, self.dynamodb.streamed = self.dynamodb.streamed, []
        moved = 0
        for name, store in self.stores.items():
            mine = [image for table, image in images if table == f"{name}-outbox"]
            if mine:
                with self.running(name, "relay_outbox"):
                    moved += outbox.publish(mine, store, self.client("events"), "ryadom")
        return moved

    def _deliver(self) -> int:
        moved = 0
        for name in self.apps:
            moved += self._take(name, name, "on_messages", at_once=10)
            moved += self._take(name, name + JOBS, "on_jobs", at_once=1)
        return moved

    def _take(self, name: str, queue: str, function: str, at_once: int) -> int:
        bodies, self.queue.messages[queue] = self.queue.messages[queue], []
        if self.shuffle:
            self.shuffle.shuffle(bodies)
        for start in range(0, len(bodies), at_once):
            self._batch(name, function, bodies[start : start + at_once])
        return len(bodies)

    def _batch(self, name: str, function: str, bodies: list[str]) -> None:
        records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
        answer = self.call(name, function, {"Records": records})
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        assert not failed, f"{name} could not handle {[bodies[int(n)][:300] for n in failed]}"

    def rows(self, table: str) -> list[Item]:
        """All rows of a table."""
        return list(self.dynamodb.rows(table).values())

    def events(self, kind: str | None = None) -> list[Item]:
        """The bodies published so far, all or of one type."""
        return [body for body in self.bus.log if kind in (None, body["type"])]


def at(text: str) -> datetime:
    """A moment in the demo region's time (UTC+4), e.g. `at("2026-09-14 09:40")`."""
    return datetime.fromisoformat(f"{text}+04:00").astimezone(UTC)


@contextmanager
def world_at(start: datetime, services: tuple[str, ...] = SERVICES) -> Iterator[World]:
    """A world whose business time begins at `start`; aws clients are this world's own."""
    real_store, real_client, real_provider = connection.store, aws.client, table.provider
    real_offset = clock.offset
    forget_services()
    try:
        world = World(services)
        clock.offset = lambda: world.ahead  # as from its file, which is read at each question
        aws.client = world.client  # type: ignore[assignment]
        connection.store = lambda: world.stores[os.environ["SERVICE"]]  # type: ignore[assignment]
        table.provider = partial(world.reference, real_provider)  # type: ignore[assignment]
        world.set_time(start)
        world.load()
        yield world
        assert not world.refused, "AWS would refuse this: " + "; ".join(world.refused)
    finally:
        aws.client, connection.store, table.provider = real_client, real_store, real_provider
        clock.offset = real_offset
        forget_services()
