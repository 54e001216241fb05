"""Any file an office sends is understood as it was meant."""

import os
import tomllib
from pathlib import Path

import pytest

from shared.storage.office_tables import lay_out, row_of
from tests.shared.storage.small_tables import COLUMNS, TITLES, refusal_of, rows_of, table
from tests.support.workbooks import of_xml, workbook

FILES = Path(__file__).parent / "office_files"
EXPECTED = tomllib.loads((FILES / "expected.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", EXPECTED)
def test_rows_that_are_no_records_are_skipped_as_the_file_counts_them(name: str) -> None:
    from services.cards.imports.kinds.holders import HOLDERS

    laid_out = lay_out((FILES / name).read_bytes(), HOLDERS.columns)

    found = [row_of(line) for line in laid_out.lines.splitlines()]
    assert [row.number for row in found if row.cells is None] == EXPECTED[name]["skipped"]
    people = len(EXPECTED[name]["accepted"]) + len(EXPECTED[name]["refused"])
    assert laid_out.records == people


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be", "cp866", "koi8-r"],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_text_is_read_in_its_encoding_and_with_its_delimiter(
    encoding: str, delimiter: str
) -> None:
    lines = [TITLES, *(f"{n};Центральный район;01.09.2026;89127001101" for n in range(1, 6))]
    content = "\n".join(lines).replace(";", delimiter).encode(encoding)

    found = rows_of(content)

    assert found[0] == (2, {"ref": "1", "district": "Центральный район", "day": "2026-09-01",
                            "phone": "89127001101"})  # fmt: skip
    assert len(found) == 5


def test_a_cell_that_only_says_that_it_is_empty_is_none() -> None:
    lines = (
        "'1024;D01;-;'+7 916 123-45-67",
        """1025;="D01";'01.09.2026;—""",
        '"=""1026""";--;–;\'',
        "1027;____;---;_",
    )

    assert [cells for _, cells in rows_of(table(*lines))] == [
        {"ref": "1024", "district": "D01", "phone": "+7 916 123-45-67"},
        {"ref": "1025", "district": "D01", "day": "2026-09-01"},
        {"ref": "1026"},
        {"ref": "1027"},
    ]


@pytest.mark.parametrize("cell", ["'15.03.2024", '="15.03.2024"', "15.03.\u200b2024"])
def test_a_day_that_is_marked_as_a_text_is_read(cell: str) -> None:
    marked = '"' + cell.replace('"', '""') + '"'
    content = table(f"1;D01;{marked};", "2;D02")

    assert rows_of(content)[0] == (2, {"ref": "1", "district": "D01", "day": "2024-03-15"})


def test_a_day_that_is_marked_as_a_text_may_have_its_month_first() -> None:
    assert refusal_of(table("1;D01;'9/13/2024;", "2;D02;9/12/2024;")).code == "month_first"


def test_a_windows_table_with_an_english_head_stays_russian() -> None:
    content = "file;district\n1;Берёзовский район\n".encode("cp1251")

    assert rows_of(content) == [(2, {"ref": "1", "district": "Берёзовский район"})]


@pytest.mark.parametrize(
    "head",
    [
        "Номер дела*;РАЙОН:;;",
        "№ дела ;«Район»;;",
        '"Номер\nдела";"Район ";;',
        "  номер   дела;Район\u00a0;;",
        "Hoмep дeлa;Paйoн;;",  # Latin letters that look alike
        "Но\u00adмер\u200b дела;Рай\u2060он;;",
        '"Но-\nмер дела";"Рай\u00ad\nон";;',
    ],
)
def test_a_head_is_known_by_forgiving_names(head: str) -> None:
    (found,) = [row for row in rows_of(f"{head}\n7;D01;;\n".encode()) if row[1]]

    assert found[1] == {"ref": "7", "district": "D01"}


def test_columns_come_in_any_order_beside_columns_nobody_asked_for() -> None:
    laid_out = lay_out("Район;Прочее;№ дела\nD01;что-то;7\n".encode(), COLUMNS)

    assert laid_out.titles == {"district": "Район", "ref": "№ дела"}
    assert row_of(laid_out.lines).cells == {"district": "D01", "ref": "7"}


def test_the_head_is_found_below_a_title_and_in_two_merged_rows() -> None:
    content = workbook(
        [
            ["Список приёмных родителей"],
            [],
            ["№", "Номер дела", "Район", "Основание", "Контакт"],
            [None, None, None, "Дата", "Телефон"],
            [1, "LD-1", "D01", 46266, 89127001401],
        ]
    )

    assert rows_of(content) == [
        *((n, None) for n in (1, 2, 3, 4)),
        (5, {"ref": "LD-1", "district": "D01", "day": "2026-09-01", "phone": "89127001401"}),
    ]


def test_a_row_without_a_second_head_below_it_is_a_record() -> None:
    content = workbook([["Номер дела", "Район", "Телефон"], [None, None, "89127001401"]])

    assert rows_of(content) == [(2, {"phone": "89127001401"})]


def test_a_line_break_inside_a_cell_moves_the_count_as_an_editor_shows_it() -> None:
    found = rows_of(table('1;"D01\nвторая строка";;', "2;D02;;"))

    assert found == [
        (2, {"ref": "1", "district": "D01 вторая строка"}),
        (4, {"ref": "2", "district": "D02"}),
    ]


def test_a_workbook_counts_rows_as_its_program_does() -> None:
    content = of_xml(
        '<row r="5"><c r="B5" t="inlineStr"><is><t>file</t></is></c>'
        '<c r="C5" t="inlineStr"><is><t>district</t></is></c></row>'
        '<row r="7"><c r="B7"><v>1.0</v></c><c r="C7" t="inlineStr"><is><t>D01</t></is></c></row>'
    )

    assert [row for row in rows_of(content) if row[1]] == [(7, {"ref": "1", "district": "D01"})]


@pytest.mark.parametrize("end", ["\n\x1a", "\n\x1a\0\0\0", "\x1a"])
def test_the_sign_by_which_old_programs_end_a_text_is_no_row(end: str) -> None:
    found = rows_of(table('1;D01;;"8912;"')[:-1] + end.encode())

    assert found == [(2, {"ref": "1", "district": "D01", "phone": "8912;"})]


def test_a_table_that_was_saved_with_a_cell_a_line_is_read() -> None:
    lines = [TITLES, 'Ц-1;"Центральный; район";01.09.2026;89127001101', "2;D02;;"]
    wrapped = "\r\n".join('"' + line.replace('"', '""') + '"' for line in lines)

    assert rows_of(wrapped.encode()) == rows_of(table(*lines[1:]))


@pytest.mark.alone
def test_the_process_of_its_own_finds_the_code_of_this_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)

    assert "PYTHONPATH" not in os.environ
    assert rows_of(table("1;D01;;")) == [(2, {"ref": "1", "district": "D01"})]
