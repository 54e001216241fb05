"""A number is read as its format shows it, where that is a part of it."""

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.office_values import number_format
from shared.storage.office_tables.reader import read
from tests.shared.storage.holders_tables import FORMATS, ref
from tests.support.workbooks import of_xml, packed, parts_of, rewritten


def test_noughts_that_only_a_format_shows_are_a_part_of_the_number() -> None:
    """Typed as a text elsewhere, 00013 is the same file, and no other family's 13."""
    cells = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'.format
    head = cells("B1", "Номер дела") + cells("C1", "Район")
    book = of_xml(
        f'<row r="1">{head}</row><row r="2"><c r="B2" s="2"><f>A2</f><v>13</v></c>'
        f"{cells('C2', 'D01')}</row>"
    )
    parts = parts_of(book)
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="{}"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="164"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>'
        '<xf/><xf numFmtId="164"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    quoted = "&quot;ЛД-&quot;0000;&quot;–&quot;0"
    for form, shown in (("00000", "00013"), (quoted, "ЛД-0013"), ("0", "13"), ("0.00", "13")):
        parts["xl/styles.xml"] = styles.format(form).encode()
        assert ref(packed(parts)) == shown
    # Java writes whole numbers with a nought behind them.
    parts["xl/styles.xml"] = styles.format("00000").encode()
    java = parts[sheet := "xl/worksheets/sheet1.xml"].replace(b">13<", b">13.0<")
    assert ref(packed(parts | {sheet: java})) == "00013"
    # A text has no format: it stays as it was typed, and is no number of a text elsewhere.
    parts[sheet] = parts[sheet].replace(b's="2"', b's="2" t="str"')
    assert ref(packed(parts)) == "13"

    number = b'office:value="1024"><text:p>1024<'
    free = (FORMATS / "table.ods").read_bytes()
    assert ref(rewritten(free, "content.xml", number, number.replace(b"p>", b"p>00"))) == "001024"
    remark = b"<office:annotation><text:p>5</text:p></office:annotation><text:p>"
    for before, after, seen in (
        (b"<text:p>", remark + b"00", "001024"),
        (b"<text:p>", "<text:p>ЛД-0".encode(), "ЛД-01024"),
        (b"<text:p>1024", b"<text:p>1 024", "1024"),
        (b"<text:p>1024", b"<text:p>1,02E+03", "1024"),
    ):
        assert ref(rewritten(free, "content.xml", number, number.replace(before, after))) == seen
    # Beside a number that is shown with signs, the others stay what they are.
    phone = b"<text:p>89161234567<"
    signed = rewritten(free, "content.xml", phone, b"<text:p>8-916-123-45-67<")
    spaced = number.replace(b"<text:p>1", b"<text:p>1 ")
    assert ref(rewritten(signed, "content.xml", number, spaced)) == "1024"
    money, paid = b'"float" ' + number, b'"currency" ' + number.replace(b"1024<", b"1024 $<")
    assert ref(rewritten(signed, "content.xml", money, paid)) == "1024"


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
        ("[Red]0000", "5", "0005"),
        ("_-* 0000_-", "5", "0005"),
        ('0" "', "5", None),
        ("General", "5", None),
        (r"#\ ##0", "5000", None),
        ("[$-419]d mmmm yyyy;@", "46266", None),
        ("[h]", "46266", None),
        ("[>99]0000;00000", "5", None),
        ('0.0"x"', "5", None),
        ('"x"', "5", None),
    ],
)
def test_what_a_format_shows_beside_a_number(code: str, number: str, shown: str | None) -> None:
    form = number_format(code)
    assert (form and form.show(number)) == shown
