"""Tables of holders become cards: dry run, row errors, progress, resume, result file."""

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from services.cards.imports import result_file
from services.cards.imports.domain import Batch
from services.cards.imports.kinds.holders import HOLDERS
from services.cards.imports.values import ImportedBy
from shared.storage.office_tables import lines
from shared.table_imports import steps
from shared.table_imports.domain import RowProblem
from tests.cards.api_client import HOLDER, LEADER, LEADER_Y, OFFICE, CardsClient
from tests.cards.imports.uploads import GOOD, HEADER, result, run, stored, text, upload
from tests.support.memory_aws import JOBS
from tests.support.memory_s3 import MemoryS3
from tests.support.workbooks import of_xml
from tests.support.world import at

OFFICE_FILES = Path(__file__).parents[2] / "shared" / "storage" / "office_files"
EXPECTED = tomllib.loads((OFFICE_FILES / "expected.toml").read_text("utf-8"))


@pytest.mark.alone
def test_a_table_of_three_holders_gives_three_cards(client: CardsClient, s3: MemoryS3) -> None:
    batch = upload(client, s3, text(*GOOD), dry_run=False)

    shown = run(client, batch)

    assert (shown["status"], shown["accepted"], shown["refused"]) == ("done", 3, 0)
    assert (shown["percent_done"], shown["lines_done"]) == (100, 3)
    cards = client.get(LEADER, "/v1/cards").json["items"]
    assert {card["holder_ref"] for card in cards} == {"FP-1", "FP-2", "FP-3"}
    assert len({card["id"] for card in cards}) == 3
    lines = result(s3, batch)
    assert [line[1] for line in lines[1:]] == ["FP-1", "FP-2", "FP-3"]
    assert {line[3] for line in lines[1:]} == {card["id"] for card in cards}
    assert "?get_object" in client.get(LEADER, f"/v1/batches/{batch}/result").json["download_url"]


def test_a_dry_run_tells_every_bad_line_and_issues_nothing(
    client: CardsClient, s3: MemoryS3
) -> None:
    client.issue("FP-9")
    bad = ["FP-9;D02;да;;;;", "FP-4;D99;да;;;;", "FP-8;D02;;;;;", "FP*5;D01;да;;;;",
           "FP-6;D01;;1;2026-13-01;;", "FP-7;D01;да;;;Анна;12345"]  # fmt: skip
    batch = upload(client, s3, text(*GOOD, *bad))

    shown = run(client, batch)

    assert (shown["accepted"], shown["refused"]) == (3, 6)
    found = {(p["line"], p["column"], p["code"]) for p in shown["problems"]}
    assert found == {
        (5, "Номер личного дела", "holder_has_card"),
        (6, "Район", "unknown_district"),
        (7, "Ребёнок в семье", "placement_missing"),
        (8, "Номер личного дела", "bad_file_number"),
        (9, "Дата распоряжения", "bad_day"),
        (10, "Телефон", "bad_phone"),
    }
    assert all(p["reason"] and p["reason"][0].isupper() for p in shown["problems"])
    assert len(client.get(LEADER, "/v1/cards").json["items"]) == 1
    assert [line[2] for line in result(s3, batch)[1:4]] == ["карту можно выдать"] * 3


def test_a_long_table_is_worked_in_steps_and_resumes_after_a_crash(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"FP-{n};D01;да;;;;" for n in range(101)]
    batch = upload(client, s3, text(*lines), dry_run=False)
    write, crashes = s3.put_object, iter([True, False, True])

    def crashing(**request: Any) -> None:
        if "part-" in request["Key"] and next(crashes, False):
            raise ClientError({"Error": {"Code": "SlowDown", "Message": ""}}, "PutObject")
        write(**request)

    monkeypatch.setattr(s3, "put_object", crashing)
    run(client, batch)
    for _ in range(4):
        client.world.advance(_later(client))

    shown = client.get(LEADER, f"/v1/batches/{batch}").json
    assert (shown["status"], shown["accepted"], shown["refused"]) == ("done", 101, 0)
    assert len(client.events("CardIssued")) == 101
    assert len(result(s3, batch)) == 102


def test_a_fault_of_many_lines_hides_no_other() -> None:
    clerk = ImportedBy(id="DO-02", role="district_office", regions=("ZR",), districts=())
    batch: Any = Batch(
        id="bat_1", region="ZR", clerk=clerk, dry_run=True,
        opened_at=at("2026-10-05 10:00"),
    )  # fmt: skip
    known, wrong = "holder_has_card", "unknown_district"
    for first, codes in ((2, [known] * 50), (52, [known] * 48 + [wrong, "bad_phone"])):
        found = [RowProblem(line=first + n, code=code, reason="…") for n, code in enumerate(codes)]
        batch = batch.worked(
            0, accepted=4, held=2, skipped=1, on_paper=0, problems=found, at=batch.opened_at
        )

    assert (batch.refused, batch.lines_done) == (100, 114)
    lines = [(each.line, each.code) for each in batch.problems]
    assert lines == [*((n, known) for n in range(2, 50)), (100, wrong), (101, "bad_phone")]


class Killed(KeyboardInterrupt):
    """The function's process is gone in the middle of its work."""


@pytest.mark.parametrize("written", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("commit", [1, 50, 51, 52])
def test_wherever_the_process_is_killed_every_line_gives_one_card(
    client: CardsClient, s3: MemoryS3, commit: int, written: bool
) -> None:
    batch = upload(client, s3, text(*[f"FP-{n};D01;да;;;;" for n in range(52)]), dry_run=False)
    client.done(LEADER, f"/v1/batches/{batch}/start")
    tables = client.world.dynamodb
    real, before = tables.transact_write_items, iter(range(commit))

    def killing(**request: Any) -> Any:
        if next(before, None) is not None:
            return real(**request)
        if written:
            real(**request)
        raise Killed

    tables.__dict__["transact_write_items"] = killing
    with pytest.raises(Killed):
        client.world.settle()
    del tables.__dict__["transact_write_items"]
    client.world.advance(_later(client))

    shown = client.get(LEADER, f"/v1/batches/{batch}").json
    assert (shown["status"], shown["accepted"], shown["refused"]) == ("done", 52, 0)
    assert len({card["holder_ref"] for card in client.events("CardIssued")}) == 52
    assert len(client.events("CardIssued")) == 52
    assert [line[1] for line in result(s3, batch)[1:]] == [f"FP-{n}" for n in range(52)]


def _later(client: CardsClient) -> Any:
    from datetime import timedelta

    from shared import clock

    with client.world.service("cards"):
        return clock.now() + timedelta(minutes=3)


def test_the_same_step_delivered_often_issues_each_card_once(
    client: CardsClient, s3: MemoryS3
) -> None:
    client.world.copies = 3
    batch = upload(client, s3, text(*[f"FP-{n};D01;да;;;;" for n in range(60)]), dry_run=False)
    client.done(LEADER, f"/v1/batches/{batch}/start")
    client.world.queue.messages["cards" + JOBS] *= 3
    client.world.settle()

    assert len(client.events("CardIssued")) == 60


@pytest.mark.parametrize("name", EXPECTED)
def test_real_files_of_offices_give_what_was_meant(
    client: CardsClient, s3: MemoryS3, name: str
) -> None:
    expected = EXPECTED[name]
    batch = upload(client, s3, (OFFICE_FILES / name).read_bytes(), dry_run=False)

    shown = run(client, batch)

    assert (shown["status"], shown["skipped"]) == ("done", len(expected["skipped"]))
    assert (shown["accepted"], shown["refused"]) == (
        len(expected["accepted"]),
        len(expected["refused"]),
    )
    listed = {card["holder_ref"]: card for card in client.get(LEADER, "/v1/cards").json["items"]}
    assert listed.keys() == {each["holder_ref"] for each in expected["accepted"]}
    for each in expected["accepted"]:
        card = listed[each["holder_ref"]]
        order = stored(client, card["id"])["entitlement"].get("order")
        assert card["district_id"] == each["district"]
        assert (order and order["ordered_on"]) == each.get("ordered_on")
        contact = client.get(LEADER, f"/v1/cards/{card['id']}/contact").json
        assert contact["phone"] == each["phone"]
    for problem, each in zip(shown["problems"], expected["refused"], strict=True):
        assert (problem["line"], problem["column"]) == (each["row"], each["column"])
        assert each["mentions"] in problem["reason"]


def test_an_office_may_write_a_district_by_its_name(client: CardsClient, s3: MemoryS3) -> None:
    rows = ["FP-1;берёзовский р-н;да;;;;", "FP-2;Березовка;да;;;;", "Берёзовский район;;;;;;",
            "FP-3;;да;;;;"]  # fmt: skip
    batch = upload(client, s3, text(*rows, "FP-4;Дальний район;да;;;;"), dry_run=False)

    shown = run(client, batch)

    assert (shown["accepted"], shown["refused"]) == (3, 1)
    cards = client.get(LEADER, "/v1/cards").json["items"]
    assert [card["district_id"] for card in cards] == ["D02"] * 3
    assert shown["problems"][0]["code"] == "unknown_district"


def test_one_holder_in_two_spellings_is_one_holder(client: CardsClient, s3: MemoryS3) -> None:
    batch = upload(client, s3, text("fp-1;d01;да;;;;", "FР-1;D01;да;;;;"), dry_run=False)

    shown = run(client, batch)

    assert (shown["accepted"], shown["refused"]) == (1, 1)
    assert shown["problems"][0]["code"] == "holder_has_card"


@pytest.mark.parametrize(
    "content",
    [b"", "Имя;Телефон\n1;2\n".encode(), HEADER.encode() + b"\n", b"no workbook",
     b"\x00\xff" * 35_000, HEADER.encode() + b"\n;;;\n",
     of_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(
    client: CardsClient, s3: MemoryS3, content: bytes
) -> None:
    batch = upload(client, s3, content)
    started = client.post(LEADER, f"/v1/batches/{batch}/start")
    if not content:
        assert (started.status, started.code) == (409, "file_empty")
        return
    client.world.settle()

    shown = client.get(LEADER, f"/v1/batches/{batch}").json
    assert shown["status"] == "failed" and shown["failure"]
    assert client.get(LEADER, f"/v1/batches/{batch}/result").code == "table_not_done"


def test_a_cell_that_looks_like_a_formula_stays_text() -> None:
    assert lines.write_lines([["=1+1", "@x", "ok"]]) == b"'=1+1;'@x;ok\r\n"
    for computed in ("\t=1+1", " +1", "\xa0-1", "＝1", "＠x"):
        (row,) = csv.reader(io.StringIO(lines.write_lines([[computed]]).decode(), newline=""))
        assert row == [f"'{computed}"]


def test_a_number_that_a_spreadsheet_would_turn_into_another_stays_what_it_is() -> None:
    turned = ["5-12", "31/1", "1.12", "1-2-26", "0123", "10E5", "123456789012"]
    kept = ["1024", "LD-5-12", "04.11.2026", "2026-09-01", "13.13", "5-12/к", "12345678901"]

    (written,) = csv.reader(io.StringIO(lines.write_lines([turned + kept]).decode()), delimiter=";")

    assert written == [*(f'="{text}"' for text in turned), *kept]
    (line,) = result_file.on_paper(
        lines.write_lines([["2", "5-12", "", "crd_1", "отдать на бумаге"]]), HOLDERS
    )
    assert line.key == "5-12"


def test_batches_belong_to_leaders_of_the_territory(client: CardsClient, s3: MemoryS3) -> None:
    batch = upload(client, s3, text(*GOOD))

    assert client.post(HOLDER, "/v1/batches", region="ZR").status == 403
    assert client.post(LEADER_Y, "/v1/batches", region="ZR").status == 404
    assert client.post(LEADER, "/v1/batches", region="QQ").code == "unknown_region"
    assert client.get(LEADER_Y, f"/v1/batches/{batch}").status == 404
    assert client.get(OFFICE, f"/v1/batches/{batch}").status == 404


def test_the_result_of_many_steps_is_gathered_in_order(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "ROWS", 2)
    monkeypatch.setattr(lines, "GATHERED", 3)
    batch = upload(client, s3, text(*[f"FP-{n};D01;да;;;;" for n in range(27)]))

    assert run(client, batch)["accepted"] == 27

    assert [line[1] for line in result(s3, batch)[1:]] == [f"FP-{n}" for n in range(27)]
