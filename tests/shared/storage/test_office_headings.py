"""Tables grouped by district: a heading goes for the records below it, or the file is refused."""

from dataclasses import replace

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.errors import Invalid
from shared.storage.office_tables.reader import read
from tests.support.workbooks import workbook

KNOWN = {"D01": ("D01", "Центральный район"), "D02": ("D02", "Берёзовский район", "Берёзовка")}
COLUMNS = [
    replace(each, headings=KNOWN) if each.name == "district_id" else each
    for each in HOLDERS.columns
]


def grouped(*lines: str) -> list[tuple[int, str, str]]:
    """Number, file and district of each record."""
    rows = read("\n".join(lines).encode(), COLUMNS).rows
    found = [(row.number, row.cells) for row in rows if row.cells]
    return [(n, cells.get("holder_ref", ""), cells.get("district_id", "")) for n, cells in found]


@pytest.mark.parametrize(
    ("head", "heading"),
    [
        ("№ п/п;Номер дела;Район;Телефон", "{};;;"),
        ("№ п/п;Номер дела;Район;Телефон", ";;{};"),
        ("№ п/п;Номер дела;Имя;Телефон", "{};;;"),
        ("№ п/п;Номер дела;Имя;Дети", ";{};;24"),
        ("№ п/п\tНомер дела\tИмя\tДети", "{}\t\t\t2 000,5"),
    ],
    ids=["first column", "own column", "no column", "with a sum", "tabs"],
)
def test_records_are_of_the_district_above_them(head: str, heading: str) -> None:
    first, second = map(heading.format, ("1. Берёзовский р-н", "D01"))
    lines = [
        first,
        "1;1024;;8912",
        "Итого: 1;;;",
        "2;ЛД-2;;",
        second,
        "1;ЛД-3;;",
        head,
        "2;ЛД-4;;8912",
    ]
    signed = [*lines, "Исп. Петрова;;;2-12-34"]
    sign = "\t" if "\t" in head else ";"

    found = grouped("Список семей", head, *(line.replace(";", sign) for line in signed))

    assert [number for number, _, _ in found] == [4, 6, 8, 10]
    assert [file for _, file, _ in found] == ["1024", "ЛД-2", "ЛД-3", "ЛД-4"]
    assert [of for _, _, of in found] == ["Берёзовский р-н"] * 2 + ["D01"] * 2


def test_a_number_with_a_space_begins_a_record_and_no_group() -> None:
    found = grouped("Номер дела;Имя", "Берёзовский район;", "ЛД 5;Анна", "ЛД 6;Ольга")

    assert found == [(n, file, "Берёзовский район") for n, file in ((3, "ЛД 5"), (4, "ЛД 6"))]


@pytest.mark.parametrize("head", ["Номер дела;Имя", "Номер дела;Район"])
def test_a_district_above_the_head_is_that_of_all_records_where_no_column_says_it(
    head: str,
) -> None:
    own = "Район" in head
    found = grouped("Берёзовский район;", head, "ЛД-1;", "ЛД-2;")
    assert [(file, of) for _, file, of in found] == [
        (file, "" if own else "Берёзовский район") for file in ("ЛД-1", "ЛД-2")
    ]


def test_a_record_that_names_its_district_is_of_that_one() -> None:
    head = "Номер дела;Район"

    assert grouped(head, ";Берёзовка", "1;D01", "2;", "3;Центральный район", "4;") == [
        (3, "1", "D01"), (4, "2", "Берёзовка"), (5, "3", "Центральный район"),
        (6, "4", "Берёзовка"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "said"), [("Телефон", "89161234567"), ("Дата приказа", "01.09.2026"), ("Имя", "12")]
)
def test_a_record_that_lacks_its_number_is_no_heading(title: str, said: str) -> None:
    """Such a family was left out in silence, and the next one came to its district by chance."""
    head = f"№ п/п;Номер дела;Район;{title};Дети"

    assert grouped(head, "1;1;D01;;2", f"2;;Берёзовка;{said};2", "3;3;;;") == [
        (2, "1", "D01"), (3, "", "Берёзовка"), (4, "3", ""),
    ]  # fmt: skip


def test_a_row_that_ends_before_its_columns_is_of_its_district_too() -> None:
    found = grouped("Номер дела;Имя;Дети", "Берёзовка", "1", "2;Анна;2")

    assert found == [(3, "1", "Берёзовка"), (4, "2", "Берёзовка")]


def test_a_heading_may_be_in_a_column_of_names() -> None:
    found = grouped("Имя;Номер дела;Дети", "Берёзовка;;5", "Анна;1;2")

    assert found == [(3, "1", "Берёзовка")]


def test_each_group_may_have_a_head_of_its_own() -> None:
    found = grouped(
        "Берёзовка;", "Номер дела;Имя", "1;Анна", "Центральный район;", "Номер дела;Имя", "2;Мария"
    )

    assert found == [(3, "1", "Берёзовка"), (6, "2", "Центральный район")]


def test_a_workbook_with_headings_over_merged_columns_is_read() -> None:
    rows: list[list[object]] = [
        ["Номер дела", "Район", "Имя"], ["Берёзовский район", None, None], [1024, None, "Мария"],
    ]  # fmt: skip
    heading, record = read(workbook(rows, merged=("A2:C2",)), COLUMNS).rows

    assert heading.cells is None
    assert record.cells == {
        "holder_ref": "1024",
        "district_id": "Берёзовский район",
        "name": "Мария",
    }


@pytest.mark.parametrize(
    "heading",
    [
        "Дальний район;;",
        "Опекуны;;",
        "Группа 2;;",
        "12;;Центральный район",
        ";Дальний район;",
        "Центральный район;;Петрова",
    ],
)
@pytest.mark.parametrize("head", ["Номер дела;Имя;Телефон", "Номер дела;Район;Телефон"])
def test_records_below_a_heading_that_is_no_district_are_refused_at_once(
    head: str, heading: str
) -> None:
    with pytest.raises(Invalid) as refused:
        grouped(head, "Берёзовка;;", "1;;8912", heading, "2;;8912")

    assert (refused.value.code, refused.value.facts["line"]) == ("group_unclear", 4)


def test_so_are_records_below_a_first_heading_of_that_kind() -> None:
    with pytest.raises(Invalid, match="group_unclear"):
        grouped("Номер дела;Имя", "Опекуны;", "1;Анна", "Берёзовка;", "2;Мария")


def test_without_headings_nothing_is_filled_in() -> None:
    found = grouped("Номер дела;Район", "1;D01", "Опекуны;", "2;", "Берёзовский район;")

    assert found == [(2, "1", "D01"), (4, "2", "")]
    for rows in (["1;Анна", "Дальний район;", "2;Мария"], ["1;Берёзовка", "2;Сосновка"]):
        with pytest.raises(Invalid, match="column_missing"):
            grouped("Номер дела;Имя", *rows)
