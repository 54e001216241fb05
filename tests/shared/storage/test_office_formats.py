"""What a file is stands in its first bytes: tables of several programs, and what is no table."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.errors import Invalid
from shared.office_values import EPOCH, number_format
from shared.storage.office_tables import lay_out, require_readable, row_of
from shared.storage.office_tables.columns import STRUCK
from shared.storage.office_tables.reader import read
from shared.storage.office_tables.styles import EPOCH_1904, epoch_of
from tests.support.workbooks import binary, of_xml, packed, workbook

FORMATS = Path(__file__).parent / "office_formats"


def refusal(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        lay_out(content, HOLDERS.columns)
    return refused.value


@pytest.mark.parametrize("name", ["table.xls", "table.ods"])
def test_an_old_and_an_open_workbook_are_read_with_their_days_and_numbers(name: str) -> None:
    laid_out = lay_out((FORMATS / name).read_bytes(), HOLDERS.columns)

    row = row_of(laid_out.lines)
    assert row.number == 2 and row.cells is not None
    assert row.cells.pop("name") in ("Мария", "Мария Ивановна")
    assert row.cells == {
        "holder_ref": "1024", "district_id": "D01", "order_ref": "17-р", "ordered_on": "2026-09-01",
        "placement_current": "да", "phone": "89161234567",
    }  # fmt: skip


def test_a_binary_workbook_is_read() -> None:
    book = binary([["Номер дела", "Район"], ["ЛД-1", "D01"], [1024.0, "D02"]])

    first, second = map(row_of, lay_out(book, HOLDERS.columns).lines.splitlines())
    assert first.cells == {"holder_ref": "ЛД-1", "district_id": "D01"}
    assert second.cells == {"holder_ref": "1024", "district_id": "D02"}


DATES: list[list[str | float]] = [["Номер дела", "Район", "Дата приказа"], ["ЛД-1", "D01", 44804]]


def ordered_on(content: bytes) -> str | None:
    (*_, line) = lay_out(content, HOLDERS.columns).lines.splitlines()
    return (row_of(line).cells or {}).get("ordered_on")


def from_1904(content: bytes, name: str, before: bytes, after: bytes) -> bytes:
    """The same workbook with other words in one of its parts."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = {each: archive.read(each) for each in archive.namelist()}
    assert before in parts[name]
    return packed(parts | {name: parts[name].replace(before, after, 1)})


def test_a_day_that_is_a_number_counts_from_the_first_day_of_its_workbook() -> None:
    usual, flat = workbook(DATES), binary([*DATES[:1], ["ЛД-1", "D01", 44804.0]])
    old, free = ((FORMATS / name).read_bytes() for name in ("table.xls", "table.ods"))
    as_number = (b'"date" office:date-value="2026-09-01"', b'"float" office:value="44804"')
    free = from_1904(free, "content.xml", *as_number)
    assert [*map(ordered_on, (usual, flat, free))] == ["2022-08-31"] * 3

    book, rest = b"<sheets>", b'date1904="%s" codeName="a"/><sheets>'
    later = b'<table:null-date table:date-value="1904-01-01"/><table:table '
    said = [
        from_1904(usual, "xl/workbook.xml", book, b"<workbookPr " + rest % b"1"),
        from_1904(usual, "xl/workbook.xml", book, b"<x:workbookPr\n " + rest % b"true"),
        from_1904(flat, "xl/workbook.bin", b"\x8f\x01\x00", b"\x99\x01\x04\x01\0\0\0\x8f\x01\x00"),
        from_1904(free, "content.xml", b"<table:table ", later),
    ]
    assert [*map(ordered_on, said)] == ["2026-09-01"] * 4
    no = from_1904(usual, "xl/workbook.xml", book, b"<workbookPr " + rest % b"0")
    properties = b"\x99\x01\x04\x20\0\0\0\x8f\x01\x00"  # others than 1904
    other = from_1904(flat, "xl/workbook.bin", b"\x8f\x01\x00", properties)
    assert [*map(ordered_on, (no, other))] == ["2022-08-31"] * 2
    # The old workbook shows a day as a day, which its year 0 moves too.
    mac = old.replace(bytes.fromhex("220002000000 0e00"), bytes.fromhex("220002000100 0e00"))
    assert epoch_of(mac) == EPOCH_1904 and epoch_of(old) == EPOCH


def test_a_workbook_under_a_password_is_told_as_such() -> None:
    assert refusal((FORMATS / "locked.xlsx").read_bytes()).code == "table_locked"


def test_an_old_and_an_open_workbook_under_a_password_are_told_as_such() -> None:
    old = (FORMATS / "table.xls").read_bytes()
    begin = old.index(
        bytes.fromhex("0908100000060500")
    )  # the record after it says that it is locked
    locked = old[: begin + 20] + b"\x2f\x00" + old[begin + 22 :]
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    sealed = io.BytesIO()
    with zipfile.ZipFile(sealed, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{manifest}">'
            '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
            "</manifest:file-entry></manifest:manifest>",
        )
        parts.writestr("content.xml", b"\x00\x01")

    assert refusal(locked).code == refusal(sealed.getvalue()).code == "table_locked"


FOREIGN = {
    "a letter": packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}),
    "an archive": packed({"table.csv": "Номер дела;Район\n1;D01\n"}),
    "a print": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>\nendobj",
    "a page": "\n<html><table><tr><td>Номер дела<td>Район</tr></table></html>".encode("cp1251"),
    "a photo": b"\xff\xd8\xff\xe0" + bytes(range(256)),
    "a table of 1C": b"MOXCEL\x00\x08" + 'Номер дела"Район'.encode(),
    "an interchange of tables": b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\n",
    "a web archive": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n",
    "a page in two bytes a letter": "<html><table><tr><td>Номер дела</tr></table>".encode("utf-16"),
    "a link of a drive": b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}',
    "a link": b"[InternetShortcut]\r\nURL=https://disk.yandex.ru/i/1\r\n",
    "a photo of a phone": b"\0\0\0\x18ftypheic" + bytes(100),
    "a packed text": gzip.compress("Номер дела;Район\n1;D01\n".encode()),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_table_is_told_as_such_and_not_as_a_damaged_one(name: str) -> None:
    assert refusal(FOREIGN[name]).code == "table_foreign"


@pytest.mark.parametrize("content", [b"  \n\n ", b";;;\r\n;;;\r\n", "\ufeff\n".encode()])
def test_a_file_of_nothing_is_told_as_empty(content: bytes) -> None:
    assert refusal(content).code == "table_empty"


def test_a_cell_without_end_is_no_open_quote() -> None:
    long = f"Номер дела;Район;Примечание\n1;D01;{'я' * 200_000}\n".encode()

    assert (refusal(long).code, refusal(long).facts["line"]) == ("line_too_long", 2)


@pytest.mark.parametrize("cell", ["№ 7/к", "Ыб"])
def test_a_short_text_in_utf_8_is_never_guessed_at(cell: str) -> None:
    laid_out = lay_out(f"file;district\n{cell} 1;D01\n".encode(), HOLDERS.columns)

    assert row_of(laid_out.lines).cells == {"holder_ref": f"{cell} 1", "district_id": "D01"}


SEEN = [["Номер дела", "Район"], ["ЛД-1", "D01"], ["ЛД-2", "D01"]]


def hiding(content: bytes, name: str, row: bytes, attribute: bytes) -> bytes:
    """The same workbook with a row that is not seen."""
    return from_1904(content, name, row, row.replace(b"row", b"row " + attribute, 1))


def test_a_row_that_a_filter_or_a_hand_has_hidden_is_told_and_not_read() -> None:
    sheet, row, hidden = "xl/worksheets/sheet1.xml", b'<row r="3"', b'spans="1:2" hidden="1"'
    by_hand = hiding(workbook(SEEN), sheet, row, hidden)
    first = b'row><table:table-cell office:value-type="float" office:value="1024"'
    free = (FORMATS / "table.ods").read_bytes()
    in_open = hiding(free, "content.xml", first, b'table:visibility="filter"')

    flat = hiding(workbook(SEEN), sheet, row, b'ht="0" customHeight="1"')
    found = [(each.code, each.facts["line"]) for each in map(refusal, (by_hand, in_open, flat))]
    assert found == [("row_hidden", 3), ("row_hidden", 2), ("row_hidden", 3)]
    long = [*SEEN, *([f"ЛД-{n}", "D01", "x" * 1000] for n in range(3, 5_000))]
    assert refusal(hiding(workbook(long), sheet, row, hidden)).facts["line"] == 3


def test_a_hidden_row_is_found_where_rows_have_no_numbers() -> None:
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    lines = [f"<row>{''.join(map(cell.format, line))}</row>" for line in SEEN]
    assert lay_out(of_xml("".join(lines)), HOLDERS.columns).records == 2

    lines[2] = lines[2].replace("<row", '<row hidden="1"')
    assert refusal(of_xml("".join(lines))).facts["line"] == 3


def test_a_hidden_row_that_is_no_record_hides_nothing() -> None:
    title = workbook([["Список"], *SEEN])

    hidden = hiding(title, "xl/worksheets/sheet1.xml", b'<row r="1"', b'hidden="1"')
    assert lay_out(hidden, HOLDERS.columns).records == 2


def test_a_formula_that_failed_or_was_not_counted_says_so_in_its_own_cell() -> None:
    cell, failed = '<c r="{}"><v>{}</v></c>', '<c r="{}" t="e"><f>B2</f><v>#{}</v></c>'
    head = "".join(
        f'<c r="{place}" t="inlineStr"><is><t>{title}</t></is></c>'
        for place, title in {"B1": "Номер дела", "C1": "Район", "AA1": "Телефон"}.items()
    )
    second = failed.format("B2", "REF!") + cell.format("C2", 1) + failed.format("AA2", "N/A")
    fourth = (
        cell.format("B4", 8)
        + '<c r="C4" t="str"><f>B4&amp;"-"</f><v></v></c>'
        + '<c r="AA4" s="1"><f t="shared" si="0"/></c>'
    )
    # As openpyxl writes what no program has counted, with lxml and without.
    fifth = '<c r="B5"><f>A5</f><v></v></c><c r="C5" t="n"><f>A5</f><v /></c>' + cell.format(
        "AA5", 9
    )
    third = (
        cell.format("B3", 7) + cell.format("C3", 1) + '<c r="D3" t="e"/>' + cell.format("AA3", 8912)
    )
    # A long remark, over which each search must not begin anew: that takes minutes.
    remark = "<!--" + '<c r="A1" t="e"><f>' * 40_000 + "-->"
    rows = f'<row r="1">{head}</row><row r="2">{second}</row><row r="3">{third}</row>'
    rows += f'<row r="4">{fourth}</row><row r="5">{fifth}</row>'
    content = of_xml(rows + remark)

    assert [row.cells for row in read(content, HOLDERS.columns).rows] == [
        {"holder_ref": "#REF!", "district_id": "1", "phone": "#N/A"},
        {"holder_ref": "7", "district_id": "1", "phone": "8912"},
        {"holder_ref": "8", "phone": "#N/A"},
        {"holder_ref": "#N/A", "district_id": "#N/A", "phone": "9"},
    ]

    phone = b'office:value-type="float" office:value="89161234567"><text:p>89161234567<'
    not_found = (
        b'office:value-type="string" office:string-value="" ce:value-type="error"><text:p>#N/A<'
    )
    free = from_1904((FORMATS / "table.ods").read_bytes(), "content.xml", phone, not_found)
    free = from_1904(
        free,
        "content.xml",
        b"<office:document-content ",
        b'<office:document-content xmlns:ce="urn:c" ',
    )
    (row,) = read(free, HOLDERS.columns).rows
    assert row.cells is not None and row.cells["phone"] == "#N/A"
    order = '<table:table-cell office:value-type="string"><text:p>17-р</text:p>'.encode()
    day = b'</table:table-cell><table:table-cell office:value-type="date"'
    day += b' office:date-value="2026-09-01"><text:p>01.09.26</text:p>'
    none = b'<table:table-cell table:number-columns-repeated="2">'
    (row,) = read(from_1904(free, "content.xml", order + day, none), HOLDERS.columns).rows
    assert row.cells is not None and row.cells["phone"] == "#N/A"


def test_of_an_old_workbook_hidden_rows_and_failed_formulas_are_told_too() -> None:
    rows = read((FORMATS / "hidden.xls").read_bytes(), HOLDERS.columns).rows

    assert [next(rows).cells for _ in range(2)] == [
        {"holder_ref": "ЛД-1", "district_id": "D01", "phone": "#N/A"},
        {"holder_ref": "ЛД-2", "district_id": "D02", "phone": "89161234567"},
    ]
    with pytest.raises(Invalid, match="row_hidden") as refused:
        next(rows)
    assert refused.value.facts["line"] == 4


def test_of_a_binary_workbook_too() -> None:
    book: list[list[str | float | None]] = [
        ["Номер дела", "Район", "Телефон"],
        ["ЛД-1", "D01", None],
        ["ЛД-2", "D01", 8912.0],
    ]

    first, second = read(binary(book), HOLDERS.columns).rows
    assert first.cells == {"holder_ref": "ЛД-1", "district_id": "D01", "phone": "#N/A"}
    assert second.cells == {"holder_ref": "ЛД-2", "district_id": "D01", "phone": "8912"}
    refused = refusal(binary(book, hidden=[3]))
    assert (refused.code, refused.facts["line"]) == ("row_hidden", 3)


def ref(content: bytes) -> str | None:
    (*_, line) = lay_out(content, HOLDERS.columns).lines.splitlines()
    return (row_of(line).cells or {}).get("holder_ref")


def test_noughts_that_only_a_format_shows_are_a_part_of_the_number() -> None:
    """Typed as a text elsewhere, 00013 is the same file, and no other family's 13."""
    cells = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'.format
    head = cells("B1", "Номер дела") + cells("C1", "Район")
    book = of_xml(
        f'<row r="1">{head}</row><row r="2"><c r="B2" s="2"><f>A2</f><v>13</v></c>'
        f"{cells('C2', 'D01')}</row>"
    )
    parts = zipfile.ZipFile(io.BytesIO(book))
    packed_parts = {name: parts.read(name) for name in parts.namelist()}
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="{}"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="164"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>'
        '<xf/><xf numFmtId="164"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    quoted = "&quot;ЛД-&quot;0000;&quot;–&quot;0"
    for form, shown in (("00000", "00013"), (quoted, "ЛД-0013"), ("0", "13"), ("0.00", "13")):
        packed_parts["xl/styles.xml"] = styles.format(form).encode()
        assert ref(packed(packed_parts)) == shown
    # Java writes whole numbers with a nought behind them.
    packed_parts["xl/styles.xml"] = styles.format("00000").encode()
    java = packed_parts[sheet := "xl/worksheets/sheet1.xml"].replace(b">13<", b">13.0<")
    assert ref(packed(packed_parts | {sheet: java})) == "00013"
    # A text has no format: it stays as it was typed, and is no number of a text elsewhere.
    packed_parts[sheet] = packed_parts[sheet].replace(b's="2"', b's="2" t="str"')
    assert ref(packed(packed_parts)) == "13"

    number = b'office:value="1024"><text:p>1024<'
    free = (FORMATS / "table.ods").read_bytes()
    assert ref(from_1904(free, "content.xml", number, number.replace(b"p>", b"p>00"))) == "001024"
    remark = b"<office:annotation><text:p>5</text:p></office:annotation><text:p>"
    for before, after, seen in (
        (b"<text:p>", remark + b"00", "001024"),
        (b"<text:p>", "<text:p>ЛД-0".encode(), "ЛД-01024"),
        (b"<text:p>1024", b"<text:p>1 024", "1024"),
        (b"<text:p>1024", b"<text:p>1,02E+03", "1024"),
    ):
        assert ref(from_1904(free, "content.xml", number, number.replace(before, after))) == seen
    # Beside a number that is shown with signs, the others stay what they are.
    phone = b"<text:p>89161234567<"
    signed = from_1904(free, "content.xml", phone, b"<text:p>8-916-123-45-67<")
    spaced = number.replace(b"<text:p>1", b"<text:p>1 ")
    assert ref(from_1904(signed, "content.xml", number, spaced)) == "1024"
    money, paid = b'"float" ' + number, b'"currency" ' + number.replace(b"1024<", b"1024 $<")
    assert ref(from_1904(signed, "content.xml", money, paid)) == "1024"


def test_an_old_workbook_shows_its_numbers_as_their_formats_do_too() -> None:
    """Of its cells one is a text, one is no whole number, and one has no format of its own."""
    rows = read((FORMATS / "noughts.xls").read_bytes(), HOLDERS.columns).rows
    refs = [(row.cells or {})["holder_ref"] for row in rows]
    assert refs == ["00013", "13", "13.5", "ЛД-0012", "14"]


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ('General"-р"', "17", "17-р"),
        (r"\Л\Д\-0000", "12", "ЛД-0012"),
        (r"\Л\Д\-0000", "12345", "ЛД-12345"),
        (r"00\-00", "1234", "12-34"),
        (r"00\-00", "0", "00-00"),
        ("00", "5", "05"),
        (r"\+7\ (000)\ 000\-00\-00", "9127001101", "+7 (912) 700-11-01"),
        (r"+7\ (000)\ 000\-00\-00", "89127001101", "89127001101"),
        ('"№;"0', "5", "№;5"),
        ("[$-419]0000", "5", "0005"),
        ('0" "', "5", None),
        ("General", "5", None),
        (r"#\ ##0", "5000", None),
        ("[$-419]d mmmm yyyy;@", "46266", None),
        ('0.0"x"', "5", None),
        ('"x"', "5", None),
    ],
)
def test_what_a_format_shows_beside_a_number(code: str, number: str, shown: str | None) -> None:
    form = number_format(code)
    assert (form and form.show(number)) == shown


def test_a_row_that_is_struck_out_is_told_and_not_read() -> None:
    """Offices strike out who has left: such a family got a card."""
    cells = '<c r="{}{}" s="{}" t="inlineStr"><is><t>{}</t></is></c>'.format

    def row(number: int, of_key: int, key: str, district: str) -> str:
        first, second = cells("B", number, of_key, key), cells("C", number, 1 - of_key, district)
        return f'<row r="{number}">{first}{second}</row>'

    def book(strike: str, *, first: int = 0, last: str = "2") -> bytes:
        rows = row(1, 1, "Номер дела", "Район") + row(2, first, "1", "D01") + row(3, 1, last, "D01")
        parts = zipfile.ZipFile(io.BytesIO(of_xml(rows)))
        styles = (
            f"<styleSheet><fonts><font/><font><b/>{strike}</font></fonts>"
            '<cellStyleXfs><xf fontId="1"/></cellStyleXfs>'
            '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
        )
        return packed({name: parts.read(name) for name in parts.namelist()}
                      | {"xl/styles.xml": styles})  # fmt: skip

    for strike in ("<strike/>", '<strike val="1"/>'):
        refused = refusal(book(strike))
        assert (refused.code, refused.facts["line"]) == ("row_struck", 3)
        assert refusal(book(strike, first=1)).facts["line"] == 2
        assert lay_out(book(strike, last="Итого: 1"), HOLDERS.columns).records == 1
    for none in ("", '<strike val="0"/>', '<strike val="false"/>'):
        assert lay_out(book(none), HOLDERS.columns).records == 2

    assert refusal((FORMATS / "struck.xls").read_bytes()).facts["line"] == 3
    cell, struck = b"table:table-cell", b'table:table-cell table:style-name="z"'
    number = b'<%s office:value-type="float" office:value="1024"' % cell
    free = (FORMATS / "table.ods").read_bytes()
    free = from_1904(free, "content.xml", number, number.replace(cell, struck))
    solid = b'style:text-line-through-style="solid"'
    unstruck = solid.replace(b"solid", b"none")
    for own, other in ((solid, unstruck), (unstruck, unstruck), (unstruck, solid), (b"", solid)):
        styles = (
            b'<office:automatic-styles xmlns:style="urn:s"><style:style style:name="z">'
            b'<style:text-properties %s/></style:style><style:style style:name="y">'
            b"<style:text-properties %s/></style:style></office:automatic-styles>" % (own, other)
        )
        content = from_1904(free, "content.xml", b"<office:automatic-styles/>", styles)
        if own == solid:
            assert refusal(content).code == "row_struck"
        else:
            assert ref(content) == "1024"


def test_a_cell_that_is_struck_out_says_nothing_for_sure() -> None:
    """Offices strike out a phone that is somebody else's by now: the code went there."""
    cells = '<c r="{}{}" s="{}" t="inlineStr"><is><t>{}</t></is></c>'.format

    def row(number: int, phone: str, style: int = 0) -> str:
        said = ("Номер дела", "Район") if number == 1 else (str(number), "D01")
        cell = [cells("B", number, 0, said[0]), cells("C", number, 0, said[1])]
        return f'<row r="{number}">{"".join(cell)}{cells("D", number, style, phone)}</row>'

    rows = row(1, "Телефон", 1) + row(2, "89161234567", 1) + row(3, "89161234568") + row(4, "", 1)
    parts = zipfile.ZipFile(io.BytesIO(of_xml(rows)))
    styles = (
        "<styleSheet><fonts><font/><font><strike/></font></fonts>"
        '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
    )
    book = {name: parts.read(name) for name in parts.namelist()} | {"xl/styles.xml": styles}
    lines = lay_out(packed(book), HOLDERS.columns).lines.splitlines()
    struck, plain, none = (row_of(line).cells or {} for line in lines)
    with pytest.raises(Invalid) as refused:
        require_readable(struck)
    assert (refused.value.code, refused.value.pointer) == ("cell_struck", "/phone")
    require_readable(plain)
    assert "phone" not in none


@pytest.mark.parametrize("line", ["<strike/>", '<strike val="1"/>', "", '<strike val="0"/>'])
def test_what_is_struck_out_in_part_is_no_value_either(line: str) -> None:
    """Who corrects a number strikes out the old one before it: both were read as one."""
    texts = ("Номер дела", "Район", "Телефон", "1", "D01", None, "8916", "2")
    old, new = f"<r><rPr>{line}</rPr><t>ЛД-1</t></r>", "<r><t>ЛД-2</t></r>"
    items = "".join(f"<si>{f'<t>{text}</t>' if text else old + new}</si>" for text in texts)
    cell = '<c r="{}{}" t="s"><v>{}</v></c>'.format

    def row(number: int, *shared: int) -> str:
        cells = map(cell, "BCD", [number] * 3, shared)
        return f'<row r="{number}">{"".join(cells)}</row>'

    def book(*lower: str) -> bytes:
        parts = zipfile.ZipFile(io.BytesIO(of_xml("".join((row(1, 0, 1, 2), *lower)))))
        named = {name: parts.read(name) for name in parts.namelist()}
        return packed(named | {"xl/sharedStrings.xml": f"<sst>{items}</sst>".encode()})

    struck = bool(line) and "0" not in line
    of_key, of_phone = book(row(2, 3, 4, 6), row(3, 5, 4, 6)), book(row(2, 3, 4, 5))
    if not struck:
        assert lay_out(of_key, HOLDERS.columns).records == 2
    else:
        refused = refusal(of_key)
        assert (refused.code, refused.facts["line"]) == ("row_struck", 3)
    (last,) = lay_out(of_phone, HOLDERS.columns).lines.splitlines()
    assert (row_of(last).cells or {})["phone"] == f"ЛД-1ЛД-2{STRUCK if struck else ''}"


def test_an_open_workbook_may_have_packed_what_it_is() -> None:
    archive = zipfile.ZipFile(io.BytesIO((FORMATS / "table.ods").read_bytes()))
    for kind, read_as in (("spreadsheet", "1024"), ("text", "table_foreign")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
            for name in archive.namelist()[1:]:
                parts.writestr(name, archive.read(name))
        content = out.getvalue()
        assert (ref(content) if kind == "spreadsheet" else refusal(content).code) == read_as


def test_a_table_on_a_sheet_that_is_not_seen_is_told_as_such() -> None:
    """Told that the file is empty, or lacks a column, the clerk would look in vain."""
    for seen in ([], [["Пояснения"]]):
        content = workbook(seen, Список=SEEN)
        assert lay_out(content, HOLDERS.columns).records == 2

        shown = '<sheet name="Список"'.encode()
        hidden = from_1904(
            content, "xl/workbook.xml", shown, shown.replace(b" ", b' state="hidden" ')
        )
        refused = refusal(hidden)
        assert (refused.code, refused.facts) == ("sheet_hidden", {"sheet": "Список"})
