"""Heads as offices write them: one row or more, remarks, numbers, columns in other words."""

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from services.cards.imports.kinds.shops import SHOPS
from services.matching.training_tables import table_words
from shared.storage.office_tables import Column, lay_out, row_of
from shared.storage.office_tables.heads import find_head
from shared.storage.office_tables.reader import read
from tests.shared.storage.holders_tables import refusal, text, told
from tests.support.workbooks import workbook


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
     "Личное дело.Номер;Район, наименование;Представление телефона",
     "1. Номер дела;2. Район;3) Телефон"],
)  # fmt: skip
def test_a_remark_in_brackets_is_no_part_of_a_name(head: str) -> None:
    _, unread, rows = told(text(head, "7;D01;89161234567"))

    assert rows == [(2, {"holder_ref": "7", "district_id": "D01", "phone": "89161234567"})]
    assert unread == ()


@pytest.mark.parametrize(
    "title",
    ["Телефон (специалиста)", "Телефон (Отдел опеки)", "Тел. (для связи с классом, школа)",
     "Номер телефона (старый)", "ФИО (ребёнка)", "Имя (соц. работника)"],
)  # fmt: skip
def test_a_remark_may_name_somebody_else(title: str) -> None:
    """The code of a card went to the specialist who keeps the list."""
    _, unread, rows = told(text(f"Номер дела;Район;{title}", "7;D01;89161234567"))

    assert rows == [(2, {"holder_ref": "7", "district_id": "D01"})]
    assert unread == (title,)


@pytest.mark.parametrize(
    "title",
    ["Телефон (опекуна)", "Телефон (при наличии)", "Моб. тел. опекуна",
     "Тел. (законного представителя)", "Контактный телефон приёмного родителя"],
)  # fmt: skip
def test_a_remark_may_say_whose_phone_it_is(title: str) -> None:
    _, unread, rows = told(text(f"Номер дела (подопечного);Район;{title}", "7;D01;89161234567"))

    assert rows[0][1] == {"holder_ref": "7", "district_id": "D01", "phone": "89161234567"}
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


def test_words_by_their_initials_and_papers_of_other_offices_are_known() -> None:
    head = "Л. Д.;Муниципалитет;Ф. И. О. опекуна (попечителя);№ и дата постановления;Телефон мамы"

    (row,) = read(f"{head}\n1;D01;Мария;17-р;89161234567\n".encode(), HOLDERS.columns).rows

    assert set(row.cells or ()) == {"holder_ref", "district_id", "name", "order_ref", "phone"}


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


def test_a_training_platform_calls_its_columns_in_full_too() -> None:
    head = "ИНН опекуна;Наименование программы;Дата завершения обучения;Сертификат (номер)"

    found = lay_out(text(head, "5902000001;Школа;01.09.26;17"), table_words.columns())
    assert row_of(found.lines).cells == {
        "inn": "5902000001", "course": "Школа", "completed_on": "2026-09-01",
        "certificate_ref": "17",
    }  # fmt: skip


@pytest.mark.parametrize(
    "columns", [HOLDERS.columns, SHOPS.columns, table_words.columns()], ids=len
)
def test_no_title_names_two_columns_or_is_written_twice(columns: tuple[Column, ...]) -> None:
    """Of two columns of one title the later would count in silence."""
    head = find_head([(1, [each.titles[0] for each in columns])], columns)

    assert head is not None
    assert len(head.names) == sum(len(each.titles) for each in columns)


def test_a_title_without_a_remark_counts_before_one_with_it_wherever_it_is() -> None:
    head = "Номер дела;Район;Телефон (рабочий);Телефон"

    _, unread, rows = told(text(head, "7;D01;84951234567;89161234567"))
    assert [*unread] == ["Телефон (рабочий)"]
    assert rows == [(2, {"holder_ref": "7", "district_id": "D01", "phone": "89161234567"})]
