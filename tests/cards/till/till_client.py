"""A store, its key and some cards over tables in memory or in moto, and a till that serves them."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest

from services.cards import qr_codes, till_read_model
from services.cards.till import app as till_app
from services.cards.till.repository import TillRepository
from services.cards.till_read_model import CardTill, KeyTill, OfferSpan, PartnerTill, StoreKeyParts
from shared import budget, clock
from shared.keyring import Secrets
from shared.storage.tables import TableAccess, Tables
from tests.support.api import Api
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.roles import Guarded, Need, refusal, role_of
from tests.support.store_fixtures import fixed_secrets

Item = dict[str, Any]
DATA, OUTBOX = "cards-data", "cards-outbox"
NOON = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)
CARD = "1000000000000009"


class ForwardingClient:
    """A low-level client that hands every call to another one."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def batch_get_item(self, **request: Any) -> Item:
        return self.call("batch_get_item", request)

    def put_item(self, **request: Any) -> Item:
        return self.call("put_item", request)

    def transact_write_items(self, **request: Any) -> Item:
        return self.call("transact_write_items", request)

    def call(self, operation: str, request: Item) -> Item:
        """Any of them."""
        answer: Item = getattr(self.client, operation)(**request)
        return answer


class RecordingClient(ForwardingClient):
    """Keeps every call, and lets something happen right before one of them."""

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.calls: list[tuple[str, Item]] = []
        self.before: dict[str, Callable[[], None]] = {}

    def call(self, operation: str, request: Item) -> Item:
        happening = self.before.pop(operation, None)
        if happening is not None:
            happening()
        named = operation.title().replace("_", "")
        self.calls.append((named, json.loads(json.dumps(request))))
        return super().call(operation, request)

    def taken(self) -> list[tuple[str, Item]]:
        """The calls since the last time somebody asked."""
        calls, self.calls = self.calls, []
        return calls


def proxied(method: str, path: str, headers: Any, body: str | None) -> Item:
    """What the gateway hands over, whether or not a route is there."""
    return Api(till_app.app).event(method, path.removeprefix("/till"), body, headers, {})


def till_over(client: Any, secrets: Secrets) -> TillRepository:
    """A till over any low-level client, which may do what its role allows."""
    guarded = Guarded("dynamodb", lambda: client, _must_be_allowed)
    return TillRepository(TableAccess(guarded, Tables(DATA, OUTBOX)), secrets)


@cache
def _must_be_allowed(need: Need) -> None:
    role = role_of("till", "api")
    with patch.dict(os.environ, DATA_TABLE=DATA, OUTBOX_TABLE=OUTBOX):
        if not role.allows(need):
            raise refusal(need, role.name)


@dataclass
class Shop:
    """One outlet with its key, as a partner knows it."""

    partner_id: str = "par_01JPARTNER"
    outlet_id: str = "out_01JOUTLET"
    key_id: str = "key_01JKEY"
    secret: str = "s3cret"
    sandbox: bool = False
    number: int = 1

    @property
    def api_key(self) -> str:
        """The text in the till's settings."""
        return till_read_model.write_store_key(
            StoreKeyParts(self.partner_id, self.key_id, self.secret, self.sandbox)
        )


@dataclass
class TillAnswer:
    """What came back over the edge."""

    status: int
    headers: dict[str, str]
    body: Item


@dataclass
class TillClient:
    """The till under test: tables, secrets, and the app as Lambda calls it."""

    client: Any
    secrets: Any = field(default_factory=lambda: fixed_secrets("cards"))

    def __post_init__(self) -> None:
        self.recorder = RecordingClient(self.client)
        self.till = till_over(self.recorder, self.secrets)
        self.repeats = 0

    # what the registry and the partners write ---------------------------------------------

    def put(self, key: tuple[str, str], attributes: Item) -> None:
        """Write a row as the cards service does."""
        stored: Item = {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
        for name, value in attributes.items():
            if isinstance(value, bool):
                stored[name] = {"BOOL": value}
            else:
                stored[name] = {"N": str(value)} if isinstance(value, int) else {"S": value}
        self.client.put_item(TableName=DATA, Item=stored)

    def partner(
        self, shop: Shop, status: str = "active", offers: list[OfferSpan] | None = None
    ) -> None:
        """The partner with one outlet; 7 % from always if nothing else is said."""
        offers = [OfferSpan("ofr_1", 7, 0, 0)] if offers is None else offers
        row = PartnerTill(shop.partner_id, status, "ZR", "Europe/Samara", offers=offers)
        self.put(
            till_read_model.partner_key(shop.partner_id), till_read_model.partner_attributes(row)
        )

    def key(self, shop: Shop, status: str = "live", expires: int = 2**33) -> None:
        """The store key."""
        row = KeyTill(
            shop.partner_id,
            shop.key_id,
            shop.outlet_id,
            till_read_model.secret_hash(shop.secret),
            status,
            expires,
            shop.sandbox,
            outlet_number=shop.number,
        )
        self.put(
            till_read_model.store_key(shop.partner_id, shop.key_id),
            till_read_model.key_attributes(row),
        )

    def shop(self, **more: Any) -> Shop:
        """An active partner with a live key."""
        shop = Shop(**more)
        self.partner(shop)
        self.key(shop)
        return shop

    def card(
        self, number: str, status: str = "active", generation: int = 1, printed: int = 0
    ) -> str:
        """A card row; its handle. Phone and paper have one generation unless another is given."""
        handle = self.handle(number)
        row = CardTill(handle, f"crd_{number}", status, generation, printed or generation)
        self.put(till_read_model.card_key(handle), till_read_model.card_attributes(row))
        return handle

    # what families hold -------------------------------------------------------------------

    def handle(self, number: str) -> str:
        return till_read_model.handle_of(self.secrets.child(till_read_model.NUMBER_KEY), number)

    def static_code(self, number: str, generation: int = 1) -> str:
        key = self.secrets.child(qr_codes.STATIC_KEY)
        return qr_codes.static_token(key, self.handle(number), generation)

    def turning_code(self, number: str, moment: datetime | None = None, generation: int = 1) -> str:
        """What the phone of that card shows at a moment."""
        key = self.secrets.child(qr_codes.ROTATING_KEY)
        secret = qr_codes.rotating_secret(key, self.handle(number), generation)
        step = qr_codes.step_at((moment or clock.wall()).timestamp())
        return qr_codes.rotating_token(secret, self.handle(number), generation, step)

    # what a cash desk does ----------------------------------------------------------------

    def post(
        self,
        path: str,
        body: Any,
        shop: Shop | None,
        repeat: str | None = "",
        headers: dict[str, str] | None = None,
    ) -> TillAnswer:
        """One request through the edge; a fresh `Idempotency-Key` unless one is given."""
        self.repeats += 1
        sent = {"Content-Type": "application/json"} | (headers or {})
        if shop is not None:
            sent["X-API-Key"] = shop.api_key
        if repeat is not None:
            sent["Idempotency-Key"] = repeat or f"r-{self.repeats}"
        event = proxied("POST", path, sent, body if isinstance(body, str) else json.dumps(body))
        event["requestContext"]["requestId"] = f"00000000-0000-4000-8000-{self.repeats:012d}"
        answer = till_app.app(event, None)
        return TillAnswer(answer["statusCode"], answer["headers"], json.loads(answer["body"]))

    def outlet(self, shop: Shop) -> TillAnswer:
        event = proxied("GET", "/v1/outlet", {"X-API-Key": shop.api_key}, None)
        answer = till_app.app(event, None)
        return TillAnswer(answer["statusCode"], answer["headers"], json.loads(answer["body"]))

    def check(self, shop: Shop, repeat: str = "", **body: Any) -> TillAnswer:
        return self.post("/v1/card-checks", body, shop, repeat)

    def buy(
        self, shop: Shop, check_id: str, amount: Any = 200_000, repeat: str = "", **more: Any
    ) -> TillAnswer:
        body = {"amount_kopecks": amount, "receipt_id": "0001-42"} | more
        return self.post(f"/v1/card-checks/{check_id}/purchase", body, shop, repeat)

    def roll_back(self, shop: Shop, check_id: str, repeat: str = "", **body: Any) -> TillAnswer:
        return self.post(f"/v1/card-checks/{check_id}/rollback", body, shop, repeat)

    def key_row(self, shop: Shop) -> Item:
        """What is stored of a key, with the till's counters."""
        assert isinstance(self.client, MemoryDynamoDB)
        return dict(self.client.rows(DATA)[till_read_model.store_key(shop.partner_id, shop.key_id)])

    def tried(self, shop: Shop, tries: int, bad: int = 0, minutes_ago: int = 0) -> None:
        """Let a key have been tried so often in a minute."""
        minute = int(clock.wall().timestamp()) // 60 - minutes_ago
        self._counted(self.key_row(shop), minute=minute, tries=tries, bad=bad)

    def used(self, number: str, uses: int, days_ago: int = 0) -> None:
        """Let a card have been used so often on a day."""
        day = int(clock.wall().timestamp()) // (24 * 3600) - days_ago
        self._counted(self.card_row(number), day=day, uses=uses)

    def _counted(self, row: Item, **counters: int) -> None:
        counted = {f"till_{name}": {"N": str(value)} for name, value in counters.items()}
        self.client.put_item(TableName=DATA, Item=row | counted)

    def tries(self, shop: Shop) -> int:
        """How often a key was tried in its latest minute."""
        return int(self.key_row(shop)["till_tries"]["N"])

    def card_row(self, number: str) -> Item:
        """What is stored of a card, with the till's counters."""
        assert isinstance(self.client, MemoryDynamoDB)
        return dict(self.client.rows(DATA)[till_read_model.card_key(self.handle(number))])

    def uses(self, number: str) -> int:
        """How often a card was used on its latest day."""
        return int(self.card_row(number)["till_uses"]["N"])

    def records(self) -> dict[tuple[str, str], Item]:
        """What the till has left in the outbox table."""
        assert isinstance(self.client, MemoryDynamoDB)
        return self.client.rows(OUTBOX)


class Clock:
    """A clock that the test moves."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@contextmanager
def serving(till_client: TillClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The app served by this kit, on a clock that stands still until moved; nobody gives way."""
    moved = Clock(NOON)
    monkeypatch.setattr(budget, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(clock, "wall", lambda: moved.moment)
    monkeypatch.setattr(clock, "now", lambda: moved.moment)
    monkeypatch.setattr(TillRepository, "connect", lambda: till_client.till)
    yield moved
