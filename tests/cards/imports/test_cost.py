"""What a long table costs: calls to the database, readings of the file."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from shared.storage import office_tables
from tests.cards.api_client import LEADER, CardsClient
from tests.cards.imports.uploads import run, text, upload
from tests.support.memory_aws import JOBS
from tests.support.memory_s3 import MemoryS3

ROWS = 100
CALLS = (
    "get_item", "batch_get_item", "query", "put_item", "update_item", "delete_item",
    "transact_write_items",
)  # fmt: skip


@pytest.fixture
def calls(client: CardsClient, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each operation of the database is called."""
    counted: Counter[str] = Counter()
    tables = client.world.dynamodb

    def counting(name: str, real: Any, **request: Any) -> Any:
        counted[name] += 1
        return real(**request)

    for name in CALLS:
        monkeypatch.setattr(tables, name, partial(counting, name, getattr(tables, name)))
    return counted


def test_a_row_costs_a_commit_and_one_read_and_its_step_a_few(
    client: CardsClient, s3: MemoryS3, calls: Counter[str]
) -> None:
    rows = [f"FP-{n};D01;да;;;Мария;8 921 123-{n:04d}" for n in range(ROWS)]
    batch = upload(client, s3, text(*rows), dry_run=False)
    client.done(LEADER, f"/v1/batches/{batch}/start")
    calls.clear()
    queue = client.world.queue.messages["cards" + JOBS]

    while queue:
        client.world.call(
            "cards", "on_jobs", {"Records": [{"messageId": "1", "body": queue.pop()}]}
        )

    spent = calls.total()
    assert client.get(LEADER, f"/v1/batches/{batch}").json["accepted"] == ROWS
    assert spent / ROWS <= 2.2, calls


def test_a_file_is_read_and_laid_out_once_and_not_by_each_step(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[bytes] = []
    lay_out = office_tables.lay_out

    def counting(content: bytes, columns: Any) -> Any:
        laid_out.append(content)
        return lay_out(content, columns)

    monkeypatch.setattr(office_tables, "lay_out", counting)
    content = text(*(f"FP-{n};D01;да;;;;" for n in range(ROWS)))

    assert run(client, upload(client, s3, content))["accepted"] == ROWS

    assert laid_out == [content]
