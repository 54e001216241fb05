"""What a file is stands in its first bytes: tables of several programs, and what is no table."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.errors import Invalid
from shared.storage.office_tables import lay_out, row_of
from tests.support.workbooks import binary, packed

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
