"""A family asks for help, and nothing about it goes where it should not."""

from dataclasses import replace
from typing import Any

import pytest

from shared import ids
from shared.identity.claims import ACT_FOR_FAMILY
from tests.intake.api_client import (
    BOT,
    HQ,
    HQ_Y,
    NAME,
    OPERATOR,
    PHONE,
    WORDS,
    IntakeClient,
    request,
    staff,
)
from tests.support.world import at


@pytest.mark.requirement("S4-08")
def test_a_hotline_request_gets_its_number_at_once_and_joins_the_queue(
    client: IntakeClient,
) -> None:
    answer = client.post(OPERATOR, "/requests", request())

    assert answer.status == 201
    assert answer.json["status"] == "received"
    assert ids.valid_number(answer.json["number"])
    queue = client.get(HQ, "/requests").json["items"]
    assert [row["id"] for row in queue] == [answer.json["id"]]
    assert queue[0]["channel"] == "hotline"


@pytest.mark.requirement("X-11", "S4-08")
def test_the_same_key_gives_the_same_number_and_one_event(client: IntakeClient) -> None:
    first = client.post(OPERATOR, "/requests", request(), key="call-1")
    second = client.post(OPERATOR, "/requests", request(), key="call-1")
    client.world.settle()

    assert second.json == first.json
    assert len(client.published("RequestReceived")) == 1


@pytest.mark.requirement("S4-08")
def test_a_second_call_of_the_same_family_within_a_day_is_the_same_request(
    client: IntakeClient,
) -> None:
    first = client.do(OPERATOR, "/requests", request())
    written_otherwise = {"name": "Аня", "channel": "sms", "phone": "8 (916) 123-45-67"}

    again = client.do(OPERATOR, "/requests", request(contact=written_otherwise))

    assert again["id"] == first["id"]
    assert again["number"] == first["number"]
    assert len(client.published("RequestReceived")) == 1
    history = client.get(HQ, f"/requests/{first['id']}/history").json["items"]
    assert [entry["what"] for entry in history] == ["received", "asked_again"]


@pytest.mark.requirement("X-11")
def test_a_repeated_call_answers_the_same_even_when_its_window_has_passed(
    client: IntakeClient,
) -> None:
    first = client.received()
    again = client.post(OPERATOR, "/requests", request(), key="again").json
    assert again["id"] == first

    client.world.set_time(at("2026-09-16 09:40"))

    assert client.post(OPERATOR, "/requests", request(), key="again").json == again


@pytest.mark.requirement("S4-08")
def test_after_a_day_or_a_closed_case_or_elsewhere_the_same_contact_asks_anew(
    client: IntakeClient,
) -> None:
    first = client.received()
    elsewhere = staff("OP-2", "hotline_operator", "YY")
    other_region = client.do(elsewhere, "/requests", request(region="YY"))["id"]
    assert other_region != first

    client.world.set_time(at("2026-09-15 09:41"))
    next_day = client.received()
    assert next_day != first

    client.do(HQ, f"/requests/{next_day}/withdraw", {"evidence": "spoken_by_phone"})
    assert client.received() not in (first, next_day)


def test_a_request_outside_its_window_can_still_be_closed(client: IntakeClient) -> None:
    first = client.received()
    client.world.set_time(at("2026-09-15 09:41"))
    second = client.received()

    client.do(HQ, f"/requests/{first}/withdraw", {"evidence": "written"})

    assert client.received() == second


@pytest.mark.requirement("S4-49")
def test_a_request_with_an_outside_number_is_imported_once(client: IntakeClient) -> None:
    outside = {"system": "onf", "id": "A-17"}
    no_contact = {"contact": None, "external_ref": outside}

    first = client.do(BOT, "/requests", request(**no_contact))
    again = client.do(HQ, "/requests", request(**no_contact))

    assert again["id"] == first["id"]
    assert client.view(first["id"])["external_ref"] == outside
    assert client.do(BOT, "/requests", request(contact=None))["id"] != first["id"]


@pytest.mark.requirement("S4-02")
def test_each_kind_of_need_is_accepted_and_another_word_is_refused(client: IntakeClient) -> None:
    kinds = [
        "household_help",
        "child_leisure",
        "animal_care",
        "repair_work",
        "food_aid",
        "material_aid",
    ]
    needs = [{"category": kind} for kind in kinds] + [{"category": "other", "text": "Съездить"}]
    case = client.received(needs=needs)
    assert len(client.view(case)["needs"]) == 7

    bare = client.post(OPERATOR, "/requests", request(needs=[{"category": "other"}]))
    assert bare.status == 422
    assert bare.json["errors"][0]["pointer"] == "/needs/0/text"

    holiday = client.post(OPERATOR, "/requests", request(needs=[{"category": "holiday"}]))
    assert holiday.status == 422
    assert holiday.json["errors"][0]["pointer"] == "/needs/0/category"
    assert "Уход за животными" in holiday.json["errors"][0]["detail"]


@pytest.mark.requirement("S4-03")
@pytest.mark.parametrize(("relation", "check"), [("grandmother", False), ("other", True)])
def test_every_relation_is_accepted_and_another_one_is_marked(
    client: IntakeClient, relation: str, check: bool
) -> None:
    case = client.received(applicant_relation=relation)

    assert client.view(case)["needs_check"] is check


@pytest.mark.requirement("S4-05", "X-10")
@pytest.mark.parametrize("field", ["unit", "place_of_service", "rank", "price"])
def test_nothing_about_the_service_member_can_be_said(client: IntakeClient, field: str) -> None:
    answer = client.post(OPERATOR, "/requests", request(**{field: "x"}))

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == f"/{field}"
    inside = request(family={"members": [{"relation": "parent", "rank": "x"}]})
    assert client.post(OPERATOR, "/requests", inside).status == 422


@pytest.mark.requirement("S4-05", "X-08")
def test_no_name_phone_or_word_leaves_the_vault(
    client: IntakeClient, capsys: pytest.CaptureFixture[str]
) -> None:
    case = client.waiting()
    client.get(HQ, f"/requests/{case}/contact")

    kept = str([client.world.rows(f"intake-{table}") for table in ("data", "outbox", "audit")])
    seen = kept + str(client.world.bus.log) + capsys.readouterr().out
    for secret in (NAME, PHONE, PHONE[2:], WORDS):
        assert secret not in seen


@pytest.mark.requirement("S2-07", "S2-08", "S2-09")
def test_a_birth_family_with_groups_asks_without_any_proof_of_income(client: IntakeClient) -> None:
    family = {"kind": "birth", "groups": ["large", "single_parent", "large"]}

    case = client.received(programme="family_care", family=family)

    assert client.view(case)["family"]["kind"] == "birth"
    assert client.view(case)["family"]["groups"] == ["large", "single_parent"]
    assert client.world.events("intake.RequestReceived")[0]["programme"] == "family_care"


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"consents": {}}, "processing_consent_required", "/consents/processing"),
        ({"confidentiality": "anonymous"}, "anonymous_leaves_no_contact", "/contact"),
        ({"region": "XX"}, "unknown_region", "/region"),
        ({"district_id": "D99"}, "unknown_district", "/district_id"),
    ],
)
def test_what_does_not_fit_together_is_refused_where_it_stands(
    client: IntakeClient, changes: dict[str, Any], code: str, pointer: str
) -> None:
    answer = client.post(OPERATOR, "/requests", request(**changes))

    assert answer.status == 422
    assert answer.code == code
    assert answer.json["errors"][0]["pointer"] == pointer
    assert answer.json["detail"]


def test_a_phone_that_is_none_is_refused(client: IntakeClient) -> None:
    contact = {"name": NAME, "channel": "sms", "phone": "12345"}

    answer = client.post(OPERATOR, "/requests", request(contact=contact))

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"].startswith("/contact")


def test_an_anonymous_family_leaves_only_its_needs(client: IntakeClient) -> None:
    case = client.received(confidentiality="anonymous", contact=None, consents={})

    view = client.view(case)
    assert not view["has_contact"]
    assert client.get(HQ, f"/requests/{case}/contact").json["contact"] is None


@pytest.mark.requirement("X-05")
def test_a_request_is_taken_down_for_ones_own_region_only(client: IntakeClient) -> None:
    foreign = staff("OP-9", "hotline_operator", "YY")

    assert client.post(foreign, "/requests", request()).status == 404
    assert client.post(HQ_Y, "/requests", request()).status == 404
    assert client.post(staff("FH-1", "federal_hq", "*"), "/requests", request()).status == 403
    assert client.post(None, "/requests", request()).status == 401


def test_the_public_form_takes_a_request_and_stops_a_flood(client: IntakeClient) -> None:
    first = client.do(None, "/web-requests", request())
    assert set(first) == {"number"}
    assert client.get(HQ, f"/request-numbers/{first['number']}").json["channel"] == "web"

    def ask(number: int) -> Any:
        contact = {"name": NAME, "channel": "sms", "phone": f"+7916123450{number}"}
        return client.post(None, "/web-requests", request(contact=contact))

    answers = [ask(number) for number in range(10)]

    assert [answer.status for answer in answers] == [201] * 9 + [429]
    assert answers[-1].headers["Retry-After"] == "3600"
    assert "горячую линию" in answers[-1].json["detail"]


def test_a_bot_registers_in_its_own_name_and_sees_only_what_it_registered(
    client: IntakeClient,
) -> None:
    mine = client.do(BOT, "/requests", request())["id"]
    other = client.received(contact=None)

    assert client.view(mine)["channel"] == "bot"
    assert client.get(BOT, f"/requests/{mine}").status == 200
    assert client.get(BOT, f"/requests/{other}").status == 404


def test_a_bot_registers_with_its_scope_and_in_its_regions_only(client: IntakeClient) -> None:
    unscoped = client.post(replace(BOT, scopes=(ACT_FOR_FAMILY,)), "/requests", request())
    foreign = client.post(replace(BOT, regions=("YY",)), "/requests", request())

    assert (unscoped.status, foreign.status) == (403, 404)
