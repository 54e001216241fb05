"""Any table ends, done or failed in words, and leaves no name and no phone behind."""

from datetime import timedelta
from typing import Any

import pytest

from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from shared import clock
from shared.messaging import deadlines
from shared.storage.command_context import CommandContext
from shared.table_imports import steps
from tests.cards.api_client import LEADER, CardsClient
from tests.cards.imports.uploads import GOOD, result, run, text, upload
from tests.support.api import Answer
from tests.support.memory_s3 import MemoryS3


def later(client: CardsClient, **more: float) -> None:
    with client.world.service("cards"):
        moment = clock.now() + timedelta(**more)
    client.world.advance(moment)


def shown(client: CardsClient, batch: str) -> dict[str, Any]:
    return dict(client.get(LEADER, f"/v1/batches/{batch}").json)


def left(s3: MemoryS3, batch: str) -> set[str]:
    return {name.rpartition("/")[2] for name in s3.objects if batch in name}


def test_a_file_replaced_after_the_start_changes_nothing(client: CardsClient, s3: MemoryS3) -> None:
    batch = upload(client, s3, text(*GOOD), dry_run=False)
    client.done(LEADER, f"/v1/batches/{batch}/start")
    s3.objects[f"batches/{batch}/upload"] = text("FP-666;D01;да;;;;")
    client.world.settle()

    assert (shown(client, batch)["status"], shown(client, batch)["accepted"]) == ("done", 3)
    assert "FP-666" not in {c["holder_ref"] for c in client.get(LEADER, "/v1/cards").json["items"]}


def test_a_second_start_with_another_file_changes_nothing(
    client: CardsClient, s3: MemoryS3
) -> None:
    batch = upload(client, s3, text(*GOOD), dry_run=False)
    client.done(LEADER, f"/v1/batches/{batch}/start")
    s3.objects[f"batches/{batch}/upload"] = text("FP-666;D01;да;;;;")

    again = client.post(LEADER, f"/v1/batches/{batch}/start")

    assert (again.status, again.code) == (409, "table_running")
    client.world.settle()
    assert shown(client, batch)["accepted"] == 3


def test_a_start_after_the_end_asks_for_no_file(client: CardsClient, s3: MemoryS3) -> None:
    batch = upload(client, s3, text(*GOOD), dry_run=False)
    client.done(LEADER, f"/v1/batches/{batch}/start")
    client.world.settle()
    assert f"batches/{batch}/upload" not in s3.objects

    again = client.post(LEADER, f"/v1/batches/{batch}/start")

    assert (again.status, again.code) == (409, "table_done")


@pytest.mark.parametrize("content", [text(*GOOD), b"x;y\n"], ids=["done", "failed"])
def test_only_the_result_outlives_the_work(
    client: CardsClient, s3: MemoryS3, content: bytes
) -> None:
    batch = upload(client, s3, content, dry_run=False)

    ended = run(client, batch)

    assert left(s3, batch) == ({"result.csv"} if ended["status"] == "done" else set())
    assert "Мария".encode() not in b"".join(s3.objects.values())


def test_what_comes_by_the_link_after_the_end_is_deleted_too(
    client: CardsClient, s3: MemoryS3
) -> None:
    batch = upload(client, s3, text(*GOOD))
    run(client, batch)
    s3.objects[f"batches/{batch}/upload"] = b"late"

    later(client, minutes=17)

    assert left(s3, batch) == {"result.csv"}


def test_a_result_that_the_store_has_deleted_is_told_in_words(
    client: CardsClient, s3: MemoryS3
) -> None:
    """The row lives longer than the file where codes on paper were given up, or taken late."""
    batch = upload(client, s3, text(*GOOD), dry_run=False)
    run(client, batch)
    del s3.objects[f"batches/{batch}/result.csv"]

    gone = client.get(LEADER, f"/v1/batches/{batch}/result")

    assert (gone.status, gone.code) == (409, "table_result_gone")
    assert "30 дней" in gone.json["detail"]
    assert shown(client, batch)["accepted"] == 3


def test_a_start_without_a_file_says_what_to_do_when_the_link_is_dead(client: CardsClient) -> None:
    batch = client.post(LEADER, "/v1/batches", region="ZR").json["id"]
    later(client, minutes=16)

    refused = client.post(LEADER, f"/v1/batches/{batch}/start")

    assert (refused.status, refused.code) == (409, "file_missing")
    assert "начните сначала" in refused.json["detail"]


def test_a_link_is_given_until_the_work_begins(client: CardsClient, s3: MemoryS3) -> None:
    def again() -> Answer:
        return client.post(LEADER, "/v1/batches", "one", region="ZR")

    first = again()
    assert again().json["upload_url"]
    s3.objects[f"batches/{first.json['id']}/upload"] = text(*GOOD)
    run(client, first.json["id"])

    assert again().json["upload_url"] is None


def test_a_table_that_nobody_starts_fails_in_words_after_a_day(
    client: CardsClient, s3: MemoryS3
) -> None:
    batch = upload(client, s3, text(*GOOD))

    later(client, hours=25)

    assert shown(client, batch)["status"] == "failed"
    assert "сутки" in shown(client, batch)["failure"]
    assert left(s3, batch) == set()


@pytest.mark.parametrize("gone", ["input-", "rows.jsonl"])
def test_a_file_that_is_lost_on_the_way_is_a_reason(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    batch = upload(client, s3, text(*(f"FP-{n};D01;да;;;;" for n in range(60))), dry_run=False)
    read = s3.get_object

    def losing(**request: Any) -> Any:
        if gone in request["Key"] and not (gone == "rows.jsonl" and "bytes=0-" in request["Range"]):
            s3.objects.pop(request["Key"])
        return read(**request)

    monkeypatch.setattr(s3, "get_object", losing)
    ended = run(client, batch)

    assert (ended["status"], bool(ended["failure"])) == ("failed", True)
    assert len(client.events("CardIssued")) == ended["accepted"]
    if ended["accepted"]:  # what was issued before is told
        assert client.get(LEADER, f"/v1/batches/{batch}/result").status == 200
        assert len(result(s3, batch)) == 1 + ended["accepted"]
        assert client.events("PaperCodesWaiting")[0]["cards"] == ended["accepted"]


def test_a_step_that_never_succeeds_ends_in_words_and_what_was_issued_before_is_told(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Cards.save_card

    def broken(self: Cards, context: CommandContext, card: Card, *more: Any, **named: Any) -> Any:
        if card.holder_ref == "FP-3":
            raise ZeroDivisionError
        return save(self, context, card, *more, **named)

    monkeypatch.setattr(Cards, "save_card", broken)
    monkeypatch.setattr(steps, "ROWS", 2)
    batch = upload(client, s3, text(*(f"FP-{n};D01;да;;;;" for n in range(4))), dry_run=False)
    client.done(LEADER, f"/v1/batches/{batch}/start")
    for _ in range(deadlines.JOB_TRIES + 2):
        later(client, hours=2)

    assert shown(client, batch)["status"] == "failed"
    assert "остановлена" in shown(client, batch)["failure"]
    assert left(s3, batch) == {"result.csv"}
    (waiting,) = client.events("PaperCodesWaiting")
    assert waiting["cards"] == shown(client, batch)["on_paper"] == 2
    client.done(LEADER, f"/v1/batches/{batch}/codes")


@pytest.mark.parametrize(
    ("during", "status", "cards"), [("FP-3", "cancelled", 4), ("FP-5", "done", 6)]
)
def test_a_table_that_is_cancelled_in_a_step_tells_what_the_step_gave(
    client: CardsClient,
    s3: MemoryS3,
    monkeypatch: pytest.MonkeyPatch,
    during: str,
    status: str,
    cards: int,
) -> None:
    save = Cards.save_card
    answers: list[Answer] = []

    def slow(self: Cards, context: CommandContext, card: Card, *more: Any, **named: Any) -> Any:
        if card.holder_ref == during and not answers:
            with monkeypatch.context() as as_it_was:
                as_it_was.setattr(Cards, "save_card", save)
                answers.extend(client.post(LEADER, f"{one}/cancel") for _ in range(2))
        return save(self, context, card, *more, **named)

    monkeypatch.setattr(Cards, "save_card", slow)
    monkeypatch.setattr(steps, "ROWS", 2)
    batch = upload(client, s3, text(*(f"FP-{n};D01;да;;;;" for n in range(6))), dry_run=False)
    one = f"/v1/batches/{batch}"
    ended = run(client, batch)

    assert [each.status for each in answers] == [200, 409]
    assert answers[1].code == "table_cancelling"
    assert (ended["status"], ended["accepted"], ended["failure"]) == (status, cards, None)
    assert len(client.events("CardIssued")) == cards == len(result(s3, batch)) - 1
    assert [each["cards"] for each in client.events("PaperCodesWaiting")] == [cards]
    assert left(s3, batch) == {"result.csv"}
    again = client.post(LEADER, f"{one}/start")
    assert (again.status, again.code) == (409, f"table_{status}")


@pytest.mark.parametrize("started", [False, True])
def test_a_table_that_is_cancelled_before_its_first_row_is_over_at_once(
    client: CardsClient, s3: MemoryS3, started: bool
) -> None:
    batch = upload(client, s3, text(*GOOD), dry_run=False)
    if started:
        client.done(LEADER, f"/v1/batches/{batch}/start")
    cancelled = client.post(LEADER, f"/v1/batches/{batch}/cancel")

    assert (cancelled.status, shown(client, batch)["status"]) == (200, "cancelled")
    client.world.settle()
    assert (left(s3, batch), client.events("CardIssued")) == (set(), [])
