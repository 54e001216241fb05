"""Tables of the training platform: dry run, refusals by line and column, progress, result."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from services.matching.preparation.use_cases import train
from services.matching.training_tables import table_step
from services.matching.training_tables.table_words import CATALOGUE
from shared.principal import Principal
from shared.storage.office_tables.lines import FileInParts
from shared.table_imports import steps
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_Y,
    TRAINING,
    MatchingClient,
    inn,
    lone,
    rep,
)

HEADER = "Слушатель;ИНН организации;Курс;Дата завершения;Сертификат"


def table(*lines: str) -> bytes:
    """A table as the platform exports it."""
    return ("\n".join([HEADER, *lines]) + "\n").encode("cp1251")


def opened(client: MatchingClient, who: Principal, **more: Any) -> str:
    """A table was announced."""
    return str(client.do(who, "/training-tables", {"region": "ZR"} | more)["id"])


def worked(client: MatchingClient, who: Principal, content: bytes, **more: Any) -> Any:
    """A table was announced, uploaded and worked through."""
    found = opened(client, who, **more)
    client.world.files.objects[f"tables/{found}/upload"] = content
    client.do(who, f"/training-tables/{found}/start")
    return client.get(who, f"/training-tables/{found}")


def result(client: MatchingClient, found: str) -> list[list[str]]:
    """The result file of a table."""
    text = client.world.files.objects[f"tables/{found}/result.csv"].decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def with_inn(client: MatchingClient, number: int, region: str = "ZR") -> str:
    """A guardian that a region has and nobody has trained, with that INN."""
    return client.assigned(region, inn=inn(number))


def test_a_dry_run_foretells_what_the_table_then_does(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "ROWS", 3)  # so that a table takes steps
    first, second, elsewhere = (
        with_inn(client, 801), with_inn(client, 802), with_inn(client, 803, "YY")
    )  # fmt: skip
    content = table(
        f"Иванов;{inn(801)};«Основы помощи  семьям».;31.08.2026;C-1",
        f"Петров;{inn(802)};basics;2026-08-30;C-2",
        f"Иванов;{inn(801)};basics;31.08.2026;C-1",
        f"Котов;{inn(803)};basics;31.08.2026;C-3",
        f"Сомов;{inn(804)};basics;31.08.2026;C-4",
        "Сомов;123;basics;31.08.2026;C-4",
        f"Сомов;{inn(801)};Шитьё;31.08.2026;C-4",
        f"Сомов;{inn(801)};basics;вчера;C-4",
        f"Сомов;{inn(801)};basics;01.10.2026;C-4",
        f"Сомов;{inn(801)};basics;31.08.2026;",
        f"Сомов;{inn(801)};basics;31.08.2026;1,23457E+11",
        f"Сомов;{inn(801)};basics;31.08.2026;05.дек",
        "Сомов;7,70123E+11;basics;31.08.2026;C-4",
        f"Сомов;{inn(801)};basics;31.08.2026;#Н/Д",
    )
    by_hq = Principal("HQ-1", "person", "regional_hq", ("regional_hq",), regions=("ZR",))

    tried = worked(client, by_hq, content)
    assert not client.get(FEDERAL, f"/guardians/{first}")["training_done"]
    done = worked(client, by_hq, content, dry_run=False)

    for shown in (tried, done):
        assert (shown["status"], shown["percent_done"]) == ("done", 100)
        assert (shown["accepted"], shown["known"], shown["refused"]) == (2, 1, 11)
        assert shown["unread"] == ["Слушатель"]
        assert [(each["line"], each["code"], each["column"]) for each in shown["problems"]] == [
            (5, "guardian_of_inn_unknown", "ИНН организации"),
            (6, "guardian_of_inn_unknown", "ИНН организации"),
            (7, "string_too_short", "ИНН организации"),
            (8, "unknown_code", "Курс"),
            (9, "bad_day", "Дата завершения"),
            (10, "in_the_future", "Дата завершения"),
            (11, "missing", "Сертификат"),
            (12, "number_cut", "Сертификат"),
            (13, "number_became_day", "Сертификат"),
            (14, "number_cut", "ИНН организации"),
            (15, "formula_failed", "Сертификат"),
        ]
        assert "Основы помощи семьям" in shown["problems"][3]["reason"]
        assert shown["problems"][4]["read"] == "вчера"
        assert shown["problems"][6]["reason"].startswith("Заполните эту ячейку")
        assert "формат «Текст»" in shown["problems"][7]["reason"]
    for guardian, certificate in ((first, "C-1"), (second, "C-2")):
        training = client.get(FEDERAL, f"/guardians/{guardian}/evidence")["training"]
        assert (training["certificate_ref"], training["source"]) == (certificate, "headquarters")
    assert not client.get(FEDERAL, f"/guardians/{elsewhere}")["training_done"]
    assert len(client.told("TrainingCompleted")) == 2
    lines = result(client, done["table_id"])
    assert len(lines) == 15
    assert [line[2] for line in lines[1:4]] == [
        "обучение записано", "обучение записано", "уже было записано",
    ]  # fmt: skip
    assert result(client, tried["table_id"])[1][2] == "обучение можно записать"
    assert {line[3] for line in lines[1:4]} == {first, second}
    assert {len(line) for line in lines} == {7}
    undated = next(each for each in shown["problems"] if each["code"] == "bad_day")
    (said,) = (line[3:] for line in lines if line[0] == str(undated["line"]))
    assert said == ["", "Дата завершения", "вчера", undated["reason"]]
    assert "Иванов" not in str(lines)
    link = client.get(by_hq, f"/training-tables/{done['table_id']}/result")["download_url"]
    assert "result.csv?get_object" in link


def test_a_step_whose_end_was_lost_says_again_what_its_rows_have_given(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_inn(client, 801)
    content = table(*(f"Я;{inn(801)};basics;{day}.08.2026;C-{day}" for day in (29, 30, 31)))
    add, crashes = FileInParts.add, iter([True])

    def crashing(parts: FileInParts, *more: Any) -> None:
        if next(crashes, False):
            raise ClientError({"Error": {"Code": "SlowDown", "Message": ""}}, "PutObject")
        add(parts, *more)

    monkeypatch.setattr(FileInParts, "add", crashing)
    begun = worked(client, HQ, content, dry_run=False)["table_id"]
    client.world.advance(client.now() + timedelta(minutes=3))

    done = client.get(HQ, f"/training-tables/{begun}")
    assert (done["status"], done["accepted"], done["known"]) == ("done", 3, 0)
    assert done["problems"] == []


def test_people_of_one_organisation_are_told_once_that_they_were_trained_on_a_day(
    client: MatchingClient,
) -> None:
    with_inn(client, 801)
    content = table(*(f"Я;{inn(801)};basics;31.08.2026;C-{each}" for each in range(3)))

    for _ in range(2):
        done = worked(client, HQ, content, dry_run=False)
        assert (done["accepted"], done["refused"]) == (3, 0)
    assert len(client.told("TrainingCompleted")) == 1


def test_the_platform_s_own_table_is_its_word_and_the_guardian_sends_none(
    client: MatchingClient,
) -> None:
    guardian = with_inn(client, 801)
    content = table(f"Иванов;{inn(801)};basics;31.08.2026;C-1")
    done = worked(client, TRAINING, content, dry_run=False)
    assert (done["accepted"], done["refused"]) == (1, 0)
    training = client.get(FEDERAL, f"/guardians/{guardian}/evidence")["training"]
    assert (training["source"], training["recorded_by"]) == ("platform", "training-1")

    body = {"region": "ZR"}
    for stranger in (rep(guardian), HQ_Y):
        assert client.post(stranger, "/training-tables", body).status == 404
        assert client.api(stranger).get(f"/training-tables/{done['table_id']}").status == 404
    listed = client.get(HQ, "/training-tables")["items"]
    assert [each["table_id"] for each in listed] == [done["table_id"]]

    earlier = table(f"Иванов;{inn(801)};basics;30.08.2026;C-0")
    again = worked(client, TRAINING, earlier, dry_run=False)
    assert [each["code"] for each in again["problems"]] == ["newer_training_known"]
    later = table(f"Иванов;{inn(801)};basics;01.09.2026;C-2")
    own = worked(client, replace(HQ, org=guardian), later, dry_run=False)
    assert [each["code"] for each in own["problems"]] == ["forbidden"]
    assert own["problems"][0]["reason"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-08-30T20:30:00.000Z", "2026-08-31"),
        ("2026-08-30 22:30:00+03:00", "2026-08-30"),
        ("2026-08-31T00:30:00", "2026-08-31"),
    ],
)
def test_a_platform_writes_the_moment_and_the_day_is_the_regions(
    client: MatchingClient, said: str, day: str
) -> None:
    """Also its spreadsheet writes two noughts behind each number."""
    guardian = with_inn(client, 801)
    done = worked(client, HQ, table(f"Я;{inn(801)},00;basics;{said};17,00"), dry_run=False)

    assert (done["accepted"], done["problems"]) == (1, [])
    training = client.get(FEDERAL, f"/guardians/{guardian}/evidence")["training"]
    assert (training["completed_on"], training["certificate_ref"]) == (day, "17")


@pytest.mark.parametrize(
    "said", ["01.01.0001 0:00:00", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59.9999999Z"]
)
def test_a_moment_at_the_edge_of_time_refuses_its_own_line_alone(
    client: MatchingClient, said: str
) -> None:
    """A program writes it where it has no date."""
    with_inn(client, 801)
    rows = table(f"Я;{inn(801)};basics;{said};C-1", f"Я;{inn(801)};basics;31.08.2026;C-2")

    done = worked(client, HQ, rows, dry_run=False)

    assert (done["status"], done["accepted"], done["refused"]) == ("done", 1, 1)
    assert [each["column"] for each in done["problems"]] == ["Дата завершения"]
    assert done["problems"][0]["reason"]


def test_of_a_refused_row_nobody_reads_who_was_trained(client: MatchingClient) -> None:
    """Of a list joined of two files; of one whose columns were shifted; of a phone among others."""
    by_hq = Principal("HQ-1", "person", "regional_hq", ("regional_hq",), regions=("ZR",))
    content = table(
        f"Иванова Анна,{inn(801)},basics,31.08.2026,C-1",
        f"Иванова\t{inn(801)}\tbasics\t31.08.2026\tC-1",
        f"{inn(801)};Иванова Анна;basics;31.08.2026;C-1",
        f"Сомов;{inn(801)},Иванова,basics;31.08.2026;C-4;",
        f"Сомов;{inn(801)};8 916 555-66-77;31.08.2026;C-4",
        "Сомов;9165556677;basics;31.08.2026;C-4",
    )
    found = worked(client, by_hq, content)

    problems = found["problems"]
    assert [each["code"] for each in problems[:2]] == ["row_uncut"] * 2
    assert "Разложите её по колонкам" in problems[0]["reason"]
    assert [each["read"] for each in problems[-2:]] == ["8 ••• •••-••-77", "9165556677"]
    kept = str((found, result(client, found["table_id"]), client.world.rows("matching-data")))
    assert len(problems) == 6 and "Иванова" not in kept and "555-66" not in kept


def test_in_a_column_of_numbers_what_is_none_is_hidden(client: MatchingClient) -> None:
    """Columns are shifted by one: an address, a phone or a surname stands where numbers are."""
    read = {
        "anna@example.org": "an••@•••••••.•rg",
        "+7 916 555-66-77": "+7 ••• •••-••-77",
        "Иванова": "И•••••а",
        "иванова анна": "ив••••• ••на",
        "#Н/Д": "#Н/Д",
        "ПК-12 345": "ПК-12 345",
        "9165556677.0": "9165556677.0",
    }
    by_hq = Principal("HQ-1", "person", "regional_hq", ("regional_hq",), regions=("ZR",))
    found = worked(client, by_hq, table(*(f"Я;{each};basics;31.08.2026;C-1" for each in read)))

    assert [each["read"] for each in found["problems"]] == [*read.values()]


@pytest.mark.parametrize(("digits", "more"), [(10, {}), (12, lone(801))])
def test_an_inn_that_a_spreadsheet_took_for_a_number_has_its_zero_again(
    client: MatchingClient, digits: int, more: dict[str, Any]
) -> None:
    whole = inn(801, digits, office="02")
    guardian = client.assigned("ZR", **more | {"inn": whole})
    short, wrong = whole.removeprefix("0"), whole.removeprefix("02")

    done = worked(
        client, HQ, table(*(f"Я;{each};basics;31.08.2026;C-1" for each in (short, wrong)))
    )
    assert [row[2:4] for row in result(client, done["table_id"])[1:]] == [
        ["обучение можно записать", guardian],
        ["не записано", ""],
    ]


def test_what_cannot_be_read_or_never_came_ends_in_words(client: MatchingClient) -> None:
    broken = worked(client, HQ, "Имя;Возраст\nИван;5\n".encode())
    assert (broken["status"], "ИНН" in broken["failure"]) == ("failed", True)
    empty = worked(client, HQ, table())
    assert (empty["status"], empty["failure"]) == (
        "failed",
        CATALOGUE.field_text("table_empty", {}),
    )
    waiting = opened(client, HQ)
    assert client.post(HQ, f"/training-tables/{waiting}/start").code == "file_missing"
    assert client.api(HQ).get(f"/training-tables/{waiting}/result").code == "table_not_done"
    done = worked(client, HQ, table(f"Сомов;{inn(804)};basics;31.08.2026;C-4"))
    again = client.post(HQ, f"/training-tables/{done['table_id']}/start")
    assert (again.status, again.code) == (409, "table_done")
    over = client.post(HQ, f"/training-tables/{done['table_id']}/cancel")
    assert (over.status, over.code) == (409, "table_done")
    client.world.advance(client.now() + timedelta(hours=25))
    late = client.get(HQ, f"/training-tables/{waiting}")
    assert (late["status"], late["failure"][:7]) == ("failed", "Мы ждал")
    left = [key for key in client.world.files.objects if key.startswith("tables/")]
    assert left == [f"tables/{done['table_id']}/result.csv"]


def test_titles_of_thousands_of_signs_are_shown_by_their_beginning(client: MatchingClient) -> None:
    remark = "пишите так, как в уставе вашей организации, " * 200
    head = ";".join(f"{title} ({remark})" for title in (*HEADER.split(";"), "Часы"))
    rows = [f"Иванов;{inn(801)};basics;вчера;C-1;8" for _ in range(40)]
    content = "\n".join([head, *rows, ""]).encode("cp1251")

    shown = worked(client, HQ, content)

    assert (shown["status"], shown["refused"]) == ("done", 40)
    assert shown["unread"] == [f"Слушатель ({remark}"[:60], f"Часы ({remark}"[:60]]
    assert shown["problems"][0]["column"] == f"Дата завершения ({remark}"[:60]


def test_a_table_that_is_cancelled_records_no_more(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(801, 804)
    guardians = [with_inn(client, number) for number in numbers]
    cancelled: list[Any] = []

    def slow(guardian_id: str, *more: Any) -> Any:
        if guardian_id == guardians[0] and not cancelled:
            cancelled.append(client.post(HQ, f"/training-tables/{found}/cancel"))
        return train(guardian_id, *more)

    monkeypatch.setattr(table_step, "train", slow)
    monkeypatch.setattr(steps, "ROWS", 1)
    content = table(*(f"Я;{inn(number)};basics;31.08.2026;C-1" for number in numbers))
    waiting, found = opened(client, HQ), opened(client, HQ, dry_run=False)
    client.world.files.objects[f"tables/{found}/upload"] = content
    client.do(HQ, f"/training-tables/{found}/start")
    client.do(HQ, f"/training-tables/{waiting}/cancel")

    assert cancelled[0].status == 200
    shown = [client.get(HQ, f"/training-tables/{each}") for each in (found, waiting)]
    assert [(each["status"], each["accepted"]) for each in shown] == [
        ("cancelled", 1), ("cancelled", 0)
    ]  # fmt: skip
    assert [row[3] for row in result(client, found)[1:]] == guardians[:1]
