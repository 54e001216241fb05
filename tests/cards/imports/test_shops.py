"""A chain's shops from one table: proposed, taken up and added without a call for each."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from services.cards.outlets.addresses import legal_form, legal_forms, mark_of, trade_name
from shared.reference.district_names import spelling
from tests.cards.api_client import (
    HOLDER,
    LEADER,
    LEADER_Y,
    MANAGER,
    OFFICE,
    OTHER_MANAGER,
    CardsClient,
)
from tests.cards.imports.uploads import result, run, upload
from tests.support.memory_s3 import MemoryS3
from tests.support.world import at

HEADER = (
    "Торговая сеть;Район;Адрес магазина;Категория;Режим работы;"
    "Широта;Долгота;Контактное лицо;Телефон"
)


def text(*lines: str) -> bytes:
    return ("\n".join([HEADER, *lines]) + "\n").encode()


def chain(count: int, title: str = "Берёзка") -> list[str]:
    return [
        f"{title};D{n % 12 + 1:02};ул. Мира, {n};Продукты;пн-пт 9-21, сб 10:00-18:00;;;;"
        for n in range(count)
    ]


def partners(client: CardsClient) -> list[dict[str, Any]]:
    return list(client.get(LEADER, "/v1/partners").json["items"])


def outlets(client: CardsClient) -> list[Any]:
    rows = client.world.rows("cards-data")
    return [row for row in rows if row["pk"]["S"].startswith("OUTLET#")]


def test_a_chain_of_sixty_shops_in_twelve_districts_is_three_calls(
    client: CardsClient, s3: MemoryS3
) -> None:
    batch = upload(client, s3, text(*chain(60)), kind="shops", dry_run=False)

    shown = run(client, batch)

    assert (shown["kind"], shown["accepted"], shown["refused"]) == ("shops", 60, 0)
    (partner,) = partners(client)
    assert (partner["title"], partner["category"], partner["status"]) == (
        "Берёзка", "grocery", "negotiating",
    )  # fmt: skip
    assert sorted(partner["district_ids"]) == [f"D{n:02}" for n in range(1, 13)]
    assert len(outlets(client)) == len({line[3] for line in result(s3, batch)[1:]}) == 60
    assert len(client.events("PartnerLeadAdded")) == 1


MIXED = (
    *chain(5),
    chain(1)[0],  # the same shop again
    "«БЕРЁЗКА»;D01;Ул. Мира 0;Продукты;;;;;",  # and in another spelling
    "Берёзка;D01;ул. Мира, 0а;;круглосуточно;53,21;50,1;;",
    "Берёзка;D99;ул. Мира, 9;;;;;;",
    "Берёзка;D01;;;;;;;",
    ";D01;ул. Мира, 10;;;;;;",
    "Берёзка;D01;ул. Мира, 11;;когда как;;;;",
    "Берёзка;D01;ул. Мира, 12;;;север;;;",
    "Берёзка;D01;ул. Мира, 13;;;55,7;;;",
    "Берёзка;D01;ул. Мира, 14;;;37,6;55,7;;",
    "Берёзка;D01;ул. Мира, 15;Продукты;пн 9-18, пн 10-11;;;;",
    "Лавка;D01;ул. Мира, 15;Продукты;9-18, пн 10-11;;;;",  # proposes no partner either
    "Дуб;D01;ул. Мира, 15б;;;50,1;53,2;;",  # the two numbers of the place swapped: nor does it
    "Берёзка;D01;ул. Мира, 15в;;;53,9;49,8;;",
    "Обувь;D01;ул. Мира, 16;Одежда;;;;Анна;нет",
    "Аптека у дома;D02;ул. Лесная, 1;Ракеты;;;;;",
    "Аптека у дома;D02;ул. Лесная, 1;Аптека;;;;Анна;8912",
    "Аптека у дома;D02;ул. Лесная, 1;Аптека;;;;Анна;8 912 700-11-01",
    *chain(60)[5:],
    chain(1)[0],
)


@pytest.mark.parametrize("copies", [1, 2])
def test_a_dry_run_foretells_what_is_added(client: CardsClient, s3: MemoryS3, copies: int) -> None:
    client.world.copies = copies
    lines = []
    for dry in (True, False):
        assert partners(client) == [] and not outlets(client)
        batch = upload(client, s3, text(*MIXED), kind="shops", dry_run=dry)
        run(client, batch)
        good = ("магазин добавлен", "магазин можно добавить")
        lines.append([[x[0], x[2] in good, *x[4:]] for x in result(s3, batch)[1:]])

    foretold, done = lines
    assert foretold == done
    assert [(x[0], x[2]) for x in done if not x[1]] == [
        ("7", "Адрес магазина"), ("8", "Адрес магазина"), ("10", "Район"),
        ("11", "Адрес магазина"), ("12", "Торговая сеть"), ("13", "Режим работы"),
        ("14", "Долгота"), ("15", "Долгота"), ("16", "Широта"), ("17", "Режим работы"),
        ("18", "Режим работы"), ("19", "Широта"),
        ("22", "Категория"), ("23", "Телефон"), ("80", "Адрес магазина"),
    ]  # fmt: skip
    assert {p["title"] for p in partners(client)} == {"Берёзка", "Аптека у дома", "Обувь"}
    assert len(outlets(client)) == 64


def test_the_columns_may_be_called_as_chains_call_them(client: CardsClient, s3: MemoryS3) -> None:
    lines = "Название организации;Район;Адрес\nБерёзка;D01;ул. Мира, 1\n"

    shown = run(client, upload(client, s3, lines.encode(), kind="shops", dry_run=False))

    assert (shown["accepted"], shown["failure"]) == (1, None)


def test_a_second_table_goes_on_with_the_partner_that_is_there(
    client: CardsClient, s3: MemoryS3
) -> None:
    for rows in (chain(3), chain(5, "БЕРЕЗКА")):
        shown = run(client, upload(client, s3, text(*rows), kind="shops", dry_run=False))

    assert (shown["accepted"], shown["refused"]) == (2, 3)
    assert {problem["code"] for problem in shown["problems"]} == {"shop_exists"}
    assert len(partners(client)) == 1


def test_a_manager_adds_shops_once_the_club_has_taken_the_partner_up(
    client: CardsClient, s3: MemoryS3
) -> None:
    def by_manager(title: str = "Берёзка") -> dict[str, Any]:
        opened = client.post(MANAGER, "/v1/batches", region="ZR", kind="shops", dry_run=False)
        assert opened.status == 201, opened.text
        batch = opened.json["id"]
        s3.objects[f"batches/{batch}/upload"] = text(*chain(3, title))
        client.done(MANAGER, f"/v1/batches/{batch}/start")
        client.world.settle()
        for who in (OTHER_MANAGER, OFFICE, HOLDER, LEADER_Y):
            assert client.get(who, f"/v1/batches/{batch}").status == 404
        assert client.get(OTHER_MANAGER, "/v1/batches").json["items"] == []
        assert client.get(MANAGER, "/v1/batches").json["items"][0]["id"] == batch
        parted = client.get(MANAGER, "/v1/batches", district_id="D02")
        assert (parted.status, parted.code) == (422, "own_list_has_no_filter")
        return dict(client.get(MANAGER, f"/v1/batches/{batch}").json)

    early = by_manager()["problems"]
    assert {problem["code"] for problem in early} == {"partner_lead"}
    assert early[0]["reason"].startswith("Нового партнёра сначала берёт в работу лидер сообщества.")
    (partner,) = partners(client)
    client.done(LEADER, f"/v1/partners/{partner['id']}/take")
    assert by_manager()["accepted"] == 3

    office = replace(OFFICE, org=MANAGER.org)
    holders = client.post(office, "/v1/batches", region="ZR").json["id"]
    assert holders not in str(client.get(MANAGER, "/v1/batches").json)

    run(client, upload(client, s3, text(*chain(1, "Сосна")), kind="shops", dry_run=False))
    foreign = by_manager("Сосна")["problems"][1]
    assert (foreign["column"], foreign["read"]) == ("Торговая сеть", "Сосна")
    assert foreign["reason"].startswith("Этого партнёра ведёт не ваша организация.")


@pytest.mark.parametrize("own_first", [True, False])
@pytest.mark.parametrize("written", ["Берёзка", "ООО «Берёзка»"])
@pytest.mark.parametrize("own", ["Берёзка", "ООО «Берёзка»"])
def test_of_two_partners_with_one_name_a_manager_adds_shops_to_its_own(
    client: CardsClient, s3: MemoryS3, own_first: bool, written: str, own: str
) -> None:
    orgs = [MANAGER.org, OTHER_MANAGER.org] if own_first else [OTHER_MANAGER.org, MANAGER.org]
    ids = {
        org: client.partner(title=own if org == MANAGER.org else "ООО «Берёзка»", manager_org=org)
        for org in orgs
    }
    opened = client.post(MANAGER, "/v1/batches", region="ZR", kind="shops", dry_run=False)
    batch = opened.json["id"]
    s3.objects[f"batches/{batch}/upload"] = text(*chain(1, written))
    client.done(MANAGER, f"/v1/batches/{batch}/start")
    client.world.settle()

    shown = client.get(MANAGER, f"/v1/batches/{batch}").json

    assert (shown["accepted"], shown["refused"]) == (1, 0), shown["problems"]
    added = client.get(LEADER, f"/v1/partners/{ids[MANAGER.org]}/outlets").json["items"]
    assert [each["address"] for each in added] == ["ул. Мира, 0"]


def shops_of(client: CardsClient) -> dict[str, list[str]]:
    """The addresses of each partner, by its title."""
    return {
        each["title"]: [
            outlet["address"]
            for outlet in client.get(LEADER, f"/v1/partners/{each['id']}/outlets").json["items"]
        ]
        for each in partners(client)
    }


@pytest.mark.parametrize("known", [(), ("ООО «Берёзка»",), ("ИП Берёзка", "ООО «Берёзка»")])
def test_two_legal_entities_of_one_name_are_two_partners(
    client: CardsClient, s3: MemoryS3, known: tuple[str, ...]
) -> None:
    for title in known:
        client.partner(title=title, district_ids=["D01"])
    rows = [f"{title};D01;ул. Мира, {n};;;;;;" for n, title in enumerate(
        ("ООО «Берёзка»", "ИП Берёзка", "ООО «БЕРЕЗКА»", "Берёзка"), 1
    )]  # fmt: skip

    shown = run(client, upload(client, s3, text(*rows), kind="shops", dry_run=False))

    assert shops_of(client) == {
        "ООО «Берёзка»": ["ул. Мира, 1", "ул. Мира, 3"], "ИП Берёзка": ["ул. Мира, 2"],
    }  # fmt: skip
    (unclear,) = shown["problems"]
    assert (unclear["line"], unclear["code"], unclear["column"]) == (
        5, "partner_unclear", "Торговая сеть",
    )  # fmt: skip
    assert unclear["reason"].startswith("Партнёров с таким названием несколько")


def test_a_row_without_a_legal_form_means_the_partner_that_is_there(
    client: CardsClient, s3: MemoryS3
) -> None:
    client.partner(title="Сосна", district_ids=["D01"])
    rows = [f"{title};D01;ул. Мира, {n};;;;;;" for n, title in enumerate(
        ("Берёзка", "АО «Берёзка»", "Лавка", "ООО «Лавка»", "ООО «Лавка»", "ЗАО Сосна")
    )]  # fmt: skip

    run(client, upload(client, s3, text(*rows), kind="shops", dry_run=False))

    assert {title: len(added) for title, added in shops_of(client).items()} == {
        "Берёзка": 2, "Лавка": 3, "Сосна": 1,
    }  # fmt: skip


def test_a_phone_in_the_wrong_column_is_made_public_of_no_shop(
    client: CardsClient, s3: MemoryS3
) -> None:
    run(client, upload(client, s3, text(*chain(1)), kind="shops", dry_run=False))
    rows = ["Берёзка;D01;8 912 700-11-01;;;;;;", "Берёзка;D01;ул. Мира, 9;;;;;Анна 89127001101;"]

    batch = upload(client, s3, text(*rows).replace("Контактное лицо".encode(), "Имя".encode()),
                   kind="shops", dry_run=False)  # fmt: skip
    shown = run(client, batch)

    assert [(each["column"], each["code"]) for each in shown["problems"]] == [
        ("Адрес магазина", "phone_in_other_column"), ("Имя", "phone_in_other_column"),
    ]  # fmt: skip
    assert b"700-11" not in b"".join(s3.objects.values())


def test_a_row_of_a_partner_that_was_declined_proposes_it_anew(
    client: CardsClient, s3: MemoryS3
) -> None:
    run(client, upload(client, s3, text(*chain(1)), kind="shops", dry_run=False))
    (before,) = partners(client)
    client.done(LEADER, f"/v1/partners/{before['id']}/decline", reason="other")

    shown = run(client, upload(client, s3, text(*chain(1)), kind="shops", dry_run=False))

    assert (shown["accepted"], shown["refused"]) == (1, 0)
    assert len(client.events("PartnerLeadAdded")) == 2


def test_a_step_that_was_lost_adds_each_shop_once_and_refuses_none(
    client: CardsClient, s3: MemoryS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(client, s3, text(*chain(3)), kind="shops", dry_run=False)
    write, lost = s3.put_object, iter([True])

    def losing(**request: Any) -> None:
        if "part-" in request["Key"] and next(lost, False):
            raise ClientError({"Error": {"Code": "SlowDown", "Message": ""}}, "PutObject")
        write(**request)

    monkeypatch.setattr(s3, "put_object", losing)
    run(client, batch)
    client.world.advance(at("2026-10-05 10:05"))

    shown = client.get(LEADER, f"/v1/batches/{batch}").json
    assert (shown["status"], shown["accepted"], shown["refused"]) == ("done", 3, 0)
    assert len(outlets(client)) == 3 and next(lost, None) is None


def test_a_phone_beside_no_name_is_left_out_and_the_result_says_so(
    client: CardsClient, s3: MemoryS3
) -> None:
    """It is the shop's own more often than a contact's; later rows lose theirs just so."""
    rows = ["Берёзка;D01;ул. Мира, 1;;;;;;8 912 700-11-01",
            "Берёзка;D01;ул. Мира, 2;;;;;;добавочный 5",
            "Сосна;D01;ул. Мира, 3;;;;;Анна;8 912 700-11-02"]  # fmt: skip
    for dry_run in (True, False):
        batch = upload(client, s3, text(*rows), kind="shops", dry_run=dry_run)

        shown = run(client, batch)

        assert (shown["accepted"], shown["refused"]) == (3, 0), dry_run
        notes = [line[6] for line in result(s3, batch)[1:]]
        assert [note.startswith("Телефон не записываем") for note in notes] == [True, True, False]
        assert b"700-11" not in s3.objects[f"batches/{batch}/result.csv"]
    assert {each["title"]: each["has_contact"] for each in partners(client)} == {
        "Берёзка": False, "Сосна": True,
    }  # fmt: skip


def test_shops_are_imported_by_leaders_and_managers_only(client: CardsClient) -> None:
    for who in (OFFICE, HOLDER):
        assert client.post(who, "/v1/batches", region="ZR", kind="shops").status == 403


SAME = ["ул. Мира, 5", "улица Мира, д. 5", "Мира ул., 5", "УЛ.МИРА,Д.5"]
OTHERS = ["ул. Мира, 5г", "ул. Мира, 5, стр. 2", "пр-т Мира, 5", "г. Самара, ул. Мира, 5"]


@pytest.mark.parametrize("ditto", ["»", "—//—", '- " -', "То же.", "так же", "см. выше"])
def test_a_mark_for_the_cell_above_is_no_name(
    client: CardsClient, s3: MemoryS3, ditto: str
) -> None:
    rows = [f'"{name.replace(chr(34), chr(34) * 2)}";D01;ул. Мира, {n}' + ";" * 6
            for n, name in enumerate(["Берёзка", ditto])]  # fmt: skip

    shown = run(client, upload(client, s3, text(*rows), kind="shops", dry_run=False))

    assert [(each["line"], each["code"], each["column"]) for each in shown["problems"]] == [
        (3, "cell_ditto", "Торговая сеть"),
    ]
    assert [each["title"] for each in partners(client)] == ["Берёзка"]


@pytest.mark.parametrize(
    "failed",
    [
        "#ССЫЛКА!",
        "#ДЕЛ/0!",
        "#н/д",
        "#ПЕРЕНОС!",
        "#ERROR!",
        "Err:502",
        "Ошибка:508",
        "=ВПР(A2;Лист2!A:B;2)",
    ],
)
def test_a_formula_that_failed_is_no_address(
    client: CardsClient, s3: MemoryS3, failed: str
) -> None:
    """An office of our days has programs that call their errors in other words."""
    rows = [f'Берёзка;D01;"{each}"' + ";" * 6 for each in (failed, "ул. #5!, 1")]

    shown = run(client, upload(client, s3, text(*rows), kind="shops", dry_run=False))

    assert [(each["line"], each["code"], each["column"]) for each in shown["problems"]] == [
        (2, "formula_failed", "Адрес магазина"),
    ]
    assert shown["accepted"] == 1


def test_an_address_in_other_words_is_the_same_shop(client: CardsClient, s3: MemoryS3) -> None:
    names = ["Берёзка", "ООО «Берёзка»", "«БЕРЕЗКА»", "Берёзка"]
    again = [f"{name};D01;{address}" for name, address in zip(names, SAME, strict=True)]
    batch = upload(client, s3, text(*again, *(f"Берёзка;D01;{each}" for each in OTHERS)),
                   kind="shops", dry_run=False)  # fmt: skip

    shown = run(client, batch)

    assert [(each["line"], each["code"]) for each in shown["problems"]] == [
        (line, "shop_exists") for line in (3, 4, 5)
    ]
    assert (len(partners(client)), shown["accepted"]) == (1, 1 + len(OTHERS))


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("ООО «Берёзка»", "ООО"), ("«БЕРЕЗКА», О.О.О.", "ООО"), ("Берёзка (АО)", "АО"),
        ("Общество с ограниченной ответственностью «Берёзка»", "ООО"),
        ("Публичное акционерное общество Берёзка", "ПАО"), ("И.П. Берёзка", "ИП"),
        ("Индивидуальный предприниматель Берёзка", "ИП"), ("Берёзка", ""),
    ],
)  # fmt: skip
def test_a_legal_form_is_written_short_or_in_full(title: str, form: str) -> None:
    assert trade_name(title) == trade_name("берёзка")
    assert legal_form(title) == (spelling(form) if form else "")
    assert legal_form(title) in ["", *legal_forms()]


def test_the_parts_of_an_address_are_written_in_many_ways() -> None:
    assert mark_of("просп. Мира 5 корп. 2") == mark_of("Проспект Мира, д. 5к2")
    assert mark_of("пр-т Мира, 5") == mark_of("проспект Мира, 5")
