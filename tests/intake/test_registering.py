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
    Office,
    request,
    staff,
)
from tests.support.world import at


@pytest.mark.requirement("S4-08")
def test_a_hotline_request_gets_its_number_at_once_and_joins_the_queue(office: Office) -> None:
    answer = office.post(OPERATOR, "/requests", request())

    assert answer.status == 201
    assert answer.json["status"] == "received"
    assert ids.valid_number(answer.json["number"])
    queue = office.get(HQ, "/requests").json["items"]
    assert [row["id"] for row in queue] == [answer.json["id"]]
    assert queue[0]["channel"] == "hotline"


@pytest.mark.requirement("X-11", "S4-08")
def test_the_same_key_gives_the_same_number_and_one_event(office: Office) -> None:
    first = office.post(OPERATOR, "/requests", request(), key="call-1")
    second = office.post(OPERATOR, "/requests", request(), key="call-1")
    office.world.settle()

    assert second.json == first.json
    assert len(office.told("RequestReceived")) == 1


@pytest.mark.requirement("S4-08")
def test_a_second_call_of_the_same_family_within_a_day_is_the_same_request(office: Office) -> None:
    first = office.do(OPERATOR, "/requests", request())
    written_otherwise = {"name": "Аня", "channel": "sms", "phone": "8 (916) 123-45-67"}

    again = office.do(OPERATOR, "/requests", request(contact=written_otherwise))

    assert again["id"] == first["id"]
    assert again["number"] == first["number"]
    assert len(office.told("RequestReceived")) == 1
    history = office.get(HQ, f"/requests/{first['id']}/history").json["items"]
    assert [entry["what"] for entry in history] == ["received", "asked_again"]


@pytest.mark.requirement("X-11")
def test_a_repeated_call_answers_the_same_even_when_its_window_has_passed(office: Office) -> None:
    first = office.received()
    again = office.post(OPERATOR, "/requests", request(), key="again").json
    assert again["id"] == first

    office.world.set_time(at("2026-09-16 09:40"))

    assert office.post(OPERATOR, "/requests", request(), key="again").json == again


@pytest.mark.requirement("S4-08")
def test_after_a_day_or_a_closed_case_or_elsewhere_the_same_contact_asks_anew(
    office: Office,
) -> None:
    first = office.received()
    elsewhere = staff("OP-2", "hotline_operator", "YY")
    other_region = office.do(elsewhere, "/requests", request(region="YY"))["id"]
    assert other_region != first

    office.world.set_time(at("2026-09-15 09:41"))
    next_day = office.received()
    assert next_day != first

    office.do(HQ, f"/requests/{next_day}/withdraw", {"evidence": "spoken_by_phone"})
    assert office.received() not in (first, next_day)


def test_a_request_outside_its_window_can_still_be_closed(office: Office) -> None:
    first = office.received()
    office.world.set_time(at("2026-09-15 09:41"))
    second = office.received()

    office.do(HQ, f"/requests/{first}/withdraw", {"evidence": "written"})

    assert office.received() == second


@pytest.mark.requirement("S4-49")
def test_a_request_with_an_outside_number_is_imported_once(office: Office) -> None:
    outside = {"system": "onf", "id": "A-17"}
    no_contact = {"contact": None, "external_ref": outside}

    first = office.do(BOT, "/requests", request(**no_contact))
    again = office.do(HQ, "/requests", request(**no_contact))

    assert again["id"] == first["id"]
    assert office.view(first["id"])["external_ref"] == outside
    assert office.do(BOT, "/requests", request(contact=None))["id"] != first["id"]


@pytest.mark.requirement("S4-02")
def test_each_kind_of_need_is_accepted_and_another_word_is_refused(office: Office) -> None:
    kinds = [
        "household_help",
        "child_leisure",
        "animal_care",
        "repair_work",
        "food_aid",
        "material_aid",
    ]
    needs = [{"category": kind} for kind in kinds] + [{"category": "other", "text": "Съездить"}]
    case = office.received(needs=needs)
    assert len(office.view(case)["needs"]) == 7

    bare = office.post(OPERATOR, "/requests", request(needs=[{"category": "other"}]))
    assert bare.status == 422
    assert bare.json["errors"][0]["pointer"] == "/needs/0/text"

    holiday = office.post(OPERATOR, "/requests", request(needs=[{"category": "holiday"}]))
    assert holiday.status == 422
    assert holiday.json["errors"][0]["pointer"] == "/needs/0/category"
    assert "animal_care" in holiday.json["errors"][0]["detail"]


@pytest.mark.requirement("S4-03")
@pytest.mark.parametrize(("relation", "check"), [("grandmother", False), ("other", True)])
def test_every_relation_is_accepted_and_another_one_is_marked(
    office: Office, relation: str, check: bool
) -> None:
    case = office.received(applicant_relation=relation)

    assert office.view(case)["needs_check"] is check


@pytest.mark.requirement("S4-05", "X-10")
@pytest.mark.parametrize("field", ["unit", "place_of_service", "rank", "price"])
def test_nothing_about_the_service_member_can_be_said(office: Office, field: str) -> None:
    answer = office.post(OPERATOR, "/requests", request(**{field: "x"}))

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == f"/{field}"
    inside = request(family={"members": [{"relation": "parent", "rank": "x"}]})
    assert office.post(OPERATOR, "/requests", inside).status == 422


@pytest.mark.requirement("S4-05", "X-08")
def test_no_name_phone_or_word_leaves_the_vault(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    case = office.waiting()
    office.get(HQ, f"/requests/{case}/contact")

    kept = str([office.world.rows(f"intake-{table}") for table in ("data", "outbox", "audit")])
    seen = kept + str(office.world.bus.log) + capsys.readouterr().out
    for secret in (NAME, PHONE, PHONE[2:], WORDS):
        assert secret not in seen


@pytest.mark.requirement("S2-07", "S2-08", "S2-09")
def test_a_birth_family_with_groups_asks_without_any_proof_of_income(office: Office) -> None:
    family = {"kind": "birth", "groups": ["large", "single_parent", "large"]}

    case = office.received(programme="family_care", family=family)

    assert office.view(case)["family"]["kind"] == "birth"
    assert office.view(case)["family"]["groups"] == ["large", "single_parent"]
    assert office.world.events("intake.RequestReceived")[0]["programme"] == "family_care"


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
    office: Office, changes: dict[str, Any], code: str, pointer: str
) -> None:
    answer = office.post(OPERATOR, "/requests", request(**changes))

    assert answer.status == 422
    assert answer.code == code
    assert answer.json["errors"][0]["pointer"] == pointer
    assert answer.json["detail"]


def test_a_phone_that_is_none_is_refused(office: Office) -> None:
    contact = {"name": NAME, "channel": "sms", "phone": "12345"}

    answer = office.post(OPERATOR, "/requests", request(contact=contact))

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"].startswith("/contact")


def test_an_anonymous_family_leaves_only_its_needs(office: Office) -> None:
    case = office.received(confidentiality="anonymous", contact=None, consents={})

    view = office.view(case)
    assert not view["has_contact"]
    assert office.get(HQ, f"/requests/{case}/contact").json["contact"] is None


@pytest.mark.requirement("X-05")
def test_a_request_is_taken_down_for_ones_own_region_only(office: Office) -> None:
    foreign = staff("OP-9", "hotline_operator", "YY")

    assert office.post(foreign, "/requests", request()).status == 404
    assert office.post(HQ_Y, "/requests", request()).status == 404
    assert office.post(staff("FH-1", "federal_hq", "*"), "/requests", request()).status == 403
    assert office.post(None, "/requests", request()).status == 401


def test_the_public_form_takes_a_request_and_stops_a_flood(office: Office) -> None:
    first = office.do(None, "/web-requests", request())
    assert set(first) == {"number"}
    assert office.get(HQ, f"/request-numbers/{first['number']}").json["channel"] == "web"

    def ask(number: int) -> Any:
        contact = {"name": NAME, "channel": "sms", "phone": f"+7916123450{number}"}
        return office.post(None, "/web-requests", request(contact=contact))

    answers = [ask(number) for number in range(10)]

    assert [answer.status for answer in answers] == [201] * 9 + [429]
    assert answers[-1].headers["Retry-After"] == "3600"
    assert "горячую линию" in answers[-1].json["detail"]


def test_a_bot_registers_in_its_own_name_and_sees_only_what_it_registered(office: Office) -> None:
    mine = office.do(BOT, "/requests", request())["id"]
    other = office.received(contact=None)

    assert office.view(mine)["channel"] == "bot"
    assert office.get(BOT, f"/requests/{mine}").status == 200
    assert office.get(BOT, f"/requests/{other}").status == 404


def test_a_bot_registers_with_its_scope_and_in_its_regions_only(office: Office) -> None:
    unscoped = office.post(replace(BOT, scopes=(ACT_FOR_FAMILY,)), "/requests", request())
    foreign = office.post(replace(BOT, regions=("YY",)), "/requests", request())

    assert (unscoped.status, foreign.status) == (403, 404)
