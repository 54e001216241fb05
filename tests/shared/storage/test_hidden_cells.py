"""What an office has hidden, struck out or failed to count is told and never read as a value."""

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.errors import Invalid
from shared.storage.office_tables import lay_out, require_readable, row_of
from shared.storage.office_tables.binary_parts import link_of
from shared.storage.office_tables.columns import STRUCK
from shared.storage.office_tables.reader import read
from tests.shared.storage.holders_tables import FORMATS, SEEN, ref, refusal
from tests.support.workbooks import binary, of_xml, packed, parts_of, rewritten, workbook


def hiding(content: bytes, name: str, row: bytes, attribute: bytes) -> bytes:
    """The same workbook with a row that is not seen."""
    return rewritten(content, name, row, row.replace(b"row", b"row " + attribute, 1))


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


@pytest.mark.parametrize(
    "spelled", [b"hidden='1'", b'hidden = "1"', b"hidden= '1'", b'hidden\n="true"']
)
def test_a_hidden_row_is_found_however_its_attributes_are_spelled(spelled: bytes) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    content = hiding(workbook(SEEN), sheet, b'<row r="3"', spelled)

    assert refusal(content).facts["line"] == 3


def test_a_hidden_row_is_found_in_a_part_that_is_named_from_the_root() -> None:
    links, sheet = "xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml"
    content = hiding(workbook(SEEN), "xl/worksheets/sheet1.xml", b'<row r="3"', b'hidden="1"')

    assert refusal(rewritten(content, links, sheet, b"/xl/" + sheet)).facts["line"] == 3


def test_a_remark_in_the_xml_of_a_sheet_says_nothing() -> None:
    sheet, remark = "xl/worksheets/sheet1.xml", b'<!-- <row r="2" hidden="1"> --><row r="3"'
    content = rewritten(workbook(SEEN), sheet, b'<row r="3"', remark)

    assert lay_out(content, HOLDERS.columns).records == 2


def test_a_hidden_row_is_found_where_an_entity_says_so() -> None:
    content = hiding(workbook(SEEN), "xl/worksheets/sheet1.xml", b'<row r="3"', b'hidden="&yes;"')
    named = b'<!DOCTYPE worksheet [<!ENTITY yes "1">]><worksheet'

    content = rewritten(content, "xl/worksheets/sheet1.xml", b"<worksheet", named)
    assert refusal(content).facts["line"] == 3


def test_attributes_in_single_quotes_may_have_double_ones_within() -> None:
    numbers = workbook([["Номер дела", "Район"], [12, "D01"]])
    sheet, styles = "xl/worksheets/sheet1.xml", "xl/styles.xml"
    style = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='\"ЛД-\"0000'/></numFmts>"
    style += "<cellXfs><xf numFmtId='0'/><xf numFmtId='164'/></cellXfs></styleSheet>"
    shown = rewritten(numbers, sheet, b'<c r="A2"', b"<c r='A2' s='1'")
    parts = parts_of(shown)
    parts[sheet] = parts[sheet].replace(b'"', b"'")

    assert ref(packed(parts | {styles: style.encode()})) == "ЛД-0012"


def test_a_hidden_row_is_found_on_the_second_sheet_where_the_table_is_on_that() -> None:
    content = workbook([["Как заполнять"], ["без пробелов"], ["всё"]], Список=SEEN)
    first, second = (f"xl/worksheets/sheet{number}.xml" for number in (1, 2))

    assert lay_out(hiding(content, first, b'<row r="3"', b'hidden="1"'), HOLDERS.columns).records
    assert refusal(hiding(content, second, b'<row r="3"', b'hidden="1"')).facts["line"] == 3


def test_a_hidden_row_is_found_where_parts_are_named_with_capitals() -> None:
    """The library finds them so, too."""
    sheet = "xl/worksheets/sheet1.xml"
    hidden = hiding(workbook(SEEN), sheet, b'<row r="3"', b'hidden="1"')
    capitals = {sheet: "xl/worksheets/Sheet1.xml", "xl/workbook.xml": "xl/Workbook.xml"}
    parts = {capitals.get(name, name): part for name, part in parts_of(hidden).items()}

    assert refusal(packed(parts)).facts["line"] == 3


def test_a_hidden_row_that_is_no_record_hides_nothing() -> None:
    title = workbook([["Список"], *SEEN])

    hidden = hiding(title, "xl/worksheets/sheet1.xml", b'<row r="1"', b'hidden="1"')
    assert lay_out(hidden, HOLDERS.columns).records == 2


def test_a_column_that_is_hidden_is_told_where_something_would_be_read_of_it() -> None:
    """Who pastes a new list over the columns that show leaves the phones of the old one below."""
    sheet, rows = "xl/worksheets/sheet1.xml", b"<sheetData>"

    def book(columns: bytes, phone: str = "89161234567") -> bytes:
        lines = [["Номер дела", "Район", "Телефон", "Итог"], ["ЛД-1", "D01", phone, "1"]]
        return rewritten(workbook(lines), sheet, rows, b"<cols>%s</cols>%s" % (columns, rows))

    third = b'<col min="%d" max="3" width="9" hidden="%s" customWidth="1"/>'
    refused = [refusal(book(third % each)) for each in ((3, b"1"), (2, b"true"))]
    assert [each.facts["column"] for each in refused] == ["Телефон", "Район"]
    assert {each.code for each in refused} == {"column_hidden"}
    helper = b'<col min="3" max="3"/><col hidden="1" max="16384" min="4"/>'
    for seen in (third % (3, b"0"), helper):
        assert lay_out(book(seen), HOLDERS.columns).records == 1
    assert lay_out(book(third % (3, b"1"), phone=""), HOLDERS.columns).records == 1
    narrow = b'<col min="3" max="3" width="%s" customWidth="0"/>'
    assert [refusal(book(narrow % each)).code for each in (b"0", b"0.0")] == ["column_hidden"] * 2
    assert lay_out(book(narrow % b"0.5"), HOLDERS.columns).records == 1

    old = (FORMATS / "hidden_column.xls").read_bytes()
    table: list[list[str | float | None]] = [["Номер дела", "Телефон", "Район"], ["1", "8", "D01"]]
    free, start = (FORMATS / "table.ods").read_bytes(), b'<table:table table:name="L">'
    column, unseen = b"<table:table-column %s/>", b'table:visibility="%s" '
    five, two = (b'table:number-columns-repeated="%d"' % each for each in (5, 2))
    for columns in (
        column % five + column % (unseen % b"visible" + two),
        column % five + column % two + column % (unseen % b"collapse"),
    ):
        assert ref(rewritten(free, "content.xml", start, start + columns)) == "1024"
    first = column % five + column % (unseen % b"collapse" + two)
    last = column % five + column % b"" + column % (unseen % b"filter")
    named = (rewritten(free, "content.xml", start, start + each) for each in (first, last))
    assert [refusal(each).facts["column"] for each in named] == ["Имя", "Телефон"]
    for content in (old, binary(table, columns=[(0, False), (1, True)])):
        assert refusal(content).facts["column"] == "Телефон"
    assert lay_out(binary(table, columns=[(1, False), (3, True)]), HOLDERS.columns).records == 1
    for place, found in ((3, "Телефон"), (2, "Номер дела"), (4, "Район"), (1, ""), (5, "")):
        beside = binary(table, columns=[(place, True)], margin=2)
        if found:
            assert refusal(beside).facts["column"] == found
        else:
            assert lay_out(beside, HOLDERS.columns).records == 1


def test_a_hidden_column_that_says_the_same_again_is_named_as_the_file_calls_it() -> None:
    head = ["Номер дела", "Район", "Телефон", "Район (код)", "Телефон (моб.)"]
    book = workbook([head, ["ЛД-1", "D01", "89161234567", "D01", "89161234567"]])
    hidden = b'<cols><col min="5" max="5" hidden="1"/></cols><sheetData>'

    refused = refusal(rewritten(book, "xl/worksheets/sheet1.xml", b"<sheetData>", hidden))
    assert (refused.code, refused.facts) == ("column_hidden", {"column": "Телефон (моб.)"})


def test_a_binary_workbook_knows_each_of_its_sheets_by_a_link_of_its_own() -> None:
    def sheet(*texts: str) -> bytes:
        said = b"".join(
            len(text).to_bytes(4, "little") + text.encode("utf-16-le") for text in texts
        )
        return bytes([0x9C, 1, 8 + len(said), *bytes(8)]) + said

    book = sheet("r1", "Итоги") + sheet("r2", "Список")
    assert [link_of(book, name) for name in ("Итоги", "Список")] == ["r1", "r2"]
    with pytest.raises(KeyError):
        link_of(book, "Архив")


def test_a_hidden_column_is_found_beside_empty_ones() -> None:
    sheet, rows = "xl/worksheets/sheet1.xml", b"<sheetData>"
    table = workbook([[None, None, "Номер дела", "Район", "Телефон"], [None, None, "1", "D01", ""]])
    for place, code in ((3, "column_hidden"), (4, "column_hidden"), (1, ""), (2, ""), (5, "")):
        column = b'<cols><col min="%d" max="%d" hidden="1"/></cols>' % (place, place)
        content = rewritten(table, sheet, rows, column + rows)
        if code:
            assert refusal(content).code == code
        else:
            assert lay_out(content, HOLDERS.columns).records == 1


def test_what_a_sheet_before_it_hides_is_not_hidden_in_an_open_document() -> None:
    free = (FORMATS / "table.ods").read_bytes()
    column = b'<table:table-column table:visibility="collapse"/>'
    row = b'<table:table-row table:visibility="collapse" %s><table:table-cell/></table:table-row>'
    before = b'<table:table table:name="K">' + column + row % b"" + b"</table:table>"
    start = b'<table:table table:name="L">'

    assert ref(rewritten(free, "content.xml", start, before + start)) == "1024"
    fifth = column.replace(
        b"visibility", b'number-columns-repeated="5"/><table:table-column table:visibility'
    )
    own = rewritten(free, "content.xml", start, before + start + fifth)
    assert refusal(own).facts["column"] == "Имя"


def test_a_formula_that_failed_is_found_where_cells_have_no_places() -> None:
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'.format
    head = "".join(map(cell, ("Номер дела", "Район", "Телефон")))
    second = f'{cell("1")}{cell("D01")}<c t="e"><v>#N/A</v></c>'

    (row,) = read(of_xml(f"<row>{head}</row><row>{second}</row>"), HOLDERS.columns).rows
    assert row.cells == {"holder_ref": "1", "district_id": "D01", "phone": "#N/A"}


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
    free = rewritten((FORMATS / "table.ods").read_bytes(), "content.xml", phone, not_found)
    free = rewritten(
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
    (row,) = read(rewritten(free, "content.xml", order + day, none), HOLDERS.columns).rows
    assert row.cells is not None and row.cells["phone"] == "#N/A"


def test_a_formula_of_an_open_document_that_no_program_has_counted_is_no_empty_cell() -> None:
    """A card went to paper, though the list had the phone of its holder."""
    phone = b'office:value-type="float" office:value="89161234567"><text:p>89161234567</text:p>'
    counted = b'table:formula="of:=[.Z1]" office:value-type="string" office:string-value="">'
    free = (FORMATS / "table.ods").read_bytes()
    told = {}
    for formula in (counted, b'table:formula="of:=[.Z1]">'):
        (row,) = read(rewritten(free, "content.xml", phone, formula), HOLDERS.columns).rows
        told[formula] = (row.cells or {}).get("phone")

    assert [*told.values()] == [None, "#N/A"]


def test_an_old_workbook_that_names_a_block_twice_hides_its_rows_no_less() -> None:
    """One library refused it, the other read it: a card was issued for a row that was hidden."""
    content = (FORMATS / "hidden.xls").read_bytes()
    start = content.index("Root Entry".encode("utf-16-le")) + 116
    twice = content[:start] + (0).to_bytes(4, "little") + (4096).to_bytes(4, "little")

    assert refusal(twice + content[start + 8 :]).code == refusal(content).code == "row_hidden"


@pytest.mark.alone
def test_an_old_workbook_whose_hidden_rows_cannot_be_known_is_not_read() -> None:
    style = b"\xe0\x00\x14\x00"
    content = (FORMATS / "hidden.xls").read_bytes().replace(style, b"\xff" + style[1:], 1)

    assert refusal(content).code == "table_unreadable"


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
    first, _ = read(binary(book, margin=2), HOLDERS.columns).rows
    assert first.cells == {"holder_ref": "ЛД-1", "district_id": "D01", "phone": "#N/A"}
    refused = refusal(binary(book, hidden=[3]))
    assert (refused.code, refused.facts["line"]) == ("row_hidden", 3)


def test_a_row_that_is_struck_out_is_told_and_not_read() -> None:
    """Offices strike out who has left: such a family got a card."""
    cells = '<c r="{}{}" s="{}" t="inlineStr"><is><t>{}</t></is></c>'.format

    def row(number: int, of_key: int, key: str, district: str) -> str:
        first, second = cells("B", number, of_key, key), cells("C", number, 1 - of_key, district)
        return f'<row r="{number}">{first}{second}</row>'

    def book(strike: str, *, first: int = 0, last: str = "2") -> bytes:
        rows = row(1, 1, "Номер дела", "Район") + row(2, first, "1", "D01") + row(3, 1, last, "D01")
        styles = (
            f"<styleSheet><fonts><font/><font><b/>{strike}</font></fonts>"
            '<cellStyleXfs><xf fontId="1"/></cellStyleXfs>'
            '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
        )
        return packed(parts_of(of_xml(rows)) | {"xl/styles.xml": styles})

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
    free = rewritten(free, "content.xml", number, number.replace(cell, struck))
    solid = b'style:text-line-through-style="solid"'
    unstruck = solid.replace(b"solid", b"none")
    for own, other in ((solid, unstruck), (unstruck, unstruck), (unstruck, solid), (b"", solid)):
        styles = (
            b'<office:automatic-styles xmlns:style="urn:s"><style:style style:name="z">'
            b'<style:text-properties %s/></style:style><style:style style:name="y">'
            b"<style:text-properties %s/></style:style></office:automatic-styles>" % (own, other)
        )
        content = rewritten(free, "content.xml", b"<office:automatic-styles/>", styles)
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
    styles = (
        "<styleSheet><fonts><font/><font><strike/></font></fonts>"
        '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
    )
    book = parts_of(of_xml(rows)) | {"xl/styles.xml": styles}
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
        parts = parts_of(of_xml("".join((row(1, 0, 1, 2), *lower))))
        return packed(parts | {"xl/sharedStrings.xml": f"<sst>{items}</sst>".encode()})

    struck = bool(line) and "0" not in line
    of_key, of_phone = book(row(2, 3, 4, 6), row(3, 5, 4, 6)), book(row(2, 3, 4, 5))
    if not struck:
        assert lay_out(of_key, HOLDERS.columns).records == 2
    else:
        refused = refusal(of_key)
        assert (refused.code, refused.facts["line"]) == ("row_struck", 3)
    (last,) = lay_out(of_phone, HOLDERS.columns).lines.splitlines()
    assert (row_of(last).cells or {})["phone"] == f"ЛД-1ЛД-2{STRUCK if struck else ''}"
    # Some programs write a text into its cell.
    own = row(2, 3, 4, 5).replace('"s"><v>5</v>', f'"inlineStr"><is>{old}{new}</is>')
    assert lay_out(book(own), HOLDERS.columns).lines.splitlines() == [last]
    # A number is none of the texts that cells share.
    number = row(2, 3, 4, 5).replace('D2" t="s"', 'D2"')
    (last,) = lay_out(book(number), HOLDERS.columns).lines.splitlines()
    assert (row_of(last).cells or {})["phone"] == "5"


def test_so_it_is_of_an_old_and_of_an_open_workbook() -> None:
    old = refusal((FORMATS / "struck_in_part.xls").read_bytes())
    assert (old.code, old.facts["line"]) == ("row_struck", 3)

    styles = b"""<office:automatic-styles xmlns:style="urn:s"><style:style style:name="z">
    <style:text-properties style:text-line-through-style="solid"/></style:style>
    </office:automatic-styles>"""
    free = (FORMATS / "table.ods").read_bytes()
    content = rewritten(free, "content.xml", b"<office:automatic-styles/>", styles)
    assert ref(content) == "1024"
    number, corrected = (
        b"<text:p>1024<",
        b'<text:p><text:span text:style-name="z">10</text:span>24<',
    )
    assert refusal(rewritten(content, "content.xml", number, corrected)).code == "row_struck"
