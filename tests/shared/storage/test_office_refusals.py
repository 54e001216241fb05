"""A file that is no table, that was cut or that would be misread is refused with a reason."""

import io
import time
import zipfile
from collections.abc import Callable

import pytest

from shared.errors import Invalid
from shared.storage import office_tables
from shared.storage.office_tables import lay_out, process, records
from shared.storage.office_tables.reader import read
from tests.shared.storage.holders_tables import refusal
from tests.shared.storage.small_tables import COLUMNS, TITLES, refusal_of, rows_of, table
from tests.support.workbooks import PARTS, of_xml, packed, parts_of, workbook


@pytest.mark.parametrize("content", [b"\0" * 100, TITLES.encode("utf-32")])
def test_what_is_no_text_is_told_as_such(content: bytes) -> None:
    assert refusal_of(content).code == "table_unreadable"


@pytest.mark.parametrize("content", [b"", b"\n\n", "Привет\n".encode(), b"\x00\xff" * 33_000])
def test_what_holds_no_table_is_refused(content: bytes) -> None:
    assert refusal_of(content).code in ("table_empty", "column_missing", "table_unreadable")


@pytest.mark.parametrize(
    ("head", "named"), [("Номер дела", "«район»"), ("Адрес", "«номер дела», «район»")]
)
def test_each_missing_column_is_named(head: str, named: str) -> None:
    refused = refusal_of(f"Телефон;{head}\n1;2\n".encode())

    assert (refused.code, refused.facts["columns"]) == ("column_missing", named)


@pytest.mark.parametrize("turned", ["9/13/2026", "09/13/26 1:30:00 PM"])
@pytest.mark.parametrize("last", [False, True])
def test_beside_a_day_with_its_month_first_none_is_read_that_may_be_both(
    turned: str, last: bool
) -> None:
    days = [turned, "9/12/2026"][:: -1 if last else 1]

    refused = refusal_of(table(*(f"{n};D01;{day};" for n, day in enumerate(days))))

    assert (refused.code, refused.facts["day"]) == ("month_first", turned)
    for known in ("13/09/2026", "09/09/2026", "12.09.2026"):
        found = rows_of(table(f"1;D01;{turned};", f"2;D01;{known};"))
        assert [cells and cells["day"][-3:] for _, cells in found] == [
            turned[-3:],
            f"-{known[:2]}",
        ]
    alone = rows_of(table("2;D01;9/12/2026;"))
    assert alone == [(2, {"ref": "2", "district": "D01", "day": "2026-12-09"})]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", ""])
def test_a_file_that_ends_within_a_quote_is_told_whatever_ends_its_lines(end: str) -> None:
    """Cut within a quote, the last row of a text gave half of a phone."""
    whole = f'{TITLES}\n1;D01;;\n2;D02;;"8912700{{}}'.replace("\n", end or "\n")

    refused = refusal_of((whole.format("") + end).encode())
    assert (refused.code, refused.facts["line"]) == ("quote_unclosed", 3)
    assert len(rows_of((whole.format('1102"') + end).encode())) == 2


@pytest.mark.parametrize("many", [2, 3, 2_000, 20_000])
@pytest.mark.parametrize("cell", ['1;"D01;;', '1;D01;;"8912'], ids=["named", "last"])
def test_a_quote_that_never_ends_swallows_no_rows_in_silence(cell: str, many: int) -> None:
    lost = table("0;D00;;", cell, *(f"{n};D02;;" for n in range(2, many)))

    assert (refusal_of(lost).code, refusal_of(lost).facts["line"]) == ("quote_unclosed", 3)


def test_a_quote_that_never_ends_is_noticed_where_the_file_ends_in_its_line() -> None:
    lost = f'{TITLES}\n1;D01;;\n2;"D02;;8912'.encode()

    assert (refusal_of(lost).code, refusal_of(lost).facts["line"]) == ("quote_unclosed", 3)


def test_a_quoted_cell_may_come_after_a_space() -> None:
    found = rows_of(f'{TITLES}\n1; "D01"; "01.09.2026"; "8912; 8913"\n'.encode())

    cells = {"ref": "1", "district": "D01", "day": "2026-09-01", "phone": "8912; 8913"}
    assert found == [(2, cells)]


def test_a_quote_that_the_next_one_ends_swallows_no_rows_either() -> None:
    lost = table("0;D00;;", '1;"D01;;', "2;D02;;", '3;"D03;;', "4;D04;;")

    assert (refusal_of(lost).code, refusal_of(lost).facts["line"]) == ("quote_unclosed", 3)


@pytest.mark.parametrize("end", ["3;D03;01.09.2026", "3;D0", "3"])
def test_a_file_that_was_sent_half_is_not_read_to_where_it_ends(end: str) -> None:
    lines = [TITLES, "1;D01;;", "2;D02;;8912", end]

    with pytest.raises(Invalid) as refused:
        list(read("\n".join(lines).encode(), COLUMNS).rows)
    assert (refused.value.code, refused.value.facts["line"]) == ("table_cut", 4)
    signed = "\n".join([*lines[:3], "4;D04;;", "Исп. Петрова"])
    for whole in (
        table(*lines[1:]),
        table(*lines[1:]).replace(b"\r\n", b"\r"),
        "\n".join([TITLES, "1;D01", *lines[2:]]).encode(),
        signed.encode(),
    ):
        assert [row.number for row in read(whole, COLUMNS).rows if row.cells][-1] == 4


_OF_ADDRESS, _WHOLE, _CUT = "Номер дела,Район,Адрес,Телефон", "1,D01,Мира 5,", "2,D01,Мира, 5,"


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([_WHOLE, _CUT], "3"),
        ([_CUT, _WHOLE], "2"),
        ([_CUT, "", f"{_CUT}+79127001101"], "4"),
        ([_CUT, _WHOLE, _CUT], "2, 4"),
        ([*[_CUT] * 10, _WHOLE], "2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        ([*[_CUT] * 11, _WHOLE], "2, 3, 4, 5, 6, 7, 8, 9, 10, 11…"),
    ],
)
def test_a_cell_that_its_own_comma_cut_in_two_shifts_no_others_in_silence(
    rows: list[str], lines: str
) -> None:
    """Of «ул. Мира, 5» the street was the address of a shop, and 5 its name."""
    refused = refusal_of("\n".join([_OF_ADDRESS, *rows, ""]).encode())

    assert (refused.code, refused.facts["lines"]) == ("row_too_wide", lines)


def test_a_row_that_excel_filled_up_beside_a_wide_one_is_not_cut() -> None:
    """It writes 16 rows at a time, and fills them up to the widest of these."""
    rows = [f"{number},D01,Мира 5,+79127001101" for number in range(2, 20)]
    first, second = rows[:15], [f"{row},," for row in rows[15:]]

    def book(*more: str) -> bytes:
        return "\n".join([_OF_ADDRESS, *first, *second, *more, ""]).encode()

    signed, noted = book("Исполнитель,,,,,Петрова"), book("20,D01,Мира 5,,,позвонить")
    for content, many in ((signed, len(rows)), (noted, len(rows) + 1)):
        assert sum(bool(row.cells) for row in read(content, COLUMNS).rows) == many
    for other, lines in (
        (book(",,,,,"), "17, 18, 19"),
        (book("20,D01,Мира 5,,,позвонить,"), "17, 18, 19, 20"),
        ("\n".join([_OF_ADDRESS, *rows[:15], "20,D01,Мира, 5,8912"]).encode(), "17"),
    ):
        refused = refusal_of(other)
        assert (refused.code, refused.facts["lines"]) == ("row_too_wide", lines)


@pytest.mark.parametrize(
    "lines",
    [
        [_OF_ADDRESS, _CUT.replace("Мира, 5", '"Мира, 5"')],
        [_OF_ADDRESS, f"{_WHOLE},,", f"{_WHOLE},,"],
        [f"{_OF_ADDRESS},", f"{_WHOLE},заметка"],
        [_OF_ADDRESS, _WHOLE, "Итого,1,,,,,2"],
    ],
    ids=["in quotes", "an empty end", "a remark", "a total"],
)
def test_a_row_may_be_longer_than_its_columns(lines: list[str]) -> None:
    assert {cells["district"] for _, cells in rows_of("\n".join([*lines, ""]).encode()) if cells}


def test_such_a_quote_is_noticed_in_a_column_nobody_asked_for() -> None:
    lost = b'file;district;note\n1;D01;"tall\n2;D02;\n3;D03;\n'

    assert refusal_of(lost).code == "quote_unclosed"


def test_an_address_of_two_lines_is_no_lost_quote() -> None:
    found = rows_of('file,district,note\n1,D01,"Пермь,\nМира, 5"\n2,D02,\n'.encode())

    assert [number for number, _ in found] == [2, 4]


def test_a_head_that_comes_too_late_is_told_as_missing() -> None:
    assert refusal_of(b"x;y\n" * 20 + b"file;district\n1;D01\n").code == "column_missing"


def test_a_table_over_the_limit_is_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_ROWS", 30)
    long = read(table(*(f"{n};D01;;" for n in range(40))), COLUMNS)

    with pytest.raises(Invalid, match="table_too_long"):
        list(long.rows)


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


def a_thousand_million_laughs(name: str, start: str) -> bytes:
    """A workbook with a part in which each name stands for ten of the one before."""
    parts: dict[str, str | bytes] = {**parts_of(workbook([["file", "district"], [1, "D01"]]))}
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    part = f'<!DOCTYPE {start} [<!ENTITY l0 "lol">{lol}]><{start}>&l9;</{start}>'
    return packed(parts | {name: part})


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
    "many laughs in the styles": lambda: a_thousand_million_laughs("xl/styles.xml", "styleSheet"),
    "many laughs in the texts": lambda: a_thousand_million_laughs("xl/sharedStrings.xml", "sst"),
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

    assert refusal_of(content).code == ENDS.get(name, "table_unreadable")
    assert time.monotonic() - started < office_tables.SECONDS


def test_a_small_file_that_says_too_much_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook of 56 KB had one long text in each of its rows: 286 MB came of it."""
    content = table("1;D01;;", "2;D02;;")
    whole = len(lay_out(content, COLUMNS).lines)

    monkeypatch.setattr(process, "MAX_LINES", whole)
    assert lay_out(content, COLUMNS).records == 2
    monkeypatch.setattr(process, "MAX_LINES", whole - 1)
    assert refusal_of(content).code == "table_unreadable"


@pytest.mark.alone
def test_who_waits_for_a_file_waits_no_longer_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(office_tables, "SECONDS", 0.01)

    assert refusal_of(table("1;D01;;")).code == "table_unreadable"


def test_a_cell_without_end_is_no_open_quote() -> None:
    long = f"Номер дела;Район;Примечание\n1;D01;{'я' * 200_000}\n".encode()

    assert (refusal(long).code, refusal(long).facts["line"]) == ("line_too_long", 2)
