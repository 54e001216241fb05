"""What is known of partners and outlets can be changed by those who work with them."""

import pytest

from tests.cards.api_client import (
    AUTHORITY,
    CONTACT,
    LEADER,
    MANAGER,
    OTHER_MANAGER,
    CardsClient,
)

EDITED = {"title": "Берёзка и сын", "category": "household", "district_ids": ["D01", "D03"]}
SHOP = {
    "title": "У вокзала", "district_id": "D02", "address": "Вокзальная, 2",
    "latitude": 53.3, "longitude": 50.2,
    "hours": [{"day": "tue", "opens": "10:00", "closes": "20:00"}],
}  # fmt: skip


def test_a_partner_is_edited_under_the_version_that_was_seen(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    seen = client.get(MANAGER, f"/v1/partners/{partner}").json["version"]

    assert client.put(MANAGER, f"/v1/partners/{partner}", seen - 1, **EDITED).status == 412
    assert client.put(OTHER_MANAGER, f"/v1/partners/{partner}", seen, **EDITED).status == 403
    assert client.put(MANAGER, f"/v1/partners/{partner}", seen, **EDITED).status == 200

    now = client.get(MANAGER, f"/v1/partners/{partner}").json
    assert {name: now[name] for name in EDITED} == EDITED
    (told,) = client.events("PartnerChanged")
    assert (told["district_ids"], told["category"]) == (["D01", "D03"], "household")
    (listed,) = client.get(None, "/v1/public/partners", region="ZR").json["items"]
    assert listed["title"] == "Берёзка и сын"


def test_a_business_that_is_another_legal_entity_keeps_all_but_whose_managers_work_with_it(
    client: CardsClient,
) -> None:
    partner, outlet = client.active_partner()
    one = f"/v1/partners/{partner}"
    agreed = {"agreement_ref": "15/2026", "manager_org": "shop-02"}
    assert client.post(MANAGER, f"{one}/agreement", **agreed).status == 403

    client.done(LEADER, f"{one}/agreement", **agreed)
    client.done(LEADER, f"{one}/agreement", agreement_ref="16/2026")

    now = client.get(OTHER_MANAGER, one).json
    assert (now["status"], now["agreement_ref"], now["org"]) == ("active", "16/2026", "shop-02")
    (shop,) = client.get(OTHER_MANAGER, f"{one}/outlets").json["items"]
    assert (shop["id"], len(shop["keys"])) == (outlet, 1) and shop["offer"]
    listed = [client.all_of(who, "/v1/partners") for who in (OTHER_MANAGER, MANAGER)]
    assert [[each["id"] for each in found] for found in listed] == [[partner], []]
    assert client.post(MANAGER, f"{one}/pause").status == 403


def test_a_shop_has_no_two_hours_of_one_time_but_those_of_before_are_shown(
    client: CardsClient,
) -> None:
    partner, outlet = client.active_partner()
    twice = SHOP["hours"] + [{"day": "tue", "opens": "12:00", "closes": "13:00"}]  # type: ignore[operator]
    shop = f"/v1/partners/{partner}/outlets"

    refused = [
        client.put(MANAGER, f"{shop}/{outlet}", 2, **SHOP | {"hours": twice}),
        client.post(MANAGER, shop, **SHOP | {"hours": twice}),
    ]
    assert [each.code for each in refused] == ["hours_overlap"] * 2
    assert refused[0].json["errors"][0]["pointer"] == "/hours/1"

    (row,) = (r for r in client.world.dynamodb.rows("cards-data").values()
              if r["pk"]["S"] == f"OUTLET#{outlet}")  # fmt: skip
    row["doc"]["S"] = row["doc"]["S"].replace('"closes":"21:00"}', '"closes":"21:00"},{"day":"mon",'
                                              '"opens":"10:00","closes":"11:00"}')  # fmt: skip
    (shown,) = client.get(None, f"/v1/public/partners/{partner}").json["outlets"]
    assert len(shown["hours"]) == 2


def test_wrong_hours_are_refused_with_what_is_right(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    wrong = [{"day": "пн", "opens": "9.00", "closes": "25:00"}]

    refused = client.put(
        MANAGER, f"/v1/partners/{partner}/outlets/{outlet}", 2, **SHOP | {"hours": wrong}
    )

    said = {each["pointer"]: each["detail"] for each in refused.json["errors"]}
    assert "Понедельник; Вторник; Среда" in said["/hours/0/day"]
    assert "09:30" in said["/hours/0/opens"] and "09:30" in said["/hours/0/closes"]


def test_a_shop_at_the_other_end_of_the_land_is_refused_wherever_it_is_described(
    client: CardsClient,
) -> None:
    """Families are sent there: latitude and longitude are easily swapped."""
    partner, outlet = client.active_partner()
    shop = f"/v1/partners/{partner}/outlets"

    swapped = {"latitude": SHOP["longitude"], "longitude": SHOP["latitude"]}
    for place, field in (
        ({"latitude": 43.1}, "latitude"),
        ({"longitude": 131.9}, "longitude"),
        (swapped, "latitude"),
    ):
        for refused in (
            client.post(MANAGER, shop, **SHOP | place),
            client.put(MANAGER, f"{shop}/{outlet}", 2, **SHOP | place),
        ):
            (error,) = refused.json["errors"]
            assert (error["code"], error["pointer"]) == ("place_far", f"/{field}")
    assert client.put(MANAGER, f"{shop}/{outlet}", 2, **SHOP).status == 200


@pytest.mark.parametrize("blank", [" ", "\u3000\u00a0"])
def test_a_text_of_blanks_is_none(client: CardsClient, blank: str) -> None:
    partner, outlet = client.active_partner()
    version = client.get(MANAGER, f"/v1/partners/{partner}").json["version"]
    facts = {"category": "grocery", "district_ids": ["D01", "D02"]}
    shop = {"title": "Новый", "district_id": "D01", "address": "Мира, 2", "latitude": 53.2,
            "longitude": 50.1}  # fmt: skip

    answers = [
        client.put(MANAGER, f"/v1/partners/{partner}", version, title=blank, **facts),
        *(client.put(MANAGER, f"/v1/partners/{partner}/outlets/{outlet}", 2, **shop | {name: blank})
          for name in ("title", "address")),
        client.offer(partner, goods_scope=blank, since="2026-11-01"),
    ]  # fmt: skip

    assert [answer.status for answer in answers] == [422] * 4
    pointers = [answer.json["errors"][0]["pointer"] for answer in answers]
    assert pointers == ["/title", "/title", "/address", "/goods_scope"]


@pytest.mark.parametrize(
    ("districts", "code", "place"),
    [(["D03"], "district_has_outlets", ""), (["D01", "D99"], "unknown_district", "/1")],
)
def test_districts_are_known_and_keep_their_open_outlets(
    client: CardsClient, districts: list[str], code: str, place: str
) -> None:
    partner, _ = client.active_partner()
    seen = client.get(LEADER, f"/v1/partners/{partner}").json["version"]

    body = EDITED | {"district_ids": districts}
    (error,) = client.put(LEADER, f"/v1/partners/{partner}", seen, **body).json["errors"]
    assert (error["code"], error["pointer"]) == (code, f"/district_ids{place}")


def test_an_outlet_moves_to_another_district_and_is_listed_there(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    path = f"/v1/partners/{partner}/outlets"
    (before,) = client.get(MANAGER, path).json["items"]

    changed = client.put(MANAGER, f"{path}/{outlet}", before["version"], **SHOP)
    assert (changed.status, changed.json["id"]) == (200, outlet)
    assert client.put(MANAGER, f"{path}/{outlet}", before["version"], **SHOP).status == 412
    elsewhere = SHOP | {"district_id": "D07"}
    refused = client.put(MANAGER, f"{path}/{outlet}", before["version"] + 1, **elsewhere)
    assert refused.code == "outlet_in_other_district"

    (after,) = client.get(MANAGER, path).json["items"]
    assert {name: after[name] for name in SHOP} == SHOP
    for district, shown in (("D01", []), ("D02", [outlet])):
        items = client.get(None, "/v1/public/partners", region="ZR", district_id=district).json
        assert [o["id"] for item in items["items"] for o in item["outlets"]] == shown
    left = client.get(MANAGER, f"/v1/partners/{partner}").json["version"]
    only = EDITED | {"district_ids": ["D02"]}
    assert client.put(MANAGER, f"/v1/partners/{partner}", left, **only).status == 200
    changes = [each["change"] for each in client.events("PartnerOutletChanged")]
    assert changes == ["added", "edited"]


def test_a_leader_hears_that_a_partner_at_work_has_closed_its_last_shop(
    client: CardsClient,
) -> None:
    partner, first = client.active_partner()
    path = f"/v1/partners/{partner}/outlets"
    second = client.post(MANAGER, path, **SHOP | {"address": "улица Другая, 7"}).json["number"]
    for outlet in (first, second):
        client.done(MANAGER, f"{path}/{outlet}/close")
    client.post(MANAGER, path, **SHOP)

    changes = [(each["change"], each["only_one"]) for each in client.events("PartnerOutletChanged")]
    assert changes[1:] == [("added", False), ("closed", False), ("closed", True), ("added", True)]


def test_the_contact_at_a_partner_is_changed_and_only_the_club_sees_it(client: CardsClient) -> None:
    partner, _ = client.active_partner(contact=CONTACT)
    path = f"/v1/partners/{partner}/contact"
    seen = client.get(MANAGER, f"/v1/partners/{partner}").json["version"]
    other = CONTACT | {"name": "Анна", "phone": "+79037654321"}

    assert client.put(AUTHORITY, path, seen, **other).status == 403
    assert client.put(MANAGER, path, seen, **other).status == 200

    assert client.get(LEADER, path).json["phone"] == "+79037654321"
    assert client.get(MANAGER, path).status == 403
    (told,) = client.events("PartnerContactChanged")
    assert told["partner_id"] == partner and "Анна" not in str(told)


def test_a_partner_is_promised_no_message_to_a_landline(client: CardsClient) -> None:
    partner, _ = client.active_partner(contact=CONTACT)
    landline = CONTACT | {"channel": "sms", "phone": "8 495 123-45-67"}

    version = client.get(LEADER, f"/v1/partners/{partner}").json["version"]
    path = f"/v1/partners/{partner}/contact"
    refused = client.put(LEADER, path, version, **landline)

    (error,) = refused.json["errors"]
    assert (error["pointer"], error["code"]) == ("/phone", "sms_needs_mobile")


def test_a_partner_without_a_contact_gets_one(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    seen = client.get(LEADER, f"/v1/partners/{partner}").json
    assert seen["has_contact"] is False

    path = f"/v1/partners/{partner}/contact"
    assert client.put(LEADER, path, seen["version"], **CONTACT).status == 200

    assert client.get(LEADER, path).json["name"] == "Мария"
