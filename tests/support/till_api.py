"""The till beside a world: a fifth app over the tables of cards."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.cards.till import app as till_app
from services.cards.till.repository import TillRepository
from shared import keyring
from shared.storage.tables import TableAccess, Tables
from tests.support.api import Answer, Api
from tests.support.world import World


class TillApi:
    """The till's API over a world's tables, as Lambda calls it."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        with world.service("cards"):
            tables = TableAccess(world.client("dynamodb"), Tables("cards-data", "cards-outbox"))
            found = TillRepository(tables, keyring.from_env())
        monkeypatch.setattr(TillRepository, "connect", lambda: found)

    def post(self, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """A request of a cash desk."""
        with self.world.running("cards", "api", stack="till"):
            return Api(till_app.app).post(path, body, headers=headers)

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """A question of a cash desk."""
        with self.world.running("cards", "api", stack="till"):
            return Api(till_app.app).get(path, headers=headers)
