"""What is merged over several rows goes for each of them that says something of its own."""

from typing import Any

from services.cards.imports.kinds.holders import HOLDERS
from services.cards.imports.kinds.shops import SHOPS
from shared.storage.office_tables.merged_cells import Range, spread, within
from shared.storage.office_tables.reader import read
from tests.shared.storage.holders_tables import told
from tests.support.workbooks import workbook

NUMBER, DISTRICT, PHONE, REMARK = range(4)
ASKED = (NUMBER, DISTRICT, PHONE)
TITLES: list[Any] = ["Номер дела", "Район", "Телефон", "Примечание"]


def over(column: int, first: int, last: int) -> Range:
    """A merge of one column over rows, counted from 0."""
    return ((first, column), (last, column))


def spread_out(rows: list[list[Any]], *merged: Range, below: int = 1) -> list[list[Any]]:
    numbered = [(number, cells) for number, cells in enumerate([TITLES, *rows], 1)]
    return [cells for _, cells in spread(numbered, merged, below, ASKED)][1:]


def test_each_row_below_that_says_something_gets_what_is_merged_over_it() -> None:
    rows = [["ЛД-1", "D01", "1", None], [None, "", "2", None], ["ЛД-2", None, "3", None]]
    assert spread_out(rows, over(NUMBER, 1, 2), over(DISTRICT, 1, 2)) == [
        ["ЛД-1", "D01", "1", None],
        ["ЛД-1", "D01", "2", None],
        ["ЛД-2", None, "3", None],
    ]
    own = [["ЛД-1", "D01", "1", None], ["ЛД-9", None, "2", None]]
    assert spread_out(own, over(NUMBER, 1, 2))[1] == ["ЛД-9", None, "2", None]


def test_a_row_with_a_remark_alone_is_a_part_of_the_record_above() -> None:
    rows = [["ЛД-1", "D01", "1", None], [None, None, None, "переехали"]]
    assert spread_out(rows, over(NUMBER, 1, 2)) == rows


def test_a_row_that_ends_before_the_merged_column_gets_it_too() -> None:
    rows = [["ЛД-1", "D01", "89161234567"], ["ЛД-2"]]
    assert spread_out(rows, over(PHONE, 1, 2))[1] == ["ЛД-2", None, "89161234567"]
    # A range that begins beyond what its first row says, says nothing.
    for column in (DISTRICT, PHONE):
        assert spread_out([["ЛД-1"], ["ЛД-2"]], over(column, 1, 2)) == [["ЛД-1"], ["ЛД-2"]]


def test_ranges_hold_for_their_own_rows_in_whatever_order_they_are_kept() -> None:
    rows: list[list[Any]] = [[f"ЛД-{n}", None, "1", None] for n in range(4)]
    rows[0][DISTRICT], rows[2][DISTRICT] = "D01", "D02"
    ranges = [over(DISTRICT, 1, 2), over(DISTRICT, 3, 4)]
    for merged in (ranges, ranges[::-1]):
        found = [cells[DISTRICT] for cells in spread_out(rows, *merged)]
        assert found == ["D01", "D01", "D02", "D02"]


def test_a_title_that_is_merged_into_the_rows_is_no_value_of_theirs() -> None:
    rows = [[None, "D01", "1", None], ["ЛД-2", "D01", "2", None]]
    assert spread_out(rows, over(NUMBER, 0, 1)) == rows


def test_ranges_are_counted_from_the_first_column_that_is_used() -> None:
    assert within([over(3, 1, 2), over(1, 1, 2), over(2, 4, 5)], margin=2) == [
        over(1, 1, 2),
        over(0, 4, 5),
    ]


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
        ["Номер дела", "Район", "Имя"], ["1", "D01", "Анна"], ["2", None, "Мария"],
        ["3", None, None], ["4", None, "Ольга"],
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
