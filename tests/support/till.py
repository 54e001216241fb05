"""The till beside a world: a fifth app over the tables of cards."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.cards.till import app as till_app
from services.cards.till.repository import CallRefused, Rows
from services.cards.till.use_cases import Till
from shared import secrets
from tests.support.world import World

_METHODS = {
    "BatchGetItem": "batch_get_item",
    "PutItem": "put_item",
    "TransactWriteItems": "transact_write_items",
}


class TillOf:
    """The till's API over a world's tables, as Lambda calls it."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        with world.service("cards"):
            found = Till(Rows(self, "cards-data", "cards-outbox"), secrets.from_env())
        monkeypatch.setattr(till_app, "till", lambda: found)

    def call(self, operation: str, request: dict[str, Any]) -> Any:
        """The till's port to the tables."""
        try:
            return getattr(self.world.dynamodb, _METHODS[operation])(**request)
        except Exception as error:
            told: Any = getattr(error, "response", None)
            if told is None:
                raise
            raise CallRefused(
                told["Error"]["Code"], told.get("CancellationReasons") or [told]
            ) from None

    def post(self, path: str, body: Any, headers: Mapping[str, str]) -> dict[str, Any]:
        """A request of a cash desk: the proxy answer."""
        event = {
            "httpMethod": "POST",
            "path": path,
            "headers": {"Content-Type": "application/json", **headers},
            "body": json.dumps(body),
            "requestContext": {"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"},
        }
        with self.world.service("cards"):
            return till_app.app(event, None)
