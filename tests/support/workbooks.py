"""Workbooks written cell by cell, hostile ones too, which no library would write."""

import io
import zipfile
from collections.abc import Iterable
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


def workbook(rows: Iterable[Iterable[object]]) -> bytes:
    """A workbook of one sheet; None leaves a cell out, True and numbers are no text."""
    return of_xml(
        "".join(
            f'<row r="{number}">{"".join(_cells(number, cells))}</row>'
            for number, cells in enumerate(rows, 1)
        )
    )


def of_xml(rows: str) -> bytes:
    """A workbook whose sheet holds these rows, as XML."""
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return packed(PARTS | {"xl/worksheets/sheet1.xml": sheet})


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _cells(number: int, cells: Iterable[object]) -> Iterable[str]:
    for letter, value in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", cells, strict=False):
        place = f"{letter}{number}"
        if isinstance(value, str):
            yield f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        elif isinstance(value, bool):
            yield f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        elif value is not None:
            yield f'<c r="{place}"><v>{value}</v></c>'
