"""What a file is stands in its first bytes: tables of several programs, and what is no table."""

import gzip
import io
import random
import zipfile

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.office_values import EPOCH
from shared.storage.office_tables import lay_out, row_of
from shared.storage.office_tables.unseen import EPOCH_1904, epoch_of
from tests.shared.storage.holders_tables import FORMATS, ref, refusal
from tests.shared.storage.small_tables import rows_of
from tests.support.workbooks import binary, packed, parts_of, rewritten, workbook


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


def test_a_day_that_is_a_number_counts_from_the_first_day_of_its_workbook() -> None:
    usual, flat = workbook(DATES), binary([*DATES[:1], ["ЛД-1", "D01", 44804.0]])
    old, free = ((FORMATS / name).read_bytes() for name in ("table.xls", "table.ods"))
    as_number = (b'"date" office:date-value="2026-09-01"', b'"float" office:value="44804"')
    free = rewritten(free, "content.xml", *as_number)
    assert [*map(ordered_on, (usual, flat, free))] == ["2022-08-31"] * 3

    book, rest = b"<sheets>", b'date1904="%s" codeName="a"/><sheets>'
    later = b'<table:null-date table:date-value="1904-01-01"/><table:table '
    said = [
        rewritten(usual, "xl/workbook.xml", book, b"<workbookPr " + rest % b"1"),
        rewritten(
            usual, "xl/workbook.xml", book, b'<x:workbookPr xmlns:x="urn:x"\n ' + rest % b"true"
        ),
        rewritten(flat, "xl/workbook.bin", b"\x8f\x01\x00", b"\x99\x01\x04\x01\0\0\0\x8f\x01\x00"),
        rewritten(free, "content.xml", b"<table:table ", later),
    ]
    assert [*map(ordered_on, said)] == ["2026-09-01"] * 4
    no = rewritten(usual, "xl/workbook.xml", book, b"<workbookPr " + rest % b"0")
    properties = b"\x99\x01\x04\x20\0\0\0\x8f\x01\x00"  # others than 1904
    other = rewritten(flat, "xl/workbook.bin", b"\x8f\x01\x00", properties)
    # As LibreOffice writes it in each of its documents.
    usual_day = later.replace(b"1904-01-01", b"1899-12-30")
    named = rewritten(free, "content.xml", b"<table:table ", usual_day)
    assert [*map(ordered_on, (no, other, named))] == ["2022-08-31"] * 3
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
    # Packed once more it stays as it is, with the names of its parts.
    "an archive of a workbook": packed({"1.xlsx": b"xl/" + random.Random(1).randbytes(5000)}),
    "a print": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>\nendobj",
    "a page": "\n<html><table><tr><td>Номер дела<td>Район</tr></table></html>".encode("cp1251"),
    "a photo": b"\xff\xd8\xff\xe0" + bytes(range(256)),
    "a table of 1C": b"MOXCEL\x00\x08" + 'Номер дела"Район'.encode(),
    "an interchange of tables": b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\n",
    "that of another program": b"ID;PCALCOOO32\r\nC;Y1;X1;K1\r\n",
    "that of an old program": b"ID;PSCALC3\r\nC;Y1;X1;K1\r\n",
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


@pytest.mark.parametrize("title", ["Phone", "PARTNER", "Price list"])
def test_a_table_whose_first_columns_are_an_id_and_a_phone_is_no_interchange(title: str) -> None:
    content = f"ID;{title};Номер дела;Район\n7;8;1;D01\n".encode()

    assert rows_of(content) == [(2, {"ref": "1", "district": "D01"})]


@pytest.mark.parametrize("content", [b"  \n\n ", b";;;\r\n;;;\r\n", "\ufeff\n".encode()])
def test_a_file_of_nothing_is_told_as_empty(content: bytes) -> None:
    assert refusal(content).code == "table_empty"


def test_an_open_workbook_may_have_packed_what_it_is() -> None:
    named = parts_of((FORMATS / "table.ods").read_bytes())
    for kind, read_as in (("spreadsheet", "1024"), ("text", "table_foreign")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
            for name in named.keys() - {"mimetype"}:
                parts.writestr(name, named[name])
        content = out.getvalue()
        assert (ref(content) if kind == "spreadsheet" else refusal(content).code) == read_as
