"""Heads as offices write them: one row or two, remarks, numbers, a sheet for each district."""

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from services.cards.imports.kinds.shops import SHOPS
from shared.errors import Invalid
from shared.storage.office_tables import Cells, Column, Row, lay_out, records, row_of
from shared.storage.office_tables.reader import read
from tests.support.workbooks import workbook


def told(content: bytes) -> tuple[dict[str, str], tuple[str, ...], list[tuple[int, Cells | None]]]:
    """Titles, titles nothing was read of, and rows."""
    laid_out = lay_out(content, HOLDERS.columns)
    rows = [row_of(line) for line in laid_out.lines.splitlines()]
    return laid_out.titles, laid_out.unread, [(row.number, row.cells) for row in rows]


def text(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def refusal(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        lay_out(content, HOLDERS.columns)
    return refused.value


def test_a_title_over_several_columns_goes_with_what_is_below_each() -> None:
    content = workbook(
        [
            ["Список замещающих родителей"],
            ["№ п/п", "Приёмный родитель", None, None, "Район", "Распоряжение", None],
            [None, "Номер дела", "ФИО", "Телефон", None, "номер", "дата"],
            [1, "ЛД-1", "Мария", "89161234567", "D01", "17-р", "01.09.2026"],
        ]
    )

    titles, unread, rows = told(content)

    assert rows[-1] == (4, {
        "holder_ref": "ЛД-1", "name": "Мария", "phone": "89161234567", "district_id": "D01",
        "order_ref": "17-р", "ordered_on": "2026-09-01",
    })  # fmt: skip
    assert titles["ordered_on"] == "Распоряжение дата"
    assert unread == ("№ п/п",)
    assert [number for number, cells in rows if cells is None] == [1, 2, 3]


@pytest.mark.parametrize("sign", ["№ ", "N ", "Номер ", "No. ", "№"])
def test_the_sign_of_a_number_may_be_typed_or_said(sign: str) -> None:
    head = f"{sign}дела;Р-н;{sign}приказа;Дата приказа"

    titles, unread, rows = told(text(head, f"{sign}7;D01;17;01.09.2026"))

    assert titles.keys() == {"holder_ref", "district_id", "order_ref", "ordered_on"}
    assert unread == () and rows[-1][1] is not None


def test_what_is_named_above_is_explained_below() -> None:
    content = workbook(
        [
            ["№", "Личное дело", None, "Телефон", "Район"],
            [None, "номер", "ФИО", None, None],
            [1, "ЛД-1", "Мария", "89161234567", "D01"],
        ]
    )

    titles, _, rows = told(content)

    assert titles["name"] == "ФИО"
    assert rows[2] == (3, {"holder_ref": "ЛД-1", "name": "Мария", "phone": "89161234567",
                           "district_id": "D01"})  # fmt: skip


def test_a_record_below_a_head_of_one_row_is_no_part_of_it() -> None:
    _, _, rows = told(text("Номер дела;Район;Телефон", "7;;Телефон", "8;D01;"))

    assert rows == [(2, {"holder_ref": "7", "phone": "Телефон"}),
                    (3, {"holder_ref": "8", "district_id": "D01"})]  # fmt: skip


@pytest.mark.parametrize(
    "head",
    ["№ л/д;Район (код);Телефон (моб.)", "Личное дело №*;Муниципальный округ;Моб. тел.",
     "File No.;District code;Mobile phone", "НОМЕР ДЕЛА:;«Район*»;Телефон для связи",
     "Личное дело.Номер;Район, наименование;Представление телефона"],
)  # fmt: skip
def test_a_remark_in_brackets_is_no_part_of_a_name(head: str) -> None:
    _, unread, rows = told(text(head, "7;D01;89161234567"))

    assert rows == [(2, {"holder_ref": "7", "district_id": "D01", "phone": "89161234567"})]
    assert unread == ()


def test_of_two_columns_that_without_a_remark_counts_and_the_other_is_told() -> None:
    content = text("Номер дела;Район;Телефон (опеки);Телефон", "7;D01;84950000000;89161234567")

    _, unread, rows = told(content)

    assert rows[0][1] == {"holder_ref": "7", "district_id": "D01", "phone": "89161234567"}
    assert unread == ("Телефон (опеки)",)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Телефон", "Телефон"), ("Телефон", "Сотовый"), ("Телефон (дом)", "Телефон (работа)")],
)
def test_of_two_columns_of_one_meaning_none_is_chosen_in_silence(first: str, second: str) -> None:
    head = f"Номер дела;{first};Район;{second}"
    same = text(head, "7;89161234567;D01;-", "8;;D02;", head, "9;89161234568;D01;89161234568")
    titles, unread, rows = told(same)
    assert (titles["phone"], unread) == (first, ())
    assert [cells and cells.get("phone") for _, cells in rows] == [
        "89161234567", None, None, "89161234568",
    ]  # fmt: skip

    for line in ("7;84950000000;D01;89161234567", "7;;D01;89161234567"):
        refused = refusal(text(head, "6;;D01;", line))
        assert (refused.code, dict(refused.facts)) == (
            "column_twice", {"first": first, "second": second, "line": 3},
        )  # fmt: skip


def test_a_column_of_one_name_under_two_titles_is_asked_about() -> None:
    rows: list[list[object]] = [
        ["Номер дела", "Район", "Ребёнок", "Взрослый"], [None, None, "ФИО", "ФИО"],
        ["ЛД-1", "D01", "Коля", "Мария"],
    ]  # fmt: skip
    assert refusal(workbook(rows)).facts["line"] == 3


def test_columns_that_mean_nothing_here_are_told() -> None:
    _, unread, _ = told(text("№;Номер дела;Район;Тел. бабушки;;Примечание", "1;7;D01;2-12-34;;"))

    assert unread == ("Тел. бабушки", "Примечание")


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
     "Глава администрации;;;", "Всего:;3;;", "Директор школы;________;Петрова;"],
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


HEAD = ["Номер дела", "Район"]


def test_records_on_a_second_sheet_are_not_dropped_in_silence() -> None:
    content = workbook([HEAD, ["1", "D01"]], Центр=[["Сводная"], HEAD, ["2", "D02"]])

    refused = refusal(content)

    assert refused.code == "table_on_sheets"
    assert (refused.facts["first"], refused.facts["second"]) == ("Лист1", "Центр")


def test_records_that_go_on_without_a_head_are_told_from_a_list_beside_the_table() -> None:
    first = [[*HEAD, "ФИО", "Телефон"], ["1", "D01", "Анна", "+79127001101"]]

    def beside(*rows: list[str]) -> list[Row]:
        return list(read(workbook(first, Далее=rows), HOLDERS.columns).rows)

    assert len(beside(["D01", "Центральный район"], ["D02", "Берёзовский район"])) == 1
    with pytest.raises(Invalid, match="table_on_sheets"):
        beside(["2", "D02", "Мария", "+79127001102"])


@pytest.mark.parametrize("other", [[], [["Итоги"], ["Всего", "5"]], [HEAD], [HEAD, ["Итого", "5"]]])
def test_a_second_sheet_without_records_does_no_harm(other: list[list[str]]) -> None:
    _, _, rows = told(workbook([HEAD, ["1", "D01"]], Итоги=other))

    assert rows == [(2, {"holder_ref": "1", "district_id": "D01"})]


def test_the_first_sheet_may_hold_no_table() -> None:
    _, _, rows = told(workbook([["Пояснения"]], Список=[HEAD, ["1", "D01"]]))

    assert rows == [(2, {"holder_ref": "1", "district_id": "D01"})]


def test_a_title_over_two_columns_is_no_name_of_the_first_of_them() -> None:
    content = workbook(
        [
            ["№", "Личное дело", "Район", "Держатель", None],
            [None, "номер", None, "ФИО", "сотовый"],
            [1, "ЛД-1", "D01", "Мария", "89161234567"],
        ]
    )

    titles, _, rows = told(content)

    assert (titles["holder_ref"], titles["name"]) == ("Личное дело номер", "ФИО")
    assert rows[-1][1] == {
        "holder_ref": "ЛД-1", "district_id": "D01", "name": "Мария", "phone": "89161234567",
    }  # fmt: skip


def test_the_words_of_a_title_may_come_in_any_order() -> None:
    titles, unread, _ = told(text("Дела №;Район;Телефон сотовый;Телефон домашний", "1;D01;8;2"))

    assert titles["phone"] == "Телефон сотовый" and unread == ("Телефон домашний",)


def test_of_numbered_columns_the_first_counts_and_the_other_is_told() -> None:
    titles, unread, _ = told(text("Номер дела;Район;Телефон 1;Телефон 2", "1;D01;8;2"))

    assert titles["phone"] == "Телефон 1" and unread == ("Телефон 2",)


def test_what_is_merged_over_rows_goes_for_each_of_them_but_never_twice_for_one_number() -> None:
    rows: list[list[object]] = [
        ["Список", None, None], ["Номер дела", "Район", "Имя"], ["", None, None],
        ["ЛД-1", "D01", "Мария"], ["ЛД-2", None, "Анна"], ["ЛД-3", None, None],
        ["ЛД-4", "D02", "Ольга"], [None, None, None], ["ЛД-5", None, None],
    ]  # fmt: skip
    content = workbook(rows, merged=("A2:A3", "B2:B3", "B4:B6", "C5:C6", "A7:A8", "C7:C8"))

    read = [cells for _, cells in told(content)[2]]

    assert read[2:] == [
        None,
        {"holder_ref": "ЛД-1", "district_id": "D01", "name": "Мария"},
        {"holder_ref": "ЛД-2", "district_id": "D01", "name": "Анна"},
        {"holder_ref": "ЛД-3", "district_id": "D01", "name": "Анна"},
        {"holder_ref": "ЛД-4", "district_id": "D02", "name": "Ольга"},
        None,
        {"holder_ref": "ЛД-5"},
    ]


def test_a_short_merge_beside_a_long_one_takes_nothing_of_it() -> None:
    rows: list[list[object]] = [
        [*HEAD, "Имя"], ["1", "D01", "Анна"], ["2", None, "Мария"], ["3", None, None],
        ["4", None, "Ольга"],
    ]  # fmt: skip
    found = [row.cells for row in read(workbook(rows, ("B2:B5", "C3:C4")), HOLDERS.columns).rows]

    names = ["Анна", "Мария", "Мария", "Ольга"]
    assert [(cells["district_id"], cells["name"]) for cells in found if cells] == [
        ("D01", name) for name in names
    ]


def test_a_merged_name_goes_for_each_row_that_says_something_of_its_own() -> None:
    rows: list[list[object]] = [
        ["Сеть", "Район", "Адрес", "Телефон"], ["Берёзка", "D01", "Мира, 1", "8912"],
        [None, None, "Мира, 2", None],
    ]  # fmt: skip
    margin, merged = [[None, *cells] for cells in rows], ("A2:A3", "B2:B3", "C2:C3")

    for content in (workbook(rows, merged[:2]), workbook(margin, merged)):
        first, second = read(content, SHOPS.columns).rows
        both = {"partner": "Берёзка", "district_id": "D01"}
        assert first.cells == both | {"address": "Мира, 1", "phone": "8912"}
        assert second.cells == both | {"address": "Мира, 2"}


def test_words_by_their_initials_and_papers_of_other_offices_are_known() -> None:
    head = "Л. Д.;Муниципалитет;Ф. И. О. опекуна (попечителя);№ и дата постановления;Телефон мамы"

    (row,) = read(f"{head}\n1;D01;Мария;17-р;89161234567\n".encode(), HOLDERS.columns).rows

    assert set(row.cells or ()) == {"holder_ref", "district_id", "name", "order_ref", "phone"}


TWO = ["Номер дела;Район;Телефон", "ЛД-1;D01;+79127001101", "", "{}", "Номер дела;Район;Телефон"]


@pytest.mark.parametrize("title", ["Выбывшие", "II. Сняты с учёта;;", ";Отказались от карты;"])
def test_another_table_below_under_a_title_of_its_own_is_told_and_not_read(title: str) -> None:
    """Those who have left would get cards."""
    lines = [line.format(title) for line in TWO]
    refused = refusal(text(*lines, "ЛД-2;D02;+79127001102"))

    assert (refused.code, refused.facts) == ("second_table", {"line": 4})


@pytest.mark.parametrize(
    "between",
    ["", "Итого: 1", "Исполнитель Петрова", "Продолжение", "Лист 2", "Список семей"],
)
def test_a_head_that_a_printed_list_repeats_begins_no_other_table(between: str) -> None:
    lines = ["Список семей", *(line.format(between) for line in TWO), "ЛД-2;D02;+79127001102"]

    assert lay_out(text(*lines), HOLDERS.columns).records == 2


@pytest.mark.parametrize("rest", ["ЛД-3;D02;", "ЛД-3;D02;+79127001103"])
def test_another_table_may_call_its_columns_otherwise(rest: str) -> None:
    """Those who have left got cards: only the head above them was refused, as a row."""
    refused = refusal(text(*TWO[:2], "Закрытые дела", "дело;р-н;тел.", rest))

    assert (refused.code, refused.facts) == ("second_table", {"line": 3})


@pytest.mark.parametrize("rest", ["ЛД-3;D02;", "ЛД-3;D02;+79127001103"])
def test_a_repeated_head_may_be_said_in_other_words_but_not_in_another_order(rest: str) -> None:
    _, _, same = told(text(*TWO[:2], "дело;р-н;тел.", rest))
    assert [number for number, cells in same if cells] == [2, 4]

    refused = refusal(text(*TWO[:2], "р-н;дело;тел.", rest))
    assert (refused.code, refused.facts) == ("head_differs", {"line": 3})


def test_a_shop_may_be_called_like_a_column() -> None:
    lines = ("Организация;Город;Адрес", "Компания;Центр;ул. Мира, 5", "Сеть;Центр;ул. Мира, 7")

    assert lay_out(text(*lines), SHOPS.columns).records == 2
    with pytest.raises(Invalid, match="head_differs"):
        lay_out(text(*lines, "Город;Организация;Адрес", lines[1]), SHOPS.columns)


def test_a_title_far_above_a_repeated_head_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "BLOCK", 2)
    lines = [line.format("Выбывшие\n") for line in TWO]
    with pytest.raises(Invalid, match="second_table"):
        list(read(text(*lines, "ЛД-2;D02;+79127001102"), HOLDERS.columns).rows)


@pytest.mark.parametrize(
    ("columns", "head", "record"),
    [
        (HOLDERS.columns, "Номер дела;Район;Статус;Телефон", "ЛД-{};D01;Опекун;8912700140{}"),
        (HOLDERS.columns, "Номер дела;Район;Статус;Телефон", "ЛД-{};;Опекун;8912700140{}"),
        (SHOPS.columns, "Партнёр;Район;Адрес;Тип", "Берёзка;Центральный;Рынок;Магазин"),
    ],
)
def test_a_record_with_a_title_for_a_value_is_no_part_of_the_head(
    columns: tuple[Column, ...], head: str, record: str
) -> None:
    lines = [record.format(n, n) for n in (1, 2)]

    found = lay_out(text(head, *lines), columns)

    rows = [row_of(line) for line in found.lines.splitlines()]
    assert [row.number for row in rows if row.cells] == [2, 3]
    assert len(found.unread) == 1


@pytest.mark.parametrize("below", [[None, "(код)", "(по журналу)"], ["номер", None, None]])
def test_a_head_whose_lower_row_explains_stays_one(below: list[str | None]) -> None:
    content = workbook(
        [
            ["Личное дело", "Район", "Дети в семье", "Сведения", None],
            [*below, "ФИО", "Телефон"],
            ["ЛД-1", "D01", "да", "Мария", "89161234567"],
        ]
    )

    _, unread, rows = told(content)

    assert rows[-1] == (3, {"holder_ref": "ЛД-1", "district_id": "D01", "placement_current": "да",
                            "name": "Мария", "phone": "89161234567"})  # fmt: skip
    assert unread == ()


THREE_HIGH = (
    ["№", "Личное дело", "Район", "Контакты", None, "Приказ", None],
    [None, None, None, "Родитель", None, "номер", "дата"],
    [None, None, None, "ФИО", "Телефон", None, None],
)


def test_a_head_of_three_rows_is_read_whole_also_on_the_next_page() -> None:
    content = workbook(
        [
            *THREE_HIGH,
            [1, "ЛД-1", "D01", "Мария", "89161234567", "17-р", "01.09.2026"],
            *THREE_HIGH,
            [2, "ЛД-2", "D01", "Анна", "89161234568", "18-р", "01.09.2026"],
        ]
    )

    titles, unread, rows = told(content)

    assert (titles["phone"], unread) == ("Телефон", ())
    assert [number for number, cells in rows if cells] == [4, 8]
    assert rows[-1][1] == {
        "holder_ref": "ЛД-2", "district_id": "D01", "name": "Анна", "phone": "89161234568",
        "order_ref": "18-р", "ordered_on": "2026-09-01",
    }  # fmt: skip


def test_the_rows_of_a_head_need_not_be_of_one_length() -> None:
    lines = ["Номер дела;Район;Контакты", ";;ФИО;Телефон", "ЛД-1;D01;Мария;89161234567"]

    _, unread, rows = told(text(*lines))

    assert rows[-1] == (3, {"holder_ref": "ЛД-1", "district_id": "D01", "name": "Мария",
                            "phone": "89161234567"})  # fmt: skip
    assert unread == ()
