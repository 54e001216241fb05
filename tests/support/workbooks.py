"""Workbooks written cell by cell, hostile ones too, which no library would write."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = f'<Relationships xmlns="{_PACKAGE}/relationships">'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""{_LINKS}<Relationship Id="r1"
Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">
<sheets><sheet name="Лист1" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""{_LINKS}<Relationship Id="r1"
Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",
}


Rows = Iterable[Iterable[object]]


def workbook(rows: Rows, merged: Iterable[str] = (), **others: Rows) -> bytes:
    """A workbook of one sheet, or more by name; None leaves a cell out, True is no text.

    `merged` are ranges of the first sheet.
    """
    more = {name: _of_rows(other) for name, other in others.items()}
    return of_xml(_of_rows(rows), merged, **more)


def of_xml(rows: str, merged: Iterable[str] = (), **others: str) -> bytes:
    """A workbook whose sheets hold these rows, as XML."""
    parts = PARTS | {"xl/worksheets/sheet1.xml": _sheet(rows, merged)}
    for number, (name, other) in enumerate(others.items(), 2):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(other)
        entry = f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/></sheets>'
        link = f"""<Relationship Id="r{number}" Type="{_DOCUMENT}/worksheet"
Target="worksheets/sheet{number}.xml"/></Relationships>"""
        _extend(parts, "xl/workbook.xml", "</sheets>", entry)
        _extend(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", link)
    return packed(parts)


def _extend(parts: dict[str, str], name: str, end: str, entry: str) -> None:
    parts[name] = parts[name].replace(end, entry)


def _of_rows(rows: Rows) -> str:
    return "".join(
        f'<row r="{number}">{"".join(_cells(number, cells))}</row>'
        for number, cells in enumerate(rows, 1)
    )


def _sheet(rows: str, merged: Iterable[str] = ()) -> str:
    places = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    cells = f"<mergeCells>{places}</mergeCells>" if places else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{cells}</worksheet>'


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # An open document names its kind where no program must unpack it.
            plain = zipfile.ZIP_STORED if name == "mimetype" else None
            archive.writestr(name, content, plain)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """What a workbook is packed of."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist()}


def rewritten(content: bytes, name: str, before: bytes, after: bytes) -> bytes:
    """The same workbook with other words in one of its parts."""
    parts = parts_of(content)
    assert before in parts[name]
    return packed(parts | {name: parts[name].replace(before, after, 1)})


def _cells(number: int, cells: Iterable[object]) -> Iterable[str]:
    for letter, value in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", cells, strict=False):
        place = f"{letter}{number}"
        if isinstance(value, str):
            yield f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        elif isinstance(value, bool):
            yield f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        elif value is not None:
            yield f'<c r="{place}"><v>{value}</v></c>'


def binary(
    rows: Iterable[Iterable[str | float | None]],
    hidden: Iterable[int] = (),
    columns: Iterable[tuple[int, bool]] = (),
    margin: int = 0,
) -> bytes:
    """A workbook as XLSB, in the records of its format; None is a formula that has failed.

    `columns` says of some places whether they are hidden; the first of all, the `margin`, are
    empty.
    """

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        return head + bytes([len(body)]) + body

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def flags(number: int) -> bytes:
        return bytes([0] * 7 + [16 * (number + 1 in unseen)] + [0] * 5)

    def cell(column: int, value: str | float | None) -> bytes:
        if value is None:
            return record(11, struct.pack("<IIBHI", column, 0, 0x2A, 0, 0))
        if isinstance(value, str):
            return record(6, struct.pack("<II", column, 0) + wide(value))
        return record(5, struct.pack("<IId", column, 0, value))

    unseen = set(hidden)
    lines = [
        record(0, struct.pack("<I", number) + flags(number))
        + b"".join(cell(*c) for c in enumerate(row, margin))
        for number, row in enumerate(rows)
    ]
    size = record(148, struct.pack("<4I", 0, len(lines) - 1, 0, 9))
    widths = [record(60, struct.pack("<4IH", at, at, 9, 0, none)) for at, none in columns]
    sheet = [
        record(129),
        size,
        record(390),
        *widths,
        record(391),
        record(145),
        *lines,
        record(146),
        record(130),
    ]
    named = record(156, struct.pack("<II", 0, 1) + wide("r1") + wide("Лист1"))
    book = [record(131), record(143), named, record(144), record(132)]
    links = PARTS["xl/_rels/workbook.xml.rels"].replace(".xml", ".bin")
    return packed(
        {
            "xl/workbook.bin": b"".join(book),
            "xl/_rels/workbook.bin.rels": links,
            "xl/worksheets/sheet1.bin": b"".join(sheet),
        }
    )
