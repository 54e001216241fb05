"""Small tables in old codings say what they said in Unicode: little text, short cells."""

import random
import unicodedata
from collections.abc import Iterator

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from shared.errors import Invalid
from shared.storage.office_tables import Row, lay_out, require_readable, row_of
from shared.storage.office_tables.reader import read

TABLES = 40
HEADS = (
    ("Номер дела", "Район"), ("№ дела", "Район", "ФИО"), ("НОМЕР ДЕЛА", "РАЙОН", "ИМЯ"),
    ("ЛИЧНОЕ ДЕЛО", "РАЙОН"), ("Район", "Номер дела", "Телефон"),
)  # fmt: skip
CELLS = {
    "ref": ("ЛД-17", "ОП 4854", "7081-А", "Д.46", "6882/к", "1024", "9-Ф"),
    "district": ("Центральный", "D01", "Ям", "г. Щёлково", "ЦЕНТРАЛЬНЫЙ", "Юг"),
    "name": ("Ия Ким", "ФЁКЛА ЦОЙ", "Жанна Объедкова", "Ян", "Юлия Эрнст"),
    "phone": ("89161234567", ""),
}
COLUMNS = {
    "номер дела": "ref", "№ дела": "ref", "личное дело": "ref", "file": "ref", "район": "district",
    "district": "district", "фио": "name", "имя": "name", "name": "name", "телефон": "phone",
}  # fmt: skip


def tables(*heads: tuple[str, ...]) -> Iterator[str]:
    """Yield tables of one to three short rows."""
    chance = random.Random(8)
    for _ in range(TABLES):
        head = chance.choice(heads)
        rows = [[chance.choice(CELLS[COLUMNS[title.lower()]]) for title in head]
                for _ in range(chance.randint(1, 3))]  # fmt: skip
        delimiter = chance.choice(";\t,")
        yield "\r\n".join(delimiter.join(row) for row in [head, *rows])


def read_as(text: str, coding: str) -> list[object]:
    return list(read(text.encode(coding), HOLDERS.columns).rows)


@pytest.mark.parametrize("coding", ["cp1251", "cp866", "koi8-r"])
def test_a_small_table_is_read_in_its_coding(coding: str) -> None:
    small = [each.replace("№", "Номер") if coding == "koi8-r" else each for each in tables(*HEADS)]

    assert [read_as(each, coding) for each in small] == [read_as(each, "utf-8") for each in small]


def test_of_an_old_macintosh_small_letters_of_the_head_tell_its_coding() -> None:
    small = list(tables(*(head for head in HEADS if not head[0].isupper())))

    assert [read_as(each, "mac_cyrillic") for each in small] == [
        read_as(each, "utf-8") for each in small
    ]


@pytest.mark.parametrize("coding", ["cp1251", "cp866"])
def test_also_below_a_head_in_english_in_the_codings_of_offices(coding: str) -> None:
    small = list(tables(("file", "district"), ("file", "district", "name")))

    assert [read_as(each, coding) for each in small] == [read_as(each, "utf-8") for each in small]


def test_of_the_third_coding_one_word_with_a_capital_is_enough() -> None:
    text = "file,district\r\nД.304,Ям\r\n6890-А,ЦЕНТРАЛЬНЫЙ"

    assert read_as(text, "koi8-r") == read_as(text, "utf-8")


def test_a_unicode_text_stays_one_when_a_program_cut_a_letter_in_half() -> None:
    whole = "Номер дела;Район;ФИО\r\nЛД-1;Центральный;Ия Ким\r\nЛД-2;Ям;Жанна Объедкова\r\n"
    cut = whole.encode().replace("Объедкова\r".encode(), "Объедко".encode() + b"\xd0\r")

    first, second = read(cut, HOLDERS.columns).rows
    assert first == Row(2, {"holder_ref": "ЛД-1", "district_id": "Центральный", "name": "Ия Ким"})
    assert second.cells is not None
    with pytest.raises(Invalid) as refused:
        require_readable(second.cells)
    assert (refused.value.code, refused.value.pointer) == ("sign_broken", "/name")


def test_rows_of_an_older_coding_amid_others_are_refused_one_by_one() -> None:
    ours = "Номер дела;Район\r\nЛД-1;Центральный\r\nЛД-2;Ям\r\n".encode()

    *good, bad = read(ours + "ЛД-3;Ям\r\n".encode("cp1251"), HOLDERS.columns).rows
    assert [row.cells["holder_ref"] for row in good if row.cells] == ["ЛД-1", "ЛД-2"]
    assert bad.cells is not None and "\ufffd" in bad.cells["holder_ref"]


@pytest.mark.parametrize("cell", ["№ 7/к", "Ыб"])
def test_a_short_text_in_utf_8_is_never_guessed_at(cell: str) -> None:
    laid_out = lay_out(f"file;district\n{cell} 1;D01\n".encode(), HOLDERS.columns)

    assert row_of(laid_out.lines).cells == {"holder_ref": f"{cell} 1", "district_id": "D01"}


def test_a_letter_of_two_signs_is_that_of_one() -> None:
    """What is copied from a print, or comes from a Macintosh, has «й» as «и» and its breve."""
    text = "Номер дела;Район;ФИО\r\n7/Й;Ёлковский край;Зайцев Андрей"
    apart = unicodedata.normalize("NFD", text)

    assert apart != text
    assert read_as(apart, "utf-8") == read_as(text, "utf-8")
    assert read(apart.encode(), HOLDERS.columns).titles["district_id"] == "Район"
