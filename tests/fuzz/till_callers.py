"""The till over the tables of cards: a store with a key, and a holder's card."""

from typing import Any

import pytest

from services.cards.till import app as till_app
from services.cards.till.repository import TillRepository
from shared import clock
from shared.keyring import Secrets
from tests.cards.api_client import CardsClient
from tests.cards.till.till_client import TillClient
from tests.fuzz.callers import Caller
from tests.support.api import Api
from tests.support.world import World, at

START = at("2026-10-12 12:00")


def callers(world: World, patch: pytest.MonkeyPatch) -> dict[str, Caller]:
    """Seed the store, the card, a check with a purchase and one without."""
    kit = TillClient(world.dynamodb, Secrets("cards", lambda: b"cards".ljust(32, b".")))
    patch.setattr(clock, "now", lambda: START)
    patch.setattr(TillRepository, "connect", lambda: kit.till)
    client = CardsClient(world)
    partner, outlet = client.active_partner()
    shown = {"X-API-Key": str(client.key(partner, outlet).json["store_key"])}
    number = str(client.active_card()["number"])
    api = Api(till_app.app)

    def post(path: str, body: str, key: str) -> Any:
        answer = api.call("POST", path, body, headers=shown | {"Idempotency-Key": key})
        assert answer.status == 200, answer.text
        return answer.json

    checks = [
        str(post("/v1/card-checks", f'{{"number": "{number}"}}', f"seed-{n}")["check_id"])
        for n in range(2)
    ]
    bought = '{"amount_kopecks": 200000, "receipt_id": "0001-42"}'
    post(f"/v1/card-checks/{checks[1]}/purchase", bought, "seed-bought")
    return {
        "get_outlet": Caller(headers=shown),
        "check_card": Caller(
            body={"number": number}, keep=("number",), device=("number",), headers=shown
        ),
        "record_purchase": Caller(
            path={"check_id": checks[0]},
            body={"amount_kopecks": 200000, "receipt_id": "0001-42"},
            headers=shown,
        ),
        "roll_back_purchase": Caller(
            path={"check_id": checks[1]}, body={"amount_kopecks": 1000}, headers=shown
        ),
    }
