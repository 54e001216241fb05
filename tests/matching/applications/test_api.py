"""Applications and contacts through the API: who applies, and who reads the contact."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.principal import Principal
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_Y,
    NAME,
    OPERATOR,
    PHONE,
    TRAINING,
    MatchingClient,
    application,
    inn,
    lone,
    ogrn,
    rep,
)
from tests.support.api import Answer

PORTAL = replace(TRAINING, id="portal-1", regions=("ZR",), scopes=("guardian_applications",))


@pytest.mark.requirement("X-11")
def test_anybody_applies_without_a_login_and_the_same_key_gives_the_same_number(
    client: MatchingClient,
) -> None:
    first = client.post(None, "/applications", application(), key="k-1")
    again = client.post(None, "/applications", application(), key="k-1")

    assert (first.status, first.json["status"]) == (201, "applied")
    assert first.json["number"].isdigit()
    assert again.json == first.json
    client.world.settle()
    assert len(client.told("GuardianApplied")) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"region": None}, "/region"),
        ({"title": None}, "/title"),
        ({"legal_form": "individual"}, "/legal_form"),
        ({"team_kind": "person"}, "/team_kind"),
        ({"consent_processing": False}, "/consent_processing"),
        ({"region": "QQ"}, "/region"),
        ({"district_ids": ["D99"]}, "/district_ids/0"),
        ({"capabilities": []}, "/capabilities"),
        ({"capabilities": [{"category": "goods_aid"}]}, "/capabilities/0/category"),
        ({"capabilities": [{"category": "food_aid"}] * 2}, "/capabilities"),
        ({"contact": {"name": NAME, "channel": "sms", "phone": "123456"}}, "/contact/phone"),
        ({"programme": "something_else"}, "/programme"),
        ({"unit": "42"}, "/unit"),
        ({"inn": None}, "/inn"),
        ({"ogrn": None}, "/ogrn"),
        ({"inn": "7707083890"}, "/inn"),
        ({"ogrn": "1027700132190"}, "/ogrn"),
        ({"inn": inn(1, 12)}, "/inn"),
        ({"ogrn": ogrn(1, 15)}, "/ogrn"),
        ({"team_kind": "volunteer_group"}, "/host_title"),
        ({"radius_km": 0}, "/radius_km"),
        ({"schedule": [{"day": "someday", "part": "morning"}]}, "/schedule/0/day"),
    ],
)
def test_a_wrong_application_names_the_field(
    client: MatchingClient, changes: dict[str, Any], pointer: str
) -> None:
    body = {k: v for k, v in (application() | changes).items() if v is not None}

    refused = client.post(None, "/applications", body)

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.json["errors"]] == [pointer]
    assert PHONE not in refused.text


def test_what_an_organisation_says_of_itself_is_shown_as_it_was_said(
    client: MatchingClient,
) -> None:
    said = {
        "radius_km": 40,
        "languages": ["en", "ru"],
        "schedule": [{"day": "fri", "part": "evening"}],
        "preferences": ["close_by"],
        "exclusions": ["animals_at_home"],
    }
    named = {"title": "АНО «Рядом»", "host_title": "Фонд «Опора»", "inn": inn(7), "ogrn": ogrn(7)}
    guardian = client.applied(capacity_families=5, **named, **said)

    shown = client.get(FEDERAL, f"/guardians/{guardian}")

    assert (shown["terms"], shown["capacity_families"]) == (said, 5)
    assert {name: shown[name] for name in named} == named


def test_only_the_same_contact_and_title_make_an_application_the_same(
    client: MatchingClient,
) -> None:
    def comes(number: int, **contact: str) -> Any:
        body = application(inn=inn(number), ogrn=ogrn(number))
        body["contact"] = {"name": NAME, **contact}
        guardian = client.do(None, "/applications", body)["id"]
        return guardian, client.get(FEDERAL, f"/guardians/{guardian}")["duplicate_of"]

    by_phone, _ = comes(1, channel="sms", phone=PHONE)
    by_chat, of_chat = comes(2, channel="bot", address="max:15")
    assert comes(3, channel="sms", phone="+79161234568")[1] is None
    assert (of_chat, comes(4, channel="bot", address="max:16")[1]) == (None, None)
    again, of_phone = comes(5, channel="sms", phone=PHONE)
    assert (of_phone, comes(6, channel="bot", address="max:15")[1]) == (by_phone, by_chat)
    assert client.get(FEDERAL, f"/guardians/{again}/contact")["name"] == NAME


def test_an_informal_group_applies_through_its_host(client: MatchingClient) -> None:
    body = application(legal_form="socially_oriented_ngo", team_kind="volunteer_group")
    assert client.post(None, "/applications", body).status == 422
    body["host_title"] = "Фонд «Опора»"

    assert client.do(None, "/applications", body)["status"] == "applied"


def test_a_sole_proprietor_without_a_team_is_refused_at_once(client: MatchingClient) -> None:
    body = application(**lone(), team_size=0)

    assert client.do(None, "/applications", body)["status"] == "rejected"
    assert client.told("GuardianRejected")[0]["reason"] == "no_team"


def test_an_organisation_takes_part_once_and_may_come_again_when_it_is_out(
    client: MatchingClient,
) -> None:
    spaced = f"{inn(77)[:4]} {inn(77)[4:]}"
    first = client.applied(inn=inn(77), title="Первая")
    twice = client.applied(inn=spaced, title="Вторая")
    assert client.get(FEDERAL, f"/guardians/{first}")["inn"] == inn(77)
    assert client.get(FEDERAL, f"/guardians/{twice}")["duplicate_of"] == first
    assert client.get(rep(twice), f"/guardians/{twice}")["duplicate_of"] is None
    wide = inn(77).translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    known = client.post(HQ, "/guardians", application(inn=wide, title="Широкая"))
    assert known.code == "application_already_received"
    known = client.post(HQ, "/guardians", application(inn=inn(77), title="Третья"))
    assert known.code == "application_already_received"
    refused = client.post(FEDERAL, f"/guardians/{twice}/vetting")
    assert refused.code == "organisation_known"

    client.do(FEDERAL, f"/guardians/{first}/rejection", {"reason": "other"})

    client.do(FEDERAL, f"/guardians/{twice}/vetting")
    assert client.get(FEDERAL, f"/guardians/{twice}")["duplicate_of"] is None
    third = client.applied(inn=inn(77), title="Четвёртая")
    assert client.get(FEDERAL, f"/guardians/{third}")["duplicate_of"] == twice


def test_an_application_that_was_decided_against_today_is_no_bar_to_a_right_one(
    client: MatchingClient,
) -> None:
    wrong = client.do(HQ, "/guardians", application(**lone(), team_size=0))
    assert wrong["status"] == "rejected"
    right = client.do(HQ, "/guardians", application(**lone(), team_size=4))
    again = client.post(HQ, "/guardians", application(**lone(), team_size=4))
    assert (again.status, again.code) == (409, "application_already_received")

    client.do(FEDERAL, f"/guardians/{right['id']}/rejection", {"reason": "other"})
    own = client.applied(**lone(), team_size=4)
    assert client.get(FEDERAL, f"/guardians/{own}")["duplicate_of"] is None
    known = client.post(HQ, "/guardians", application(**lone(), team_size=4, title="ИП Другой"))
    assert known.code == "application_already_received", "by its INN"


def pages(client: MatchingClient, path: str, **query: Any) -> list[str]:
    """A list read one by one: no page is empty before the end."""
    seen, cursor = list[str](), dict[str, str]()
    while True:
        page = client.get(FEDERAL, path, limit=1, **query, **cursor)
        seen += [item["guardian_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return seen
        assert len(page["items"]) == 1
        cursor = {"cursor": page["next_cursor"]}


def test_the_queue_shows_what_is_to_be_decided_by_status_region_and_age(
    client: MatchingClient,
) -> None:
    old, refused = client.applied(), client.applied()
    there = client.applied(region="YY", district_ids=[])
    client.do(FEDERAL, f"/guardians/{refused}/rejection", {"reason": "other"})
    client.at("2026-09-09 09:00")
    new = client.applied()
    client.do(FEDERAL, f"/guardians/{new}/vetting")

    def queue(**query: Any) -> list[str]:
        return [i["guardian_id"] for i in client.get(FEDERAL, "/applications", **query)["items"]]

    assert queue() == [old, there, new]
    assert queue(status="rejected") == [refused]
    assert queue(status="in_vetting") == [new]
    assert queue(region="YY") == [there]
    assert queue(older_than_days=7) == [old, there]
    assert queue(older_than_days=7, status="in_vetting", region="ZR") == []
    assert queue(region="ZR", older_than_days=0) == [old, new]
    client.at("2026-09-20 09:00")
    assert pages(client, "/applications", older_than_days=7) == [old, there, new]
    assert pages(client, "/applications", older_than_days=7, region="ZR") == [old, new]
    assert client.api(FEDERAL).get("/applications", query={"status": "gone"}).status == 422


def test_the_name_of_a_sole_proprietor_is_no_title(client: MatchingClient) -> None:
    guardian = client.applied(
        legal_form="sole_proprietor_with_team",
        team_size=4,
        title="ИП Иванов Пётр",
        host_title="ИП Иванова Анна",
    )

    shown = client.get(FEDERAL, f"/guardians/{guardian}")
    personal = ("title", "host_title", "inn", "ogrn")
    assert [shown[each] for each in personal] == [None] * 4
    sealed = client.get(FEDERAL, f"/guardians/{guardian}/contact")
    assert sealed["title"] == "ИП Иванов Пётр"
    assert (len(sealed["inn"]), len(sealed["ogrn"])) == (12, 15)


def test_the_same_application_within_a_day_is_marked_and_a_stranger_does_not_learn_it(
    client: MatchingClient,
) -> None:
    first = client.post(None, "/applications", application())
    again = client.post(None, "/applications", application())

    assert (first.status, again.status) == (201, 201)
    assert set(first.json) == set(again.json)
    assert again.json["number"] != first.json["number"]
    marked = client.get(FEDERAL, f"/guardians/{again.json['id']}")
    assert marked["duplicate_of"] == first.json["id"]
    assert client.get(FEDERAL, f"/guardians/{first.json['id']}")["duplicate_of"] is None
    known = client.post(HQ, "/guardians", application())
    assert (known.status, known.code) == (409, "application_already_received")
    mistyped = application(inn=inn(9001), ogrn=ogrn(9001))
    for day, owner in ((0, first.json["id"]), (1, None)):
        client.world.set_time(client.now() + day * timedelta(hours=24, minutes=1))
        other = client.applied(**mistyped)
        assert client.get(FEDERAL, f"/guardians/{other}")["duplicate_of"] == owner
        mistyped = application(inn=inn(9002), ogrn=ogrn(9002))


def test_one_address_applies_a_few_times_an_hour(client: MatchingClient) -> None:
    repeated = [
        client.post(None, "/applications", application(), key="same").status for _ in range(3)
    ]
    answers = [
        client.post(None, "/applications", application(title=f"Центр {n}")) for n in range(20)
    ]

    assert repeated == [201] * 3

    assert [answer.status for answer in answers] == [201] * 19 + [429]
    assert answers[-1].headers["Retry-After"]


def test_a_headquarters_writes_down_an_application_of_its_region_only(
    client: MatchingClient,
) -> None:
    assert client.post(HQ, "/guardians", application()).status == 201
    assert client.post(HQ_Y, "/guardians", application()).status == 404
    assert client.post(OPERATOR, "/guardians", application()).status == 403


def test_a_title_is_put_right_by_itself_before_the_checks_and_by_the_federal_side_in_a_talk(
    client: MatchingClient,
) -> None:
    company = client.applied(title="ООО «Добрый мастр»")
    alone = client.applied(legal_form="sole_proprietor_with_team", title="ИП Иванова")
    team = {"team_kind": "work_collective", "team_size": 7}

    def put(who: Principal, guardian: str, title: str) -> Answer:
        api, path = client.api(who), f"/guardians/{guardian}"
        return api.put(f"{path}/application", team | {"title": title}, if_match=api.get(path).etag)

    for guardian in (company, alone):
        assert put(rep(guardian), guardian, "ООО «Добрый мастер»").status == 200
    assert client.get(FEDERAL, f"/guardians/{company}")["title"] == "ООО «Добрый мастер»"
    assert client.get(FEDERAL, f"/guardians/{alone}")["title"] is None
    contact = client.get(FEDERAL, f"/guardians/{alone}/contact")
    assert (contact["title"], contact["name"]) == ("ООО «Добрый мастер»", NAME)

    client.do(FEDERAL, f"/guardians/{company}/vetting")
    question = {"invited_role": "head", "question": "Как пишется название?"}
    client.do(FEDERAL, f"/guardians/{company}/clarification", question)
    assert put(rep(company), company, "Другой фонд").json["code"] == "title_is_checked"
    assert put(FEDERAL, company, "АО «Добрый мастер»").status == 200
    assert client.get(FEDERAL, f"/guardians/{company}/contact")["title"] == "АО «Добрый мастер»"


@pytest.mark.parametrize("who", [HQ, FEDERAL, PORTAL])
def test_who_has_handed_in_an_application_reads_at_its_location_how_far_it_is(
    client: MatchingClient, who: Principal
) -> None:
    made = client.post(who, "/guardians", application())
    assert made.status == 201
    place = made.headers["Location"].removeprefix("/matching/v1")

    seen = client.api(who).get(place)

    assert (seen.status, seen.json["guardian_id"], seen.json["status"]) == (
        200, made.json["id"], "applied",
    )  # fmt: skip
    assert seen.json["number"] == made.json["number"]
    client.do(FEDERAL, f"/guardians/{made.json['id']}/vetting")
    assert client.api(who).get(place).json["status"] == "in_vetting"
    for other in (HQ_Y, OPERATOR, replace(PORTAL, id="portal-2"), replace(HQ, id="HQ-9")):
        assert client.api(other).get(place).status == 404


def test_an_application_of_a_stranger_is_no_ones_to_follow(client: MatchingClient) -> None:
    made = client.post(None, "/applications", application()).json["id"]
    for other in (HQ, PORTAL):
        assert client.api(other).get(f"/guardians/{made}/application").status == 404
