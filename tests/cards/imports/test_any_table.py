"""What a dry run foretells of a table is what comes of it, whatever the table holds."""

from random import Random

import pytest

from services.cards.imports.kinds.holders import HOLDERS as HOLDERS_TABLE
from shared.storage.office_tables import lay_out, row_of
from tests.cards.api_client import CardsClient
from tests.cards.imports.uploads import run, text, upload
from tests.cards.offices import issue
from tests.support.repeatable import HISTORIES

SHOPS = "Партнёр;Район;Адрес;Магазин;Широта;Долгота;Часы работы;Имя;Телефон"
# The first of each is what most rows say.
PHONES = ("8 921 123-45-67", "+7 (921) 123-45-67", "12345", "", "89211234568", "9.21E+10")
DISTRICTS = ("D01", "D02", "D99", "", "d01")
HOLDERS = (
    ("1024", "FP-1", "fp-1", "1024.0", "FP*5", "", "77", *map(str, range(300, 340))),
    DISTRICTS,
    ("да", "нет", "", "+"),
    ("", "17-р", "№ 17-р от 05.10.2026", "18"),
    ("", "05.10.2026", "2026-13-01", "5 октября 2026"),
    ("Мария", "", "Анна"),
    PHONES,
)
OUTLETS = (
    ("Берёзка", "ООО «Берёзка»", "ИП «Берёзка»", "Гастроном «Берёзка»", "Сосна", "", "СОСНА"),
    DISTRICTS,
    ("Труда, 1", "ул. Труда, д. 1", "", "площадь Труда, 1", *(f"Мира, {n}" for n in range(20))),
    ("", "У вокзала"),
    ("", "53,2", "50.1"),
    ("", "50,1", "53.2"),
    ("", "пн-пт 9-21", "пн 9-18, пн 10-12", "когда-нибудь", "ежедневно 9:00-21:00"),
    ("", "Пётр"),
    PHONES,
)


def rows(columns: tuple[tuple[str, ...], ...], chance: Random) -> list[str]:
    """Up to some steps' worth of rows."""
    return [
        ";".join(cells[0] if chance.random() < 0.4 else chance.choice(cells) for cells in columns)
        for _ in range(chance.randint(1, 120))
    ]


@pytest.mark.parametrize("seed", HISTORIES)
def test_a_dry_run_foretells_the_deed(client: CardsClient, seed: int) -> None:
    chance = Random(seed)
    if chance.random() < 0.5:
        issue(client, "1024", "D02", PHONES[0])
        client.active_partner()
    if seed % 2:
        kind, table = "holders", text(*rows(HOLDERS, chance))
    else:
        kind, table = "shops", "\n".join([SHOPS, *rows(OUTLETS, chance)]).encode()

    shown = [
        run(client, upload(client, client.world.files, table, kind=kind, dry_run=dry_run))
        for dry_run in (True, False)
    ]

    foretold, done = (
        {name: each[name] for name in ("status", "accepted", "held", "refused", "problems")}
        for each in shown
    )
    assert foretold == done
    assert done["refused"] and done["status"] == "done"


def test_districts_of_the_region_may_be_named_above_their_records() -> None:
    content = "Номер дела;Имя\nБерёзовский район;\nЛД-1;Анна\n".encode()

    *_, line = lay_out(content, HOLDERS_TABLE.columns_in("ZR")).lines.splitlines()
    assert (row_of(line).cells or {})["district_id"] == "Берёзовский район"
