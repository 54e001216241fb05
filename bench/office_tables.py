"""The reader of office tables against calamine itself, which gives rows of cells.

One line is against calamine and the standard library's parser over the same sheet: calamine says
nothing of hidden rows, so whoever must see them reads the sheet twice.

Ours finds the head, picks and normalises the columns of a table of holders, and tells records from
totals and signatures. Both sides go through the whole table; ours must give each of its rows.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

from bench.harness import Measure, Ratio, compare, cpu_of
from services.cards.imports.kinds.holders import HOLDERS
from shared.storage.office_tables.reader import read
from tests.support.workbooks import workbook

ROWS, ROUNDS = 20_000, 15
AIM = 1.3
Table = Sequence[Sequence[object]]

WIDE: Table = [
    ["№ п/п", "Номер личного дела", "ФИО", "Телефон", "Район", "Адрес", "Номер распоряжения",
     "Дата распоряжения", "Ребёнок в семье", "Примечание"],
    *([n, f"ЛД-{n}", f"Иванова Мария {n}", f"+7 921 {n:07d}", "Берёзовский район",
       f"ул. Мира, д. {n}, кв. 5", "17-р", "01.09.2026", "да", ""] for n in range(ROWS)),
]  # fmt: skip
NARROW: Table = [
    ["Номер личного дела", "Район", "Ребёнок в семье", "Имя", "Телефон"],
    *([f"FP-{n}", f"D{n % 12 + 1:02d}", "да", "Мария", f"+7921{n:07d}"] for n in range(ROWS)),
]  # fmt: skip


def measure() -> Iterator[Ratio]:
    """Workbooks of ten columns, and of five that are all asked for."""
    wide, narrow = workbook(WIDE), workbook(NARROW)
    cases = [
        ("workbook, ten columns ÷ calamine, to_python", wide, cpu_of(lambda: _whole(wide), 1)),
        ("workbook, ten columns ÷ calamine, rows dropped", wide, cpu_of(lambda: _rows(wide), 1)),
        ("workbook, ten columns ÷ calamine and iterparse", wide, cpu_of(lambda: _twice(wide), 1)),
        ("workbook, five, all asked for ÷ to_python", narrow, cpu_of(lambda: _whole(narrow), 1)),
    ]
    for what, content, baseline in cases:
        yield compare(what, _ours(content), baseline, aim=AIM, rounds=ROUNDS)


def _ours(content: bytes) -> Measure:
    found = list(read(content, HOLDERS.columns).rows)
    assert sum(row.cells is not None for row in found) == ROWS

    def through() -> None:
        for _ in read(content, HOLDERS.columns).rows:
            pass

    return cpu_of(through, 1)


def _whole(content: bytes) -> None:
    """As calamine's own page shows it."""
    CalamineWorkbook.from_object(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def _rows(content: bytes) -> None:
    for _ in CalamineWorkbook.from_object(io.BytesIO(content)).get_sheet_by_index(0).iter_rows():
        pass


def _twice(content: bytes) -> None:
    _rows(content)
    hidden = []
    with zipfile.ZipFile(io.BytesIO(content)).open("xl/worksheets/sheet1.xml") as part:
        for _, element in ElementTree.iterparse(part):
            if element.tag.endswith("}row"):
                if element.get("hidden") == "1":
                    hidden.append(element.get("r"))
                element.clear()
    assert not hidden
