"""What a clerk reads of a refused row, and that a dry run foretells the deed."""

import random
from typing import Any

import pytest

from services.cards.imports.kinds.holders import HOLDERS
from services.cards.imports.kinds.placement_orders import read_order
from services.cards.imports.kinds.shops import SHOPS
from shared.errors import IllegalStep, Invalid
from shared.table_imports.shown import SHOWN
from tests.cards.api_client import (
    AUTHORITY,
    HOLDER,
    LEADER,
    LEADER_D05,
    MANAGER,
    OFFICE,
    CardsClient,
    person,
)
from tests.cards.imports.uploads import GOOD, result, run, stored, text, upload
from tests.support.memory_s3 import MemoryS3

OTHER_OFFICE = person("DO-03", "district_office", districts=("D03",))


def outcomes(client: CardsClient, s3: MemoryS3, content: bytes, **more: Any) -> list[list[str]]:
    """The lines of a result without what was made: ok or not, where, what, why."""
    batch = upload(client, s3, content, **more)
    run(client, batch)
    good = ("карта выдана", "карту можно выдать")
    return [[line[0], str(line[2] in good), *line[5:]] for line in result(s3, batch)[1:]]


MIXED = (
    *GOOD,
    "FP-1;D02;да;;;;",  # the same person again
    "fp-2;D01;да;;;;",  # and in another spelling
    "FP-4;D99;да;;;;",
    "FP-4;D02;да;;;;",  # the line above gave no card
    "FP-4;D02;да;;;;",
    "FP-9;D02;да;;;;",  # has a card since long
    "FP-8;D02;;;;;",
    "FP-7;D01;да;;;Анна;12345",
    *(f"FP-{n};D01;да;;;;" for n in range(100, 160)),
    "FP-101;D01;да;;;;",  # seen by an earlier step
)


@pytest.mark.parametrize("crash", [False, True], ids=["smooth", "with a lost step"])
def test_a_dry_run_foretells_the_deed(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch, crash: bool
) -> None:
    client.issue("FP-9")
    if crash:
        client.world.copies = 2
    foretold = outcomes(client, s3, text(*MIXED), dry_run=True)
    assert len(client.get(LEADER, "/v1/cards").json["items"]) == 1
    assert len(client.events("CardIssued")) == 1

    done = outcomes(client, s3, text(*MIXED), dry_run=False)

    assert foretold == done
    assert [line[0] for line in done if line[1] == "False"] == [
        "5", "6", "7", "9", "10", "11", "12", "73",
    ]  # fmt: skip
    assert outcomes(client, s3, text(*MIXED), dry_run=True)[0][1] == "False"


@pytest.mark.parametrize(
    "none",
    [
        *("01.01.0001 0:00:00", "01.01.0001", "0001-01-01", "0001-01-01T00:00:00Z"),
        *("00.01.1900", "30.12.1899", "00:00:00", "0:00:00"),
    ],
)
def test_what_a_program_writes_where_it_has_no_day_is_an_empty_cell(
    client: CardsClient, s3: MemoryS3, none: str
) -> None:
    """1C and .NET: the first day there is; spreadsheets: day 0, which a formula looked up."""
    rows = "FP-1;D01;да;;{day};;", "FP-2;D02;;17-р;{day};;"

    done, as_empty = (
        outcomes(client, s3, text(*(row.format(day=day) for row in rows)), dry_run=True)
        for day in (none, "")
    )

    assert done == as_empty
    assert [line[1] for line in done] == ["True", "False"]


@pytest.mark.parametrize("none", ["0", "нет", "Не указано"])
def test_a_name_that_says_that_there_is_none_is_an_empty_cell(
    client: CardsClient, s3: MemoryS3, none: str
) -> None:
    """A formula that looks up an empty cell gives 0: the message with the code greeted that."""
    rows = f"FP-1;D01;да;;;{none};89211234567", f"FP-2;D01;да;;;{none};"

    done = outcomes(client, s3, text(*rows), dry_run=True)

    assert [line[1:3] for line in done] == [["False", "Имя"], ["True", ""]]


@pytest.mark.parametrize("ended", [False, True], ids=["has a card", "had one"])
def test_a_dry_run_knows_whose_phone_is_another(
    client: CardsClient, s3: MemoryS3, ended: bool
) -> None:
    run(client, upload(client, s3, text("FP-2;D02;да;;;Мария;89211234567"), dry_run=False))
    (card,) = client.get(LEADER, "/v1/cards").json["items"]
    if ended:
        client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="holder_refused")
    content = text("FP-2;D02;да;;;Мария;89211234568", "FP-2;D02;да;;;;")

    foretold = outcomes(client, s3, content)

    if ended:
        assert foretold[0][2:4] == ["Телефон", "89•••••••68"]
        assert foretold[0][4].startswith("За этим человеком записан другой телефон")
    else:
        assert foretold[0][2:4] == ["Номер личного дела", "FP-2"]
    assert foretold[1][1] == str(ended)
    assert outcomes(client, s3, content, dry_run=False) == foretold


@pytest.mark.parametrize("seed", range(6))
def test_a_dry_run_of_any_table_foretells_the_deed(
    client: CardsClient, s3: MemoryS3, seed: int
) -> None:
    chance = random.Random(seed)

    def row() -> str:
        ref = f"FP-{chance.randrange(8)}"
        order = chance.choice(["17-р;01.09.2026", ";", ";", ";01.09.2026"])
        phone = chance.choice(["", *(f"+7 921 123-45-6{n}" for n in range(4))])
        name = "Мария" if phone and chance.random() < 0.9 else ""
        district = chance.choice(["D01", "d02", "D02", "D99"])
        return f"{ref};{district};{chance.choice(['да', 'да', ''])};{order};{name};{phone}"

    for dry_run in (True, False):
        run(client, upload(client, s3, text(*(row() for _ in range(5))), dry_run=dry_run))
    for card in client.get(LEADER, "/v1/cards").json["items"][::2]:
        client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="holder_refused")
    content = text(*(row() for _ in range(60)))

    assert outcomes(client, s3, content) == outcomes(client, s3, content, dry_run=False)


def test_a_dry_run_knows_who_was_erased(client: CardsClient, s3: MemoryS3) -> None:
    card = client.active_card()["id"]
    client.done(LEADER, f"/v1/cards/{card}/revoke", reason="holder_refused")
    client.done(HOLDER, f"/v1/cards/{card}/erase")
    content = text("FP-02;D02;да;;;Мария;8 921 123-45-67")

    assert outcomes(client, s3, content) == outcomes(client, s3, content, dry_run=False)


WRONG = {
    ";D01;да;;;;": ("Номер личного дела", None, "Заполните эту ячейку", "ЛД-101"),
    "Иванова Мария;D01;да;;;;": ("Номер личного дела", "Ив••••• •••ия", "ЛД-101"),
    "8 912 700-11-01;D01;да;;;;": ("Номер личного дела", "8 ••• •••-••-01", "и телефон сюда"),
    "FP-4;Иванова Мария;да;;;;": ("Район", "Ив••••• •••ия", "D01"),
    "FP-4;D01;;ИВАНОВА М.П.;01.09.2026;;": ("Номер распоряжения", "ИВ••••• •.П.", "17-р"),
    "FP-4;D01;;17-р;89127001101;;": ("Дата распоряжения", "89•••••••01", "01.09.2026"),
    "FP-4;D01;;01.09.2026;17-р;;": ("Номер распоряжения", "01.09.2026", "поменялись местами"),
    "FP-4;D01;да;;;Анна, 89127001101;": ("Имя", "Ан••, •••••••••01", "в колонку «Телефон»"),
    "FP-4;Дальний;да;;;;": ("Район", "Дальний", "D01", "Центральный"),
    "FP-4;D01;может быть;;;;": ("Ребёнок в семье", "может быть", "здесь «да»", "цифрой"),
    "FP-4;D01;;17-р;вчера;;": ("Дата распоряжения", "вчера", "01.09.2026"),
    "FP-4;D01;;17-р;;;": ("Дата распоряжения", None, "01.09.2026"),
    "FP-4;D01;;17-р;01.09.2099;;": ("Дата распоряжения", "2099-09-01", "прошедший день"),
    "FP-4;D01;;Иванова;01.09.2026;;": ("Номер распоряжения", "Иванова", "17-р"),
    "FP-4;D01;;17 р;01.09.2026;;": ("Номер распоряжения", "17 р", "17-р"),
    "FP-4;D01;;17-р от вчера;;;": ("Номер распоряжения", "17-р от вчера", "01.09.2026"),
    f"FP-4;D01;;{'отдела ' * 50}от 01.09.2026 № 17;;;": (
        "Номер распоряжения", f"{('отдела ' * 9)[:60]}…", "01.09.2026",
    ),
    "FP-4;D01;да;;;Анна;89127001101, 89127001102": (
        "Телефон", "89•••••••••, •••••••••02", "один номер", "+7 916"),
    "1.23457E+11;D01;да;;;;": ("Номер личного дела", "1.23457E+11", "цифр потеряна", "«Текст»"),
    "05.дек;D01;да;;;;": ("Номер личного дела", "05.дек", "превратила номер в дату", "«Текст»"),
    "FP-4;D01;;05.12.2026;01.09.2026;;": ("Номер распоряжения", "05.12.2026", "в дату", "«Текст»"),
    "FP-4;D01;да;;;Анна;7,91612E+10": ("Телефон", "7,••••••+10", "цифр потеряна", "«Текст»"),
    "#ССЫЛКА!;D01;да;;;;": ("Номер личного дела", "#ССЫЛКА!", "Формула", "не сработала"),
    "FP-4;#N/A;да;;;;": ("Район", "#N/A", "Формула", "не сработала"),
    "FP-4;D01;да;;;Анна;#н/д": ("Телефон", "#н/д", "Формула", "очистите ячейку"),
    "FP-4;D01;да;;;Анна;(495) 123-45-67": ("Телефон", "(4••) •••-••-67", "мобильный", "на бумаге"),
    "FP-4;D01;да;;;;89127001101": ("Имя", None, "Заполните эту ячейку", "Мария Ивановна"),
}  # fmt: skip


def test_a_refusal_names_line_column_what_was_read_and_what_is_right(
    client: CardsClient, s3: MemoryS3
) -> None:
    batch = upload(client, s3, text(*GOOD[:1], *WRONG), dry_run=False)

    problems = run(client, batch)["problems"]

    lines = result(s3, batch)[2:]
    for place, (row, problem, line) in enumerate(zip(WRONG, problems, lines, strict=True)):
        column, read, *said = WRONG[row]
        assert (problem["line"], problem["column"], problem["read"]) == (3 + place, column, read)
        assert [word for word in said if word not in problem["reason"]] == [], row
        assert line[5:] == [column, read or "", problem["reason"]]


def test_the_column_is_called_as_the_file_calls_it(client: CardsClient, s3: MemoryS3) -> None:
    long = f"({'как в уставе ' * 99})"
    batch = upload(client, s3, f"Л/д;РАЙОН* {long}\n{'1' * 999};Дальний\n".encode())

    (problem,) = run(client, batch)["problems"]

    assert problem["column"].startswith("РАЙОН* (как") and len(problem["column"]) == SHOWN
    assert len(result(s3, batch)[1][1]) == SHOWN + 1


def test_a_column_that_the_file_lacks_is_called_as_it_might_be() -> None:
    problem = HOLDERS.problem(2, {"holder_ref": "1"}, {}, IllegalStep("placement_missing"))

    assert problem.column == "ребёнок в семье"


def test_of_names_and_phones_nothing_is_kept_but_their_ends(
    client: CardsClient, s3: MemoryS3
) -> None:
    batch = upload(
        client, s3, text("FP-4;D01;да;;;Анна Петрова;891270011", "FP-5;D09;да;;;Анна;8912",
                         "8 912 700-11-01;D99;да;;;;", "Петрова Анна 2;D99;да;;;;"),
    )  # fmt: skip
    run(client, batch)

    kept = b"".join(s3.objects.values()).decode() + str(client.world.rows("cards-data"))
    assert "891270011" not in kept and "700-11" not in kept and "Петрова" not in kept
    assert HOLDERS.shown("phone", "12") == "12"


@pytest.mark.parametrize(
    ("name", "read"),
    [("А", "•"), ("Ян Ю", "•• •"), ("Анна", "••••"), ("Мария", "М•••я"), ("Валентина", "В•••••••а"),
     ("Александра", "Ал••••••ра")],
)  # fmt: skip
def test_of_a_short_name_the_ends_are_not_all(name: str, read: str) -> None:
    assert HOLDERS.shown("name", name) == read


@pytest.mark.parametrize("contact", ["ivanova1980@mail.ru", "@ivanova80"])
def test_a_contact_by_which_a_row_is_known_is_hidden_as_a_phone_is(contact: str) -> None:
    for read in (HOLDERS.shown_key(contact), HOLDERS.shown("district_id", contact)):
        assert "ivanova" not in read and len(read) == len(contact)


def test_a_row_that_was_not_cut_into_cells_is_refused_in_words(
    client: CardsClient, s3: MemoryS3
) -> None:
    batch = upload(client, s3, text("FP-4;D01;да;;;;", "FP-5\tD01\tда\t\t\tИванова\t"))
    (problem,) = run(client, batch)["problems"]

    assert (problem["line"], problem["code"]) == (3, "row_uncut")
    assert "Разложите её по колонкам" in problem["reason"]
    kept = b"".join(s3.objects.values()).decode() + str(client.world.rows("cards-data"))
    assert "Иванова" not in kept


@pytest.mark.parametrize(
    "row", ["ЛД-3,Дальний район,Иванова,", "ЛД-3|D01|Иванова||", "5;D01;Иванова 5;"]
)
def test_of_a_row_that_was_not_cut_nobody_reads_a_name(row: str) -> None:
    shop = row.replace("ЛД-3", "Пекарня")
    for read in (HOLDERS.shown_key(row), HOLDERS.shown("district_id", row), SHOPS.shown_key(shop)):
        assert "Иванова" not in read and len(read) > 10


# whose a table is ------------------------------------------------------------------------------


def by_office(client: CardsClient, s3: MemoryS3, *rows: str) -> dict[str, Any]:
    opened = client.post(OFFICE, "/v1/batches", region="ZR", dry_run=False)
    assert opened.status == 201, opened.text
    batch = opened.json["id"]
    s3.objects[f"batches/{batch}/upload"] = text(*rows)
    client.done(OFFICE, f"/v1/batches/{batch}/start")
    client.world.settle()
    return dict(client.get(OFFICE, f"/v1/batches/{batch}").json)


def test_an_office_imports_its_own_district(client: CardsClient, s3: MemoryS3) -> None:
    shown = by_office(
        client, s3,
        "FP-1;D02;;17-р;01.09.2026;;", "FP-2;D03;;18-р;01.09.2026;;", "FP-3;D02;да;;;;",
    )  # fmt: skip

    assert (shown["status"], shown["accepted"], shown["refused"]) == ("done", 1, 2)
    other, without = shown["problems"]
    assert (other["column"], other["code"]) == ("Район", "row_of_other_district")
    assert "Берёзовский" in other["reason"]
    assert (without["column"], without["code"]) == ("Номер распоряжения", "row_without_order")
    assert client.get(OFFICE, f"/v1/batches/{shown['id']}/result").status == 200


def test_a_table_is_nobody_elses(client: CardsClient, s3: MemoryS3) -> None:
    batch = by_office(client, s3, "FP-1;D02;;17-р;01.09.2026;;")["id"]

    for who in (OTHER_OFFICE, LEADER_D05, AUTHORITY, HOLDER):
        assert client.get(who, f"/v1/batches/{batch}").status == 404
    assert client.get(LEADER, f"/v1/batches/{batch}").status == 200
    assert client.post(AUTHORITY, "/v1/batches", region="ZR").status == 403


def test_tables_are_listed_for_their_region_and_district(client: CardsClient, s3: MemoryS3) -> None:
    of_leader = upload(client, s3, text(*GOOD))
    of_office = by_office(client, s3, "FP-1;D02;;17-р;01.09.2026;;")["id"]

    def listed(who: Any, **query: str) -> list[str]:
        return [each["id"] for each in client.get(who, "/v1/batches", **query).json["items"]]

    assert listed(LEADER) == [of_office, of_leader]
    assert listed(LEADER, district_id="D02") == listed(OFFICE) == [of_office]
    assert listed(LEADER, district_id="D03") == listed(OTHER_OFFICE) == listed(LEADER_D05) == []
    assert client.get(OFFICE, "/v1/batches", district_id="D03").status == 404
    assert client.get(LEADER, "/v1/batches", region="ZR", district_id="D99").status == 422
    assert client.get(MANAGER, "/v1/batches", region="ZR").status == 422, "its own are of no region"
    assert client.get(HOLDER, "/v1/batches").status == 403
    assert client.get(LEADER, "/v1/batches", region="YY").status == 404
    assert len(client.get(LEADER, "/v1/batches", limit="1").json["items"]) == 1


def test_a_couple_with_one_phone_gets_two_cards_and_a_dry_run_says_so(
    client: CardsClient, s3: MemoryS3
) -> None:
    couple = [f"FP-{n};D02;да;;;Мария;8 921 123-45-67" for n in (301, 302)]
    foretold = outcomes(client, s3, text(*couple), dry_run=True)

    assert [line[1] for line in foretold] == ["True", "True"]
    assert outcomes(client, s3, text(*couple), dry_run=False) == foretold


def test_a_clerk_is_told_which_columns_mean_nothing(client: CardsClient, s3: MemoryS3) -> None:
    content = "Номер дела;Район;Ребёнок в семье;Тел. бабушки\nFP-1;D01;да;2-12-34\n".encode()

    shown = run(client, upload(client, s3, content))

    assert (shown["accepted"], shown["unread"]) == (1, ["Тел. бабушки"])


def test_signs_that_are_not_seen_change_nothing(client: CardsClient, s3: MemoryS3) -> None:
    rows = ["FP\u200b-1\u00ad;D01\u200b;да;;;Мария\u200b;+7 916\u00a0123-45-67\u202c"]

    shown = run(client, upload(client, s3, text(*rows), dry_run=False))

    assert shown["problems"] == []
    (card,) = client.get(LEADER, "/v1/cards").json["items"]
    assert card["holder_ref"] == "FP-1"
    assert client.get(LEADER, f"/v1/cards/{card['id']}/contact").json["name"] == "Мария"


def test_a_row_may_say_in_words_that_there_is_no_phone(client: CardsClient, s3: MemoryS3) -> None:
    without = ["-", "нет", "Нет телефона.", "б/т"]
    rows = [f"FP-{n};D01;{yes};;;Мария;{said}"
            for n, (yes, said) in enumerate(zip("✓☑+V", without, strict=True))]  # fmt: skip
    batch = upload(client, s3, text(*rows), dry_run=False)

    shown = run(client, batch)

    assert (shown["accepted"], shown["refused"]) == (4, 0)
    assert [line[4] for line in result(s3, batch)[1:]] == ["отдать на бумаге"] * 4


def test_a_row_may_say_how_many_children_are_in_the_family(
    client: CardsClient, s3: MemoryS3
) -> None:
    said = ["2,00", "да (двое)", "0", "нет (снят с учёта)", "0,00", "2 чел.", "1 ребёнок", "2015"]
    rows = [f"FP-{n};D01;{each};;;;" for n, each in enumerate(said)]

    shown = run(client, upload(client, s3, text(*rows)))

    assert [(each["line"], each["code"]) for each in shown["problems"]] == [
        (4, "placement_missing"), (5, "placement_missing"), (6, "placement_missing"),
        (9, "placement_missing"),
    ]  # fmt: skip


@pytest.mark.parametrize(("word", "yes"), [("д\u0061", True), ("Д\u0041.", True), ("у", False)])
def test_a_yes_in_two_alphabets_is_one(word: str, yes: bool) -> None:
    assert HOLDERS.is_yes(word) == yes


@pytest.mark.parametrize(
    "word", ["✅", "✔\ufe0f", "Дети в семье", "ребенок в семье.", "проживают", "1 реб."]
)
def test_the_words_of_the_column_are_a_yes(word: str) -> None:
    assert HOLDERS.is_yes(word)
    assert not HOLDERS.is_yes(f"не {word}")


def test_a_day_may_be_marked_as_a_text(client: CardsClient, s3: MemoryS3) -> None:
    batch = upload(client, s3, text("'FP-1;D01;;17-р;'05.10.2026;Мария;'8 916 123-45-67"))

    assert run(client, batch)["accepted"] == 1


def test_an_order_may_be_written_in_one_cell(client: CardsClient, s3: MemoryS3) -> None:
    written = ["№ 17-р от 01.09.2026;", "17-р от 1 сентября 2026 г.;", ";от 01.09.2026 № 17-р",
               ";01.09.2026г. №17-р", "№ 17-р;01.09.2026", "17-р;20260901",
               "Распоряжение № 17-р от 01.09.2026;", "17-р, 01.09.2026;",
               "приказ 17-р;01.09.2026", ";приказ от 1 сентября 2026 г. N 17-р",
               "№ 17-р, 01.09.2026;", "N 17-р от 01.09.2026;",
               "Постановление администрации от 01.09.2026 № 17-р;", "Расп.№17-р от 01.09.2026;",
               "17-р (01.09.2026);", "01.09.2026, 17-р;", "N 17-р;01.09.2026",
               "17-р, от 01.09.2026;", "17-р ОТ 01.09.2026;", '"17-р; 01.09.2026";',
               "17 - р от 01.09.2026;", "№ 17 – р;01.09.2026",
               "17-р от 01.09.2026;1 сентября 2026", "№ 17-р от 01.09.2026;нет"]  # fmt: skip
    rows = [f"FP-{n};D01;;{order};;" for n, order in enumerate(written)]

    shown = run(client, upload(client, s3, text(*rows), dry_run=False))

    assert shown["problems"] == []
    cards = client.get(LEADER, "/v1/cards").json["items"]
    orders = [stored(client, card["id"])["entitlement"]["order"] for card in cards]
    assert orders == [{"order_ref": "17-р", "ordered_on": "2026-09-01"}] * len(rows)


def test_an_order_may_have_no_number(client: CardsClient, s3: MemoryS3) -> None:
    rows = ["FP-1;D01;;б/н от 01.09.2026;;;", "FP-2;D01;;Б/Н;01.09.2026;;"]

    assert run(client, upload(client, s3, text(*rows)))["problems"] == []


def test_a_row_may_say_in_words_that_there_is_no_order(client: CardsClient, s3: MemoryS3) -> None:
    said = ["нет;нет", "Нет.;", ";не имеется", "пока нет;", "нет;01.09.2026", "б/н;", "нет;1"]
    rows = [f"FP-{n};D01;да;{each};;" for n, each in enumerate(said)]

    shown = run(client, upload(client, s3, text(*rows, "FP-9;D01;;нет;;;"), dry_run=False))

    found = [(each["line"], each["column"], each["code"]) for each in shown["problems"]]
    assert found == [
        (6, "Номер распоряжения", "string_too_short"),
        (7, "Дата распоряжения", "bad_day"),
        (8, "Дата распоряжения", "bad_day"),
        (9, "Ребёнок в семье", "placement_missing"),
    ]
    cards = client.get(LEADER, "/v1/cards").json["items"]
    assert [stored(client, card["id"])["entitlement"].get("order") for card in cards] == [None] * 4


def test_an_order_whose_two_days_differ_is_asked_for_again(
    client: CardsClient, s3: MemoryS3
) -> None:
    rows = ["FP-1;D01;;17-р от 01.09.2026;02.09.2026;;"]

    (problem,) = run(client, upload(client, s3, text(*rows)))["problems"]

    assert (problem["column"], problem["read"]) == ("Номер распоряжения", "17-р от 01.09.2026")


def test_of_a_number_and_a_day_in_one_cell_that_cell_is_told_as_wrong() -> None:
    """Beside a day that was right it said how to write a day."""
    with pytest.raises(Invalid) as refused:
        read_order({"order_ref": "Распоряжение № 17-р от 01.09.2026 о передаче"})

    assert (refused.value.code, refused.value.pointer) == ("order_unread", "/order_ref")
