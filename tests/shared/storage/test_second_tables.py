"""A second table, on a sheet of its own or below the first, is told and never mixed in."""

from dataclasses import replace

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from services.cards.imports.kinds.shops import SHOPS
from services.cards.imports.kinds.table_kind import TableKind
from shared.errors import Invalid
from shared.storage.office_tables import Row, lay_out, records
from shared.storage.office_tables.reader import read
from tests.shared.storage.holders_tables import SEEN, refusal, text, told
from tests.shared.storage.small_tables import COLUMNS, table
from tests.support.workbooks import rewritten, workbook

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


KNOWN = {"D01": ("D01", "Центральный район"), "D02": ("D02", "Берёзовский район")}
OF_REGION = [
    replace(each, headings=KNOWN) if each.name == "district_id" else each
    for each in HOLDERS.columns
]


@pytest.mark.parametrize("head", [[*HEAD, "Дети"], [*HEAD, "Дети", "ФИО", "Телефон"]])
def test_records_that_go_on_with_gaps_or_few_columns_are_no_list_beside_the_table(
    head: list[str],
) -> None:
    first = [head, ["ЛД-1", "D01", "да"]]
    for other in (
        [["Код", "Район"], ["D01", "Центральный район"]],
        [["D01", "Центральный район"], ["D02", "Берёзовский район"]],
        [["№", "Район", "Семей"], ["1", "Центральный район", "5"]],
        [["Сводка"], ["Центральный район", "5", "7"]],
    ):
        assert len(list(read(workbook(first, Свод=other), OF_REGION).rows)) == 1

    for goes_on in ([["ЛД-2", "Берёзовский"]], [["Продолжение"], ["2", "D02", "да"]]):
        with pytest.raises(Invalid, match="table_on_sheets"):
            read(workbook(first, Далее=goes_on), OF_REGION)


@pytest.mark.parametrize("other", [[], [["Итоги"], ["Всего", "5"]], [HEAD], [HEAD, ["Итого", "5"]]])
def test_a_second_sheet_without_records_does_no_harm(other: list[list[str]]) -> None:
    _, _, rows = told(workbook([HEAD, ["1", "D01"]], Итоги=other))

    assert rows == [(2, {"holder_ref": "1", "district_id": "D01"})]


def test_the_first_sheet_may_hold_no_table() -> None:
    _, _, rows = told(workbook([["Пояснения"]], Список=[HEAD, ["1", "D01"]]))

    assert rows == [(2, {"holder_ref": "1", "district_id": "D01"})]


TWO = ["Номер дела;Район;Телефон", "ЛД-1;D01;+79127001101", "", "{}", "Номер дела;Район;Телефон"]


@pytest.mark.parametrize("title", ["Кандидаты", "II. Очередники;;", ";Отказались от карты;"])
def test_another_table_below_under_a_title_of_its_own_is_told_and_not_read(title: str) -> None:
    """Who is in no foster family would get a card."""
    lines = [line.format(title) for line in TWO]
    refused = refusal(text(*lines, "ЛД-2;D02;+79127001102"))

    assert (refused.code, refused.facts) == ("second_table", {"line": 4})


@pytest.mark.parametrize("title", ["Выбывшие", "3. Семьи, снятые с учёта;;", ";Опека ПРЕКРАЩЕНА:"])
@pytest.mark.parametrize("rest", [[], ["2025 год"], ["ЛД-9;;", "Итого: 5"]])
def test_those_who_are_gone_are_told_where_no_head_is_repeated_above_them(
    title: str, rest: list[str]
) -> None:
    last = "ЛД-2;D02;+79127001102"
    refused = refusal(text(*TWO[:2], "Приёмные семьи", last, title, *rest, last))

    assert (refused.code, refused.facts) == ("second_table", {"line": 5})
    for kept in (TWO[:2], [title, "", *TWO[:2]]):  # none is below it, or it is of the whole list
        below = [title, "Исполнитель Петрова", ""] if kept == TWO[:2] else [last]
        assert lay_out(text(*kept, *below), HOLDERS.columns).records == 1 + (below == [last])


@pytest.mark.parametrize(
    "title",
    [
        "Архив",
        "Умершие",
        "Отказ от карты",
        "Исключённые из списка",
        "Договор расторгнут",
        "Расторжение договоров",
        "Карты не выданы: отказ",
        "Дела закрыты",
        "Бывшие приёмные семьи",
        "Утратившие право",
    ],
)
def test_whatever_an_office_calls_those_who_are_gone_they_get_no_card(title: str) -> None:
    assert refusal(text(*TWO[:2], title, "ЛД-2;D02;")).code == "second_table"


@pytest.mark.parametrize(
    "title",
    [
        "село Отказное",
        "Прекрасное",
        "Снятинский",
        "Умерёновский сельсовет",
        "Закрытое акционерное общество",
        "ЗАТО (закрытое образование)",
        "Бывший Ленинский район",
        "Отказники",
        "Исключительно приёмные семьи",
        "Дети, утратившие попечение родителей",
        "Список семей (отменённые не включены)",
        "Без выбывших",
        "Без учёта выбывших",
        "Семьи, не снятые с учёта",
        "Все, кроме семей, снятых с учёта",
        "За исключением выбывших",
    ],
)
def test_a_heading_that_only_sounds_so_refuses_no_table(title: str) -> None:
    assert lay_out(text(*TWO[:2], title, "ЛД-2;D02;"), HOLDERS.columns).records == 2


@pytest.mark.parametrize(
    "between",
    ["", "Итого: 1", "Исполнитель Петрова", "Продолжение", "Лист 2", "Список семей"],
)
def test_a_head_that_a_printed_list_repeats_begins_no_other_table(between: str) -> None:
    lines = ["Список семей", *(line.format(between) for line in TWO), "ЛД-2;D02;+79127001102"]

    assert lay_out(text(*lines), HOLDERS.columns).records == 2


def test_a_head_that_is_repeated_may_have_a_number_in_it() -> None:
    _, _, rows = told(text("Л/д 1;Район", "ЛД-1;D01", "Л/д 1;Район", "ЛД-2;D02"))

    assert [number for number, cells in rows if cells] == [2, 4]


@pytest.mark.parametrize("rest", ["ЛД-3;D02;", "ЛД-3;D02;+79127001103"])
def test_another_table_may_call_its_columns_otherwise(rest: str) -> None:
    """Candidates got cards: only the head above them was refused, as a row."""
    refused = refusal(text(*TWO[:2], "Кандидаты", "дело;р-н;тел.", rest))

    assert (refused.code, refused.facts) == ("second_table", {"line": 3})


@pytest.mark.parametrize("rest", ["ЛД-3;D02;", "ЛД-3;D02;+79127001103"])
def test_a_repeated_head_may_be_said_in_other_words_but_not_in_another_order(rest: str) -> None:
    for again in ("дело;р-н;тел.", "№ дела;р-н;тел.", "Л/д;р-н;тел. 1"):
        _, _, same = told(text(*TWO[:2], again, rest))
        assert [number for number, cells in same if cells] == [2, 4]

    for other in ("р-н;дело;тел.", "Примечание;р-н;дело"):
        refused = refusal(text(*TWO[:2], other, rest))
        assert (refused.code, refused.facts) == ("head_differs", {"line": 3})


def test_a_shop_may_be_called_like_a_column() -> None:
    lines = ("Организация;Город;Адрес", "Компания;Центр;ул. Мира, 5", "Сеть;Центр;ул. Мира, 7")

    assert lay_out(text(*lines), SHOPS.columns).records == 2
    with pytest.raises(Invalid, match="head_differs"):
        lay_out(text(*lines, "Город;Организация;Адрес", lines[1]), SHOPS.columns)


@pytest.mark.parametrize("of", [HOLDERS, SHOPS], ids=["of numbers", "of names"])
def test_another_table_below_in_columns_that_are_not_read_is_told(of: TableKind) -> None:
    """Its records, each with empty cells in all columns of the first one, were dropped."""
    head = [each.titles[0] for each in of.columns if each.required]
    record, gap = ["ЛД-1 «Пышка»", "D01", "Мира, 1"][: len(head)], [None] * len(head)
    below = [[*gap, *head], [*gap, *record]]

    with pytest.raises(Invalid, match="head_differs") as refused:
        list(read(workbook([head, record, *below]), of.columns).rows)
    assert refused.value.facts == {"line": 3}
    beside = [[*gap, "Район", "Семей"], [*gap, "D01", "5"]]
    rows = read(workbook([head, record, *beside, record]), of.columns).rows
    assert [row.number for row in rows if row.cells] == [2, 5]


def test_below_a_head_in_other_words_its_columns_may_be_numbered_again() -> None:
    _, _, rows = told(text(*TWO[:2], "дело;р-н;тел.", "1;2;3", "ЛД-2;D02;"))
    assert [number for number, cells in rows if cells] == [2, 5]


def test_a_title_far_above_a_repeated_head_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "BLOCK", 2)
    lines = [line.format("Кандидаты\n") for line in TWO]
    with pytest.raises(Invalid, match="second_table"):
        list(read(text(*lines, "ЛД-2;D02;+79127001102"), HOLDERS.columns).rows)


def test_a_table_on_a_sheet_that_is_not_seen_is_told_as_such() -> None:
    """Told that the file is empty, or lacks a column, the clerk would look in vain."""
    for seen in ([], [["Пояснения"]]):
        content = workbook(seen, Список=SEEN)
        assert lay_out(content, HOLDERS.columns).records == 2

        shown = '<sheet name="Список"'.encode()
        hidden = rewritten(
            content, "xl/workbook.xml", shown, shown.replace(b" ", b' state="hidden" ')
        )
        refused = refusal(hidden)
        assert (refused.code, refused.facts) == ("sheet_hidden", {"sheet": "Список"})


def test_a_hidden_sheet_without_the_table_is_not_told_as_it() -> None:
    content = workbook([["Номер дела", "Имя"], ["ЛД-1", "Анна"]], Список=[["Район"], ["D01"]])
    shown = '<sheet name="Список"'.encode()
    hidden = rewritten(content, "xl/workbook.xml", shown, shown.replace(b" ", b' state="hidden" '))

    refused = refusal(hidden)
    assert (refused.code, refused.facts) == ("column_missing", {"columns": "«район»"})


def test_those_who_are_gone_are_found_where_a_step_of_the_reader_ends_at_their_title(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(records, "BLOCK", 2)
    filled = "{};D01;01.09.2026;8912".format
    content = table(filled(1), "Выбыли;;;", filled(2), filled(3))

    with pytest.raises(Invalid) as refused:
        list(read(content, COLUMNS).rows)
    assert (refused.value.code, refused.value.facts["line"]) == ("second_table", 3)


def test_a_second_table_is_found_by_a_head_with_a_number() -> None:
    content = text("Дело 1;Район", "1;D01", "Другие семьи", "Дело 1;Район", "2;D02")

    refused = refusal(content)
    assert (refused.code, refused.facts["line"]) == ("second_table", 3)


def test_a_row_that_numbers_the_columns_is_counted_as_the_file_counts_it() -> None:
    _, _, rows = told(text("Номер дела;Район;Телефон", "1;2;3", "ЛД-1;D01;"))

    assert [(number, cells is None) for number, cells in rows] == [(2, True), (3, False)]
