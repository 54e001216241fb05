"""The stories' interface over all services in one process, on a clock that stands still.

Wall and business time are one and move only with the story: a run is then the same to the
millisecond however its messages are delivered.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from demo.client import Message, Refused, Reply
from demo.stories import BEGINNING
from infra.local_platform import users
from services.notifications.channels.port import DeliveryReport, OutgoingMessage
from services.notifications.channels.registry import Channels
from shared import clock
from shared.identity.devices import Devices, holder_of
from shared.principal import Principal
from tests.notifications.fakes import FakeProvider
from tests.support.carriers import CarrierServer
from tests.support.till_api import TillApi
from tests.support.world import World, at, world_at

CHANNELS = "/ryadom/test/channels"


class Outbox(FakeProvider):
    """The outbox viewer: what was carried, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, Message] = {}

    def send(self, name: str, message: OutgoingMessage) -> DeliveryReport:
        report = super().send(name, message)
        if message.message_id in self.messages:
            told = {name: getattr(message, name) for name in message.__slots__}
            self.shown.setdefault(message.message_id, told | {"at": clock.iso(clock.now())})
        return report

    def shown_messages(self) -> list[Message]:
        """What was carried, in order."""
        return list(self.shown.values())

    def refuse_next(self, carrier: str) -> None:
        """Let the next message be refused."""
        self.faults.append("refuse:blocked")


class CarriersOutbox:
    """The outbox viewer over the carriers' fake servers."""

    def __init__(self, server: CarrierServer) -> None:
        self._server = server

    @property
    def carried(self) -> dict[str, int]:
        """How many copies of each message people have got."""
        return self._server.copies()

    def shown_messages(self) -> list[Message]:
        """What has arrived at the servers, in order."""
        return self._server.provider.messages()

    def refuse_next(self, carrier: str) -> None:
        """Let the carrier refuse its next message."""
        self._server.provider.fail("refuse", carrier=carrier)


@dataclass
class JourneyClock:
    """The one clock of a journey world."""

    moment: datetime


class JourneyWorld:
    """The client of `demo.client` over a world."""

    def __init__(
        self, world: World, outbox: Outbox | CarriersOutbox, till: TillApi, time: JourneyClock
    ) -> None:
        self.world, self.outbox, self.till, self.time = world, outbox, till, time
        self.people = {name: _principal(user) for name, user in users.load().items()}
        self.keys = 0
        self.called: set[tuple[str, str]] = set()
        self.began = 0
        self.sizes: dict[tuple[str, str], int] = {}
        self._measure_commits()

    def _measure_commits(self) -> None:
        """Keep the largest transaction of a service's actions; the audit row names the action."""
        table = self.world.dynamodb
        write = table.transact_write_items

        def measured(*, TransactItems: list[Any], **more: Any) -> Any:
            written = [step["Put"]["Item"] for step in TransactItems if "Put" in step]
            named = (row["action"]["S"] for row in written if "action" in row)
            ((first, *_), *_) = (step.values() for step in TransactItems)
            service, _, _ = first["TableName"].partition("-")
            action = service, next(named, "unnamed")
            self.sizes[action] = max(self.sizes.get(action, 0), len(TransactItems))
            return write(TransactItems=TransactItems, **more)

        table.transact_write_items = measured  # type: ignore[method-assign]

    # what people do

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
        self.keys += 1
        sent = dict(headers or {})
        if role is not None:
            sent["Ryadom-Role"] = role
        if method == "POST":
            sent["Idempotency-Key"] = key or f"key-{self.keys}"
        if if_match is not None:
            sent["If-Match"] = f'"{if_match}"'
        service = path.split("/")[1]
        if service == "till":
            reply = self._at_till(path, body, sent)
        else:
            reply = self._at_api(service, user, method, path, body, sent)
        if must and reply.status >= 400:
            raise Refused(method, path, reply)
        return reply

    def _at_till(self, path: str, body: Any, headers: dict[str, str]) -> Reply:
        self.called.add(("POST", path))
        answer = self.till.post(path, body, headers)
        return Reply(answer.status, answer.json, answer.headers)

    def _at_api(
        self,
        service: str,
        user: str | None,
        method: str,
        path: str,
        body: Any,
        headers: dict[str, str],
    ) -> Reply:
        self.called.add((method, path.partition("?")[0]))
        principal = None if user is None else self.people[user]
        api = self.world.api(service, principal)
        answer = api.call(method, path, body, headers=headers)
        plain = answer.headers.get("Content-Type", "").startswith("text/")
        said = answer.text or None if plain or not answer.text else json.loads(answer.text)
        return Reply(answer.status, said, answer.headers)

    def identity(self, user: str) -> str:
        return self.people[user].id

    def bind(self, user: str, org: str) -> None:
        self.people[user] = replace(self.people[user], org=org)

    def sign_in(self, user: str, access_token: str) -> None:
        # The authorizer goes by the machine's own clock, which no story moves.
        device = jwt.decode(access_token, options={"verify_signature": False})["sid"]
        with self.world.service("cards"):
            self.people[user] = holder_of(Devices.connect().get(device))

    # time

    def now(self) -> datetime:
        return self.time.moment

    def advance(self, to: datetime) -> datetime:
        self.settle()
        while (due := self._next_due()) is not None and due <= to:
            self.time.moment = max(due, self.time.moment)
            self.world.sweep()
            self.settle()
        self.time.moment = max(to, self.time.moment)
        self.world.sweep()
        self.settle()
        return self.time.moment

    def settle(self) -> None:
        self.world.settle()

    def _next_due(self) -> datetime | None:
        return min(
            (
                clock.parse(row["due_at"]["S"])
                for service in self.world.apps
                for row in self.world.rows(f"{service}-data")
                if "due_shard" in row
            ),
            default=None,
        )

    # what can be seen

    def messages(self) -> list[Message]:
        return self.outbox.shown_messages()

    def deliver(self, service: str, body: str) -> None:
        self.world.queue.messages[service] += [body] * self.world.copies

    def events(self) -> list[dict[str, Any]]:
        return list(self.world.bus.log)

    def quarantined(self, service: str) -> int:
        rows = self.world.rows(f"{service}-data")
        return sum(row["pk"]["S"].startswith("QUARANTINE#") for row in rows)

    def refuse_next_message(self, carrier: str) -> None:
        self.outbox.refuse_next(carrier)


def _principal(user: users.User) -> Principal:
    return Principal(
        id=user.id,
        kind="person",
        role=user.roles[0] if len(user.roles) == 1 else "",
        roles=user.roles,
        regions=user.regions,
        districts=user.districts,
        org=user.org or None,
    )


@contextmanager
def journey_world_at(
    patch: pytest.MonkeyPatch,
    start: str = BEGINNING,
    carriers: CarrierServer | None = None,
) -> Iterator[JourneyWorld]:
    """Make a journey world without data; with carriers, its messages go to their servers."""
    time = JourneyClock(at(start))
    patch.setattr(clock, "wall", lambda: time.moment.astimezone(UTC))
    environment = {"API_URL": "https://ryadom.test"}
    outbox = Outbox() if carriers is None else CarriersOutbox(carriers)
    if isinstance(outbox, Outbox):
        patch.setattr(Channels, "connect", lambda: outbox)
    with world_at(at(start)) as world:
        if carriers is not None:
            environment |= {"CHANNEL_SECRETS": CHANNELS, "AWS_DEFAULT_REGION": "us-east-1"}
            world.parameters.values[CHANNELS] = json.dumps(_all_at_once(carriers))
            carriers.carriers.now = lambda: clock.iso(time.moment)
        world.environment = environment
        yield JourneyWorld(world, outbox, TillApi(world, patch), time)


def _all_at_once(carriers: CarrierServer) -> dict[str, Any]:
    """The providers of the local stage, on a clock on which a second never passes."""
    stage = carriers.configuration()
    return {name: facts | {"per_second": 1000} for name, facts in stage.items()}
