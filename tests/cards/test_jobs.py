"""Long work goes through the queue of jobs, and ends in words when it kills its workers."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock, call

import pytest

from services.cards.imports import result_file
from services.cards.key_lists import reactions as key_lists
from services.cards.printing import pdf
from shared import clock
from shared.messaging import deadlines, sweep
from shared.storage import office_tables, rows
from tests.cards.api_client import HOLDER, LEADER, MANAGER, CardsClient
from tests.support.memory_aws import JOBS

QUEUE = "cards" + JOBS


class Killed(KeyboardInterrupt):
    """The worker is gone: nothing of it is caught."""


def kill(*_: object, **__: object) -> None:
    raise Killed


def a_batch(client: CardsClient) -> str:
    opened = client.post(LEADER, "/v1/batches", region="ZR", dry_run=False).json["id"]
    client.world.files.objects[f"batches/{opened}/upload"] = b"x;y\n1;2\n"
    client.done(LEADER, f"/v1/batches/{opened}/start")
    return f"/v1/batches/{opened}"


def a_print(client: CardsClient) -> str:
    card = client.active_card()
    return f"/v1/prints/{client.post(HOLDER, '/v1/prints', card_ids=[card['id']]).json['id']}"


def a_paper_list(client: CardsClient) -> str:
    opened = client.post(LEADER, "/v1/batches", region="ZR", dry_run=False).json["id"]
    table = "Личное дело;Район;Ребёнок в семье\nFP-71;D01;да\n".encode()
    client.world.files.objects[f"batches/{opened}/upload"] = table
    client.done(LEADER, f"/v1/batches/{opened}/start")
    client.world.settle()
    client.done(LEADER, f"/v1/batches/{opened}/codes")
    # A step may have written numbers and codes, and never committed.
    client.world.files.objects[f"paper/{opened}/part-0.csv"] = b"1000-0000-0000-0009;12345678"
    return f"/v1/batches/{opened}/codes"


def a_key_list(client: CardsClient) -> str:
    partner, _ = client.active_partner()
    client.outlet(partner)
    client.done(MANAGER, f"/v1/partners/{partner}/key-list")
    path = f"/v1/partners/{partner}/key-list"
    asked = clock.iso(clock.parse(client.get(MANAGER, path).json["asked_at"]))
    client.world.files.objects[f"keys/{partner}/{asked}/keys.csv"] = b"written, and never committed"
    return path


KINDS: list[tuple[Callable[[CardsClient], str], object, str, Any]] = [
    (a_batch, office_tables, "lay_out", LEADER),
    (a_print, pdf, "pdf_of", HOLDER),
    (a_paper_list, result_file, "on_paper", LEADER),
    (a_key_list, key_lists, "write_lines", MANAGER),
]


@pytest.mark.parametrize(("begin", "where", "name", "reader"), KINDS)
def test_a_job_whose_step_kills_three_workers_is_failed_in_words(
    client: CardsClient,
    monkeypatch: pytest.MonkeyPatch,
    begin: Callable[[CardsClient], str],
    where: object,
    name: str,
    reader: Any,
) -> None:
    monkeypatch.setattr(where, name, kill)
    counted = Mock()
    monkeypatch.setattr(deadlines, "count", counted)
    job = begin(client)
    killed = 0

    for _ in range(60):
        bodies, client.world.queue.messages[QUEUE] = client.world.queue.messages[QUEUE], []
        for body in bodies:
            try:
                client.world.call(
                    "cards", "on_jobs", {"Records": [{"messageId": "1", "body": body}]}
                )
            except Killed:
                killed += 1
        with client.world.service("cards"):
            later = clock.now() + timedelta(minutes=1)
        client.world.set_time(later)
        client.world.sweep()

    assert killed == deadlines.JOB_KILLS == 3
    assert counted.mock_calls.count(call("job_gave_up", 1)) == 1
    shown = client.get(reader, job).json
    assert shown["status"] == "failed"
    assert "остановлена" in shown["failure"]
    secret = ("paper/", "keys/")
    assert not any(name.startswith(secret) for name in client.world.files.objects)
    assert not client.world.queue.messages[QUEUE]
    assert not sweep.given_up(client.world.stores["cards"])


@pytest.mark.parametrize(("begin", "reader"), [(a_paper_list, LEADER), (a_key_list, MANAGER)])
def test_a_list_that_is_taken_while_its_end_begins_stays_to_be_fetched(
    client: CardsClient,
    monkeypatch: pytest.MonkeyPatch,
    begin: Callable[[CardsClient], str],
    reader: Any,
) -> None:
    taken = f"{begin(client)}/take"
    client.world.settle()
    put_off = deadlines._move

    def overtaken(*of: Any, **more: Any) -> bool:
        monkeypatch.setattr(deadlines, "_move", put_off)
        moved = put_off(*of, **more)
        assert client.post(reader, taken, "one").json["download_url"]
        return moved

    monkeypatch.setattr(deadlines, "_move", overtaken)
    with client.world.service("cards"):
        over = clock.now() + timedelta(minutes=16)
    client.world.advance(over)

    assert client.post(reader, taken, "one").json["download_url"]
    assert any(name.startswith(("paper/", "keys/")) for name in client.world.files.objects)


def test_jobs_never_stand_in_the_queue_of_events_and_deadlines(client: CardsClient) -> None:
    a_print(client)
    client.world.sweep()

    bodies = [json.loads(body) for body in client.world.queue.messages["cards"]]
    assert not [body for body in bodies if body.get("due", ["", ""])[1] in ("PRINT", "BATCH")]
    assert {json.loads(body)["due"][1] for body in client.world.queue.messages[QUEUE]} == {"PRINT"}


def test_the_rows_that_say_job_are_those_the_app_works_as_jobs(client: CardsClient) -> None:
    app = client.world.apps["cards"]
    a_batch(client)
    a_print(client)
    a_paper_list(client)
    a_key_list(client)

    found = {
        row["type"]["S"]: row["due_shard"]["S"] in rows.JOB_SHARDS
        for row in client.world.rows("cards-data")
        if "due_shard" in row and "type" in row
    }

    assert {name for name, job in found.items() if job} == set(app.SUBSCRIPTIONS.jobs)
    assert not set(app.SUBSCRIPTIONS.jobs) & set(app.SUBSCRIPTIONS.deadlines)
