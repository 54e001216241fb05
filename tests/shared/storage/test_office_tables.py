"""Any file an office sends: understood as it was meant, or refused with a reason."""

import io
import os
import random
import time
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.errors import Invalid
from shared.storage import office_tables
from shared.storage.office_tables import Column, lay_out, records, row_of
from shared.storage.office_tables.heads import find_head
from shared.storage.office_tables.reader import read
from tests.support.workbooks import PARTS, of_xml, packed, workbook

FILES = Path(__file__).parent / "office_files"
EXPECTED = tomllib.loads((FILES / "expected.toml").read_text("utf-8"))
COLUMNS = (
    Column("ref", ("номер дела", "№ дела", "file"), "number", required=True),
    Column("district", ("район", "district"), required=True),
    Column("day", ("дата", "date"), kind="date"),
    Column("phone", ("телефон",)),
)
HEAD = "Номер дела;Район;Дата;Телефон"


def rows(content: bytes) -> list[tuple[int, dict[str, str] | None]]:
    """What the reader makes of a file."""
    laid_out = lay_out(content, COLUMNS)
    found = [row_of(line) for line in laid_out.lines.splitlines()]
    assert laid_out.records == sum(row.cells is not None for row in found)
    return [(row.number, row.cells) for row in found]


def text(*lines: str) -> bytes:
    return "\r\n".join([HEAD, *lines, ""]).encode()


def refusal(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        lay_out(content, COLUMNS)
    return refused.value


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
    lines = [HEAD, *(f"{n};Центральный район;01.09.2026;89127001101" for n in range(1, 6))]
    content = "\n".join(lines).replace(";", delimiter).encode(encoding)

    found = rows(content)

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

    assert [cells for _, cells in rows(text(*lines))] == [
        {"ref": "1024", "district": "D01", "phone": "+7 916 123-45-67"},
        {"ref": "1025", "district": "D01", "day": "01.09.2026"},
        {"ref": "1026"},
        {"ref": "1027"},
    ]


def test_a_windows_table_with_an_english_head_stays_russian() -> None:
    content = "file;district\n1;Берёзовский район\n".encode("cp1251")

    assert rows(content) == [(2, {"ref": "1", "district": "Берёзовский район"})]


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
    (found,) = [row for row in rows(f"{head}\n7;D01;;\n".encode()) if row[1]]

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

    assert rows(content) == [
        *((n, None) for n in (1, 2, 3, 4)),
        (5, {"ref": "LD-1", "district": "D01", "day": "2026-09-01", "phone": "89127001401"}),
    ]


def test_a_row_without_a_second_head_below_it_is_a_record() -> None:
    content = workbook([["Номер дела", "Район", "Телефон"], [None, None, "89127001401"]])

    assert rows(content) == [(2, {"phone": "89127001401"})]


def test_what_is_no_record_is_skipped_and_counted() -> None:
    noise = ["", ";;;", '"";"";"";""', HEAD, "Итого: 2;;;", "Всего;2;;", "Всего 12 чел.;D01;;",
             "Начальник отдела;;;", "Берёзовский район;;;"]  # fmt: skip

    found = rows(text("1;D01;;", *noise, "2;D02;;"))

    assert [number for number, cells in found if cells is None] == list(range(3, 12))
    assert [cells and cells["ref"] for _, cells in found if cells] == ["1", "2"]


@pytest.mark.parametrize(
    "total",
    ["Всего по району 5", "Итого семей 12", "Итого - 5", "Всего 12 приёмных семей", "Total: 5"],
)
def test_a_total_with_a_number_and_a_district_is_no_record(total: str) -> None:
    found = rows(text("1;D01;;", f"{total};D01;01.09.2026;8912"))

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
    found = read("\n".join([f"№;ФИО;{HEAD}", *lines, *totals]).encode(), COLUMNS).rows

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
    ((number, cells),) = rows(text(line))

    assert number == 2 and cells


def test_a_line_break_inside_a_cell_moves_the_count_as_an_editor_shows_it() -> None:
    found = rows(text('1;"D01\nвторая строка";;', "2;D02;;"))

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

    assert [row for row in rows(content) if row[1]] == [(7, {"ref": "1", "district": "D01"})]


# what is no table ------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"\0" * 100, HEAD.encode("utf-32")])
def test_what_is_no_text_is_told_as_such(content: bytes) -> None:
    assert refusal(content).code == "table_unreadable"


@pytest.mark.parametrize("content", [b"", b"\n\n", "Привет\n".encode(), b"\x00\xff" * 70_000])
def test_what_holds_no_table_is_refused(content: bytes) -> None:
    assert refusal(content).code in ("table_empty", "column_missing", "table_unreadable")


@pytest.mark.parametrize(
    ("head", "named"), [("Номер дела", "«район»"), ("Адрес", "«номер дела», «район»")]
)
def test_each_missing_column_is_named(head: str, named: str) -> None:
    refused = refusal(f"Телефон;{head}\n1;2\n".encode())

    assert (refused.code, refused.facts["columns"]) == ("column_missing", named)


@pytest.mark.parametrize("turned", ["9/13/2026", "09/13/26 1:30:00 PM"])
@pytest.mark.parametrize("last", [False, True])
def test_beside_a_day_with_its_month_first_none_is_read_that_may_be_both(
    turned: str, last: bool
) -> None:
    days = [turned, "9/12/2026"][:: -1 if last else 1]

    refused = refusal(text(*(f"{n};D01;{day};" for n, day in enumerate(days))))

    assert (refused.code, refused.facts["day"]) == ("month_first", turned)
    for known in ("13/09/2026", "09/09/2026", "12.09.2026"):
        found = rows(text(f"1;D01;{turned};", f"2;D01;{known};"))
        assert [cells and cells["day"][-3:] for _, cells in found] == [
            turned[-3:],
            f"-{known[:2]}",
        ]
    alone = rows(text("2;D01;9/12/2026;"))
    assert alone == [(2, {"ref": "2", "district": "D01", "day": "2026-12-09"})]


@pytest.mark.parametrize("many", [2, 3, 2_000, 20_000])
@pytest.mark.parametrize("cell", ['1;"D01;;', '1;D01;;"8912'], ids=["named", "last"])
def test_a_quote_that_never_ends_swallows_no_rows_in_silence(cell: str, many: int) -> None:
    lost = text("0;D00;;", cell, *(f"{n};D02;;" for n in range(2, many)))

    assert (refusal(lost).code, refusal(lost).facts["line"]) == ("quote_unclosed", 3)


def test_a_quote_that_the_next_one_ends_swallows_no_rows_either() -> None:
    lost = text("0;D00;;", '1;"D01;;', "2;D02;;", '3;"D03;;', "4;D04;;")

    assert (refusal(lost).code, refusal(lost).facts["line"]) == ("quote_unclosed", 3)


@pytest.mark.parametrize("end", ["3;D03;01.09.2026", "3;D0", "3"])
def test_a_file_that_was_sent_half_is_not_read_to_where_it_ends(end: str) -> None:
    lines = [HEAD, "1;D01;;", "2;D02;;8912", end]

    with pytest.raises(Invalid) as refused:
        list(read("\n".join(lines).encode(), COLUMNS).rows)
    assert (refused.value.code, refused.value.facts["line"]) == ("table_cut", 4)
    signed = "\n".join([*lines[:3], "4;D04;;", "Исп. Петрова"])
    for whole in (
        text(*lines[1:]),
        "\n".join([HEAD, "1;D01", *lines[2:]]).encode(),
        signed.encode(),
    ):
        assert [row.number for row in read(whole, COLUMNS).rows if row.cells][-1] == 4


@pytest.mark.parametrize("end", ["\n\x1a", "\n\x1a\0\0\0", "\x1a"])
def test_the_sign_by_which_old_programs_end_a_text_is_no_row(end: str) -> None:
    found = rows(text('1;D01;;"8912;"')[:-1] + end.encode())

    assert found == [(2, {"ref": "1", "district": "D01", "phone": "8912;"})]


def test_such_a_quote_is_noticed_in_a_column_nobody_asked_for() -> None:
    lost = b'file;district;note\n1;D01;"tall\n2;D02;\n3;D03;\n'

    assert refusal(lost).code == "quote_unclosed"


def test_a_table_that_was_saved_with_a_cell_a_line_is_read() -> None:
    lines = [HEAD, 'Ц-1;"Центральный; район";01.09.2026;89127001101', "2;D02;;"]
    wrapped = "\r\n".join('"' + line.replace('"', '""') + '"' for line in lines)

    assert rows(wrapped.encode()) == rows(text(*lines[1:]))


def test_an_address_of_two_lines_is_no_lost_quote() -> None:
    found = rows('file,district,note\n1,D01,"Пермь,\nМира, 5"\n2,D02,\n'.encode())

    assert [number for number, _ in found] == [2, 4]


def test_a_head_that_comes_too_late_is_told_as_missing() -> None:
    assert refusal(b"x;y\n" * 20 + b"file;district\n1;D01\n").code == "column_missing"


CELLS = (
    ["1", " 5", "6 ", "LD  7", "file", "Итого", "Всего-5", "Л\ufffd7", "Л\u200b7", "глава 1",
     "Начальник"],
    ["D01", "Район", "Берёзовский\nрайон"],
    ["01.09.2026", "Дата", "46266", "вчера"],
    ["8912", "Телефон", "8 912"],
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


def test_a_table_over_the_limit_is_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_ROWS", 30)
    table = read(text(*(f"{n};D01;;" for n in range(40))), COLUMNS)

    with pytest.raises(Invalid, match="table_too_long"):
        list(table.rows)


def half_a_gibibyte() -> bytes:
    """A sheet that is read whole before it ends, written piece by piece."""
    out, piece = io.BytesIO(), b" " * 2**20
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>')
            for _ in range(512):
                sheet.write(piece)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


FAR = '<c r="{place}"><v>1</v></c>'
# Made where they are asked for: half a gibibyte takes a second to pack.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "far corner": lambda: of_xml(
        f'<row r="1048576">{FAR.format(place="XFD1048576")}</row>'
        f'<row r="1">{FAR.format(place="A1")}</row>'
    ),
    "cut in half": lambda: workbook([["file", "district"], [1, "D01"]])[:900],
    "no workbook": lambda: packed({"readme.txt": "hello"}),
    "no sheet": lambda: packed(
        {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}
    ),
    "broken xml": lambda: of_xml("<row><c"),
    "half a gibibyte of nothing": half_a_gibibyte,
    "a memory of no size": lambda: of_xml(
        "".join(f'<row r="{n}"><c r="ZZ{n}"><v>1</v></c></row>' for n in range(1, 200_000, 50))
        + f'<row r="900000">{FAR.format(place="A900000")}</row>'
    ),
    "an old workbook of nothing": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
}


ENDS = {"no workbook": "table_foreign", "an old workbook of nothing": "table_foreign"}


@pytest.mark.alone
@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_or_hostile_workbook_ends_nothing_but_itself(name: str) -> None:
    content = HOSTILE[name]()
    started = time.monotonic()

    assert refusal(content).code == ENDS.get(name, "table_unreadable")
    assert time.monotonic() - started < office_tables.SECONDS


@pytest.mark.alone
def test_who_waits_for_a_file_waits_no_longer_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(office_tables, "SECONDS", 0.01)

    assert refusal(text("1;D01;;")).code == "table_unreadable"


@pytest.mark.alone
def test_the_process_of_its_own_finds_the_code_of_this_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)

    assert "PYTHONPATH" not in os.environ
    assert rows(text("1;D01;;")) == [(2, {"ref": "1", "district": "D01"})]
