"""What is a record, and what is a total, a signature or a row that numbers the columns."""

import random
from typing import Any

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.errors import Invalid
from shared.storage.office_tables import Column, lay_out, records, require_readable, row_of
from shared.storage.office_tables.columns import UNCUT
from shared.storage.office_tables.heads import find_head
from shared.storage.office_tables.reader import read
from tests.shared.storage.holders_tables import text, told
from tests.shared.storage.small_tables import COLUMNS, TITLES, refusal_of, rows_of, table


def test_what_is_no_record_is_skipped_and_counted() -> None:
    noise = ["", ";;;", '"";"";"";""', TITLES, "Итого: 2;;;", "Всего;2;;", "Всего 12 чел.;D01;;",
             "Начальник отдела;;;", "Берёзовский район;;;"]  # fmt: skip

    found = rows_of(table("1;D01;;", *noise, "2;D02;;"))

    assert [number for number, cells in found if cells is None] == list(range(3, 12))
    assert [cells and cells["ref"] for _, cells in found if cells] == ["1", "2"]


@pytest.mark.parametrize(
    "total",
    ["Всего по району 5", "Итого семей 12", "Итого - 5", "Всего 12 приёмных семей", "Total: 5"],
)
def test_a_total_with_a_number_and_a_district_is_no_record(total: str) -> None:
    found = rows_of(table("1;D01;;", f"{total};D01;01.09.2026;8912"))

    assert [number for number, cells in found if cells is None] == [3]


@pytest.mark.parametrize("remark", ["Итогова", "Всего двое детей"])
@pytest.mark.parametrize("many", [1, 30])
@pytest.mark.parametrize("last", [[], ["Всего семей;;12;;;"]], ids=["whole", "with gaps"])
def test_a_total_may_say_so_before_its_number(many: int, remark: str, last: list[str]) -> None:
    lines = [f"{n};{remark};{n};D01;01.09.2026;8912" for n in range(many)]
    said = [
        "Итого по району:;",
        "Итого семей;",
        ";Итого семей:",
        "Всего семей:;",
        "Всего;",
        ";всего по району",
    ]
    totals = [*(f"{each};12;D01;01.09.2026;8912" for each in said), *last]
    found = read("\n".join([f"№;ФИО;{TITLES}", *lines, *totals]).encode(), COLUMNS).rows

    totals_at = [many + 2 + place for place in range(len(totals))]
    assert [row.number for row in found if row.cells is None] == totals_at


NAMES = (Column("name", ("партнёр",), required=True), Column("district", ("район",), required=True))


def test_a_name_may_begin_like_a_total_or_a_signature() -> None:
    names = ["Всего за 50", "Итого-маркет", "Директор", "Ведущий ортопед", "Итого", "Всего: 12"]
    content = "\n".join(["Партнёр;Район", *(f"{name};D01" for name in names)]).encode()
    found = [row_of(line).cells for line in lay_out(content, NAMES).lines.splitlines()]

    assert [cells["name"] for cells in found if cells] == names[:4]


def test_a_record_may_be_one_name_of_several_words() -> None:
    content = "Партнёр;Заметка\nЛавка у дома;\nИтого:;\n".encode()
    found = [row_of(line).cells for line in lay_out(content, NAMES[:1]).lines.splitlines()]
    assert [cells for cells in found if cells] == [{"name": "Лавка у дома"}]


@pytest.mark.parametrize("line", ["LD-7;;;", ";D01;;", "Итого-7;D01;;", ";;01.09.2026;"])
def test_a_record_that_lacks_something_is_not_silently_dropped(line: str) -> None:
    ((number, cells),) = rows_of(table(line))

    assert number == 2 and cells


CELLS = (
    ["1", " 5", "6 ", "LD  7", "file", "Итого", "Всего-5", "Л\ufffd7", "Л\u200b7", "глава 1",
     "Начальник"],
    ["D01", "Район", "Берёзовский\nрайон"],
    ["01.09.2026", "Дата", "46266", "вчера"],
    ["8912", "Телефон", "8 912", "и\u0306"],
)  # fmt: skip


@pytest.mark.parametrize("many", [1, 2, 3, 30])
def test_whole_records_are_read_at_once_as_they_are_one_by_one(
    monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    chance = random.Random(many)
    titles: list[Any] = ["file", "Район", "Дата", "Телефон"]
    head = find_head([(1, titles)], COLUMNS)
    assert head is not None
    tables = []
    for _ in range(300):
        variety = chance.randint(1, len(CELLS[0]))
        lines = [[chance.choice(column[:variety]) for column in CELLS] for _ in range(many)]
        if chance.random() < 0.2:
            lines[0] = chance.choice([[], ["", "", "", ""], ["7"], titles])
        elif chance.random() < 0.1:
            lines = [line[:3] for line in lines]
        tables.append(list(enumerate(lines, 2)))
    at_once = [list(records.records([], table, head)) for table in tables]
    monkeypatch.setattr(records, "_all_whole", lambda *block: None)

    assert at_once == [list(records.records([], table, head)) for table in tables]


def test_a_row_that_numbers_the_columns_is_no_record() -> None:
    _, _, rows = told(text("№ п/п;Номер дела;Район;Имя", "1;2;3;4", "1;ЛД-2;D03;Анна", "2;3;4;5"))

    assert [cells is None for _, cells in rows] == [True, False, False]


@pytest.mark.parametrize("numbers", ["А;Б;1;2", "(1);(2);(3);(4)", "1.;2.;3.;4."])
def test_nor_are_those_of_a_form_and_of_the_next_page(numbers: str) -> None:
    head, last = "№ п/п;Номер дела;Район;Имя", "1;2;3;4"

    _, _, rows = told(text(head, numbers, "1;2;3;", head, numbers, "2;3;4;Анна", last))

    assert [number for number, cells in rows if cells] == [3, 6, 7]


@pytest.mark.parametrize(
    "line",
    ["Исп. Сидорова;;;2-12-34", "Главный специалист;;Петрова;", "Заместитель начальника;;;Петрова",
     "Заведующий сектором;;И.И. Петрова;", "И.о. начальника;;Петрова;", "Согласовано:;;Петрова;",
     "Глава администрации;;;", "Всего:;3;;", "Директор школы;________;Петрова;",
     "(должность);(подпись);(расшифровка подписи);", "(Ф.И.О.);;Петрова;",
     "В т.ч. многодетных;;3;", "из них:;;3;", "01.10.2026;;;"],
)  # fmt: skip
def test_a_signature_is_no_record(line: str) -> None:
    lines = [
        "№;Номер дела;Район;Имя;Телефон",
        "1;7;D01;;",
        f";{line}",
        line.replace(";;", ";;;", 1),
    ]

    assert [row.number for row in read(text(*lines), HOLDERS.columns).rows if row.cells] == [2]


@pytest.mark.parametrize("name", ["Итогова Мария", "Главацкая Анна", "Зав. Пётр"])
def test_a_person_whose_name_begins_like_a_signature_is_not_dropped(name: str) -> None:
    _, _, rows = told(text("ФИО;Номер дела;Район", f"{name};ЛД-7;D01"))

    assert rows == [(2, {"name": name, "holder_ref": "ЛД-7", "district_id": "D01"})]


def test_cells_may_be_in_single_quotes_as_libreoffice_writes_them_when_told_to() -> None:
    lines = ["'Номер дела','Район','Дата','Телефон'", "'ЛД-1, 2','D''01',01.09.2026,''", ""]
    expected = (2, {"ref": "ЛД-1, 2", "district": "D'01", "day": "2026-09-01"})
    assert rows_of("\r\n".join(lines).encode())[-1] == expected
    (_, marked), _ = rows_of(table("'1;D01;;'8916", "2;D02;;8916"))
    assert marked == {"ref": "1", "district": "D01", "phone": "8916"}
    unclosed = [*lines[:2], "'ЛД-3','D01,,"]
    assert refusal_of("\r\n".join(unclosed).encode()).code == "quote_unclosed"


def test_a_row_of_two_cells_that_lacks_its_district_is_a_record_to_refuse() -> None:
    expected = {"ref": "дело семьи", "phone": "8912"}
    assert rows_of(table("1;D01;;", "дело семьи;;;8912"))[-1] == (3, expected)
    assert rows_of(table("1;D01;;", "дело семьи;;;"))[-1] == (3, None)


@pytest.mark.parametrize("sign", ",|\t")
def test_a_record_with_another_sign_between_its_cells_is_one_to_refuse(sign: str) -> None:
    """Who joins two lists in one file may have saved them in two ways: half of it was dropped.

    Of what the row says nothing is kept: nobody knows which part of it is a name.
    """
    other = sign.join(("ЛД-3", "Дальний район", "Анна", ""))
    noise = ["Из них выбыли: ЛД-4, ЛД-5, ЛД-6, ЛД-7", "Итого 3, в том числе: 1, 0, 2"]

    found = rows_of(table("1;D01;;", other, *noise, "2;D02;;"))

    assert [cells and cells["ref"] for _, cells in found] == ["1", UNCUT, None, None, "2"]
    with pytest.raises(Invalid, match="row_uncut"):
        require_readable(found[1][1] or {})


def test_so_it_is_where_a_name_is_the_key_or_the_rows_have_numbers() -> None:
    other = "2,ЛД 2,D01,Пётр"
    lines = "№;Номер дела;Район;Имя", "1;ЛД-1;D01;Анна", other, "3;ЛД-3;D01;Яна"
    numbered = [cells for _, cells in told(text(*lines))[2]]

    named = [
        Column("title", ("название",), required=True),
        Column("district", ("район",), required=True),
    ]
    shop = "Пекарня у Анны,Дальний район"
    rows = read(text("Название;Район", "Дом;D01", shop, "Сад;D02"), named).rows

    assert numbered[1] == {"holder_ref": UNCUT}
    assert [cells and cells.get("name") for cells in numbered[::2]] == ["Анна", "Яна"]
    assert [row.cells and row.cells["title"] for row in rows] == ["Дом", UNCUT, "Сад"]


def test_a_cell_in_quotes_may_have_spaces_around_it() -> None:
    lines = '"Номер дела" ; "Район" ; "Имя"', '"ЛД-1" ; "D01" ; "Анна; Мария"', 'ЛД-2 ; D02 ; "О"'

    assert told(text(*lines))[2] == [
        (2, {"holder_ref": "ЛД-1", "district_id": "D01", "name": "Анна; Мария"}),
        (3, {"holder_ref": "ЛД-2", "district_id": "D02", "name": "О"}),
    ]
