"""A gateway and owners of contacts that fail on demand, and notifications between them."""

import io
import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from services.notifications import app
from services.notifications.channels.port import (
    Arrival,
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    OutgoingMessage,
    Sending,
)
from services.notifications.messages.repository import Messages
from shared import clock
from shared.events.base import Event, to_cloud_event
from shared.messaging.recipients import Addressee, RecipientQuery, Refused, answer
from shared.messaging.template_variables import declared
from shared.principal import Principal, system
from shared.privacy.contact import Contact
from shared.storage.command_context import CommandContext
from shared.storage.store import Store
from tests.support.world import World

README = Path(app.__file__).parent / "README.md"
CASE, FAMILY, REQUEST, GUARDIAN, MATCH, CARD = (
    f"{prefix}_01J8000000000000000000000A" for prefix in ("cas", "fam", "req", "gua", "mat", "crd")
)
OF_CASE = {"region": "ZR", "case_id": CASE, "family_id": FAMILY}
OF_MATCH = {**OF_CASE, "match_id": MATCH, "guardian_id": GUARDIAN}
OF_CARD = {
    "region": "ZR",
    "card_id": CARD,
    "holder_ref": "fp-1",
    "issued_month": "2026-09",
    "district_id": "D05",
}
OF_HOLDER = {**OF_CARD, "holder_id": "hol_1"}
ASKED = {
    **OF_CASE,
    "request_id": REQUEST,
    "channel": "hotline",
    "initiated_by": "self",
    "purpose": "hardship",
    "confidentiality": "confidential",
}

HQ = Principal("usr_1", "person", "regional_hq", ("regional_hq",), ("ZR",))
HQ_ELSEWHERE = Principal("usr_2", "person", "regional_hq", ("regional_hq",), ("YY",))
FEDERAL = Principal("usr_3", "person", "federal_hq", ("federal_hq",), ("*",))
OPERATIONS = Principal("usr_4", "person", "operations", ("operations",), ("*",))
LEADER = Principal("usr_5", "person", "community_leader", ("community_leader",), ("ZR",))
COORDINATOR = Principal(
    "usr_8", "person", "volunteer_coordinator", ("volunteer_coordinator",), ("ZR",)
)
GUARDIAN_REP = Principal(
    "usr_6", "person", "guardian_rep", ("guardian_rep",), ("ZR",), org=GUARDIAN
)
# People with a token of the service that keeps their contact.
FAMILY_SIGNED_IN = Principal(FAMILY, "person", "family", ("family",), audience="intake")
HOLDER_SIGNED_IN = Principal(
    "hol_1", "person", "foster_parent", ("foster_parent",), audience="cards"
)


ADDRESS = "+79161234567"
# What the owners of contacts know beside the name.
KNOWN = {
    "number": "4824",
    "activation_code": "70211",
    "sign_in_code": "042424",
    "partner": "Магазин «Ромашка»",
    "discount": "7",
}
READERS = {
    "family": "family",
    "guardian": "guardian_rep",
    "hq": "regional_hq",
    "holder": "foster_parent",
    "office": "district_office",
}


class FakeProvider:
    """The channels of a stage with one gateway; `faults` are used up in order.

    It counts in `carried` every message it accepts: even a gateway that forgot to be idempotent
    would carry each once, because nothing is put again before it was asked.

    A fault is `taken_then_silent` (it has the message, the answer is lost), `silent` (it has not),
    `down`, or `refuse:<code>`; `deaf` makes every question go unanswered.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.deaf = False
        self.messages: dict[str, OutgoingMessage] = {}
        self.refused: dict[str, str] = {}
        self.sends: list[str] = []
        self.carried: Counter[str] = Counter()
        self.asks: list[str] = []

    def choose(self, channel: str, to: str, avoid: Collection[str] = ()) -> str | None:
        return None if "gateway" in avoid else "gateway"

    def has_room(self, name: str, urgent: bool) -> bool:
        return True

    def find_bot(self, name: str) -> None:
        return None

    def on_doubt(self, name: str) -> OnDoubt:
        return OnDoubt.ASK

    def drops_copies_for(self, name: str) -> timedelta:
        return timedelta(hours=1)

    def arrival(self, name: str) -> Arrival:
        return Arrival.ASSURED

    def send(self, name: str, message: OutgoingMessage) -> DeliveryReport:
        self.sends.append(message.message_id)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "down":
            return DeliveryReport(DeliveryStatus.ABSENT, "unreachable")
        if fault == "silent":
            return DeliveryReport(DeliveryStatus.UNKNOWN)
        if fault.startswith("refuse"):
            self.refused[message.message_id] = fault.partition(":")[2]
            return DeliveryReport(DeliveryStatus.REFUSED, fault.partition(":")[2])
        self.carried[message.message_id] += 1
        self.messages.setdefault(message.message_id, message)
        return DeliveryReport(
            DeliveryStatus.UNKNOWN if fault == "taken_then_silent" else DeliveryStatus.TAKEN
        )

    def status(self, name: str, sending: Sending) -> DeliveryReport:
        message_id = sending.message_id
        self.asks.append(message_id)
        if self.deaf:
            return DeliveryReport(DeliveryStatus.UNKNOWN)
        return DeliveryReport(
            DeliveryStatus.TAKEN if message_id in self.messages else DeliveryStatus.ABSENT
        )

    def to(self, audience: str) -> list[OutgoingMessage]:
        """What an audience has received."""
        return [
            message
            for message in self.messages.values()
            if message.recipient_role == READERS[audience]
        ]


class FakeContactOwners:
    """The private functions of the services that keep contacts."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.refusals: dict[str, str] = {}
        self.contact = Contact(name="Анна", channel="bot", address=ADDRESS, phone=ADDRESS)
        self.district: str | None = None
        self.asked: list[RecipientQuery] = []

    def invoke(self, *, FunctionName: str, Payload: bytes, **_: Any) -> dict[str, Any]:
        owner = FunctionName.removesuffix("-resolve-recipients")
        if owner in self.down:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}
        told = answer(json.loads(Payload), self._resolve, declared(owner))
        return {"Payload": io.BytesIO(json.dumps(told).encode())}

    def change(self, **fields: str | None) -> None:
        """Let the person have another contact."""
        self.contact = self.contact.model_copy(update=fields)

    def _resolve(self, ask: RecipientQuery) -> Addressee | Refused:
        self.asked.append(ask)
        if ask.reference in self.refusals:
            return Refused(reference=ask.reference, refused=self.refusals[ask.reference])
        return Addressee(self.contact, KNOWN, district_id=self.district)


@dataclass
class NotificationsHarness:
    """The service under test with its neighbours."""

    world: World
    gateway: FakeProvider
    owners: FakeContactOwners
    told: int = 0
    bodies: list[str] = field(default_factory=list)

    def body(self, event: Event, event_id: str | None = None, time: datetime | None = None) -> str:
        """The event as it lies in the queue, of that time or later than what was done."""
        self.told += 1
        if time is None:
            sleep(0.001)  # an event's time has milliseconds
        with self.world.service("notifications"):
            text = to_cloud_event(
                event,
                event_id=event_id or f"evt_{self.told:026d}",
                time=time or clock.now(),
                sequence=self.told,
                correlation_id="cor_00000000000000000000000001",
                causation_id=None,
            )
        body = json.dumps({"detail-type": event.detail_type(), "detail": json.loads(text)})
        self.bodies.append(body)
        return body

    def tell(self, event: Event, event_id: str | None = None) -> None:
        """Deliver an event and let everything it causes happen."""
        self.deliver(self.body(event, event_id))

    def deliver(self, *bodies: str) -> None:
        """Put bodies on the queue and let everything happen."""
        self.world.queue.messages["notifications"] += bodies
        self.world.settle()

    def docs(self, row_type: str) -> list[dict[str, Any]]:
        """The stored documents of one row type."""
        return [
            json.loads(row["doc"]["S"])
            for row in self.world.rows("notifications-data")
            if row.get("type", {}).get("S") == row_type
        ]

    def row_of(self, message_id: str) -> dict[str, Any]:
        """The stored document of a message."""
        rows = self.world.dynamodb.rows("notifications-data")
        found: dict[str, Any] = json.loads(rows[f"MESSAGE#{message_id}", "MESSAGE"]["doc"]["S"])
        return found

    def message(self) -> dict[str, Any]:
        """The only message there is."""
        (found,) = self.docs("MESSAGE")
        return found


def rewritten(harness: NotificationsHarness, message_id: str, **words: Any) -> None:
    """Let a message be one of an earlier release."""
    with harness.world.service("notifications"):
        messages = Messages(harness.world.stores["notifications"])
        older = messages.get(message_id).model_copy(update=words)
        messages.save(CommandContext(system("test"), "test", "cor_1"), older)


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen once, after a command has read and before it writes."""
    commit, done = Store.commit, list[object]()

    def slow(self: Store, *given: Any, **more: Any) -> Any:
        if not done:
            done.append(True)
            done.append(act())
        return commit(self, *given, **more)

    monkeypatch.setattr(Store, "commit", slow)
