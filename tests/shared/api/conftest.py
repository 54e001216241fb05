"""The sample service, without a table and with one."""

from collections.abc import Iterator

import pytest

from shared import budget
from shared.storage import connection
from tests.shared.api.callers import HQ
from tests.shared.api.sample_app import Shelf, app
from tests.support.api import Api
from tests.support.store_fixtures import moto_store, use_secrets


@pytest.fixture
def api() -> Api:
    return Api(app).as_(HQ)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    use_secrets(monkeypatch)
    monkeypatch.setattr(budget, "give_way", lambda _: None)
    with moto_store() as store:
        monkeypatch.setattr(connection, "store", lambda: store)
        Shelf.store, Shelf.runs, Shelf.losing = store, 0, 0
        yield Api(app).as_(HQ)
