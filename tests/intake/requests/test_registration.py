"""A family asks for help, and nothing about it goes where it should not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.requirement("S2-18")
def test_a_hotline_request_gets_its_number_at_once_and_makes_a_case(client: IntakeClient) -> None:
    answer = client.post(OPERATOR, "/requests", request())

    assert answer.status == 201
    assert answer.json["status"] == "joined"
    assert ids.valid_number(answer.json["number"])
    assert ids.valid_number(answer.json["code"])
    (row,) = client.get(HQ, "/cases").json["items"]
    assert (row["id"], row["number"]) == (answer.json["case_id"], answer.json["number"])
    assert row["channel"] == "hotline"
    seen = client.get(OPERATOR, f"/requests/{answer.json['id']}").json
    assert (seen["status"], seen["case_id"], seen["case_status"]) == (
        "joined",
        row["id"],
        "received",
    )
    assert answer.headers["Location"] == f"/intake/v1/requests/{answer.json['id']}"
    silent = client.post(OPERATOR, "/requests", request(contact=None, consents=None))
    assert (silent.status, len(silent.json["number"])) == (201, 8)
    call = client.get(OPERATOR, f"/requests/{silent.json['id']}").json
    assert call["confidentiality"] == "anonymous"
    assert client.view(silent.json["case_id"])["family"]["anonymous"]


@pytest.mark.requirement("X-11")
def test_the_same_key_gives_the_same_number_and_one_event(client: IntakeClient) -> None:
    first = client.post(OPERATOR, "/requests", request(), key="call-1")
    second = client.post(OPERATOR, "/requests", request(), key="call-1")
    client.world.settle()

    assert second.json == first.json
    assert len(client.published("RequestReceived")) == 1


def test_a_request_tells_who_asked_for_what_and_nothing_of_a_person(client: IntakeClient) -> None:
    sensitive = ["parental_dependency"]
    family = {"kind": "birth", "groups": ["large"], "groups_sensitive": sensitive}

    asked = client.asked(
        initiated_by="agency", purpose="preventive", family=family, urgency="urgent"
    )

    (event,) = client.published("RequestReceived")
    assert event["request_id"] == asked["id"]
    assert (event["case_id"], event["family_id"]) == (asked["case_id"], asked["family_id"])
    assert (event["initiated_by"], event["purpose"]) == ("agency", "preventive")
    assert (event["confidentiality"], event["groups"]) == ("confidential", ["large"])
    assert (event["urgent"], event["repeats"], event["end_reason"]) == (True, False, None)
    assert "parental_dependency" not in str(client.world.bus.log)


def test_who_had_the_idea_to_ask_is_never_left_out(client: IntakeClient) -> None:
    answer = client.post(OPERATOR, "/requests", request(initiated_by=None))

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == "/initiated_by"


def test_the_number_of_digits_is_looked_up_by_those_who_may_see_it(client: IntakeClient) -> None:
    asked = client.asked()
    path = f"/request-numbers/{asked['number']}"

    assert client.get(HQ, path).json["id"] == asked["id"]
    assert client.get(OPERATOR, path).json["id"] == asked["id"]
    assert client.get(staff("OP-2", "hotline_operator"), path).status == 404
    assert client.get(HQ, "/request-numbers/10000008").status == 404


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
    member = {"members": [{"relation": relation}]}
    another = client.received(contact=None, family=member)
    assert client.view(another)["needs_check"] is check


@pytest.mark.requirement("X-10")
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
    unit = client.post(OPERATOR, "/requests", request(unit="Берёзовка"))
    assert (unit.status, unit.json["errors"][0]["pointer"]) == (422, "/unit")
    case = client.waiting()
    client.get(HQ, f"/cases/{case}/contact")

    kept = str([client.world.rows(f"intake-{table}") for table in ("data", "outbox", "audit")])
    seen = kept + str(client.world.bus.log) + capsys.readouterr().out
    for secret in (NAME, PHONE, PHONE[2:], WORDS, "Берёзовка"):
        assert secret not in seen


@pytest.mark.requirement("S2-09")
def test_a_large_family_is_accepted_whatever_its_age_composition_and_income(
    client: IntakeClient,
) -> None:
    """Property: no draw of members and other groups makes anything about income necessary."""
    relations = ["grandmother", "grandfather", "parent", "spouse", "child", "other"]
    member = st.fixed_dictionaries(
        {"relation": st.sampled_from(relations)},
        optional={"born": st.dates(date(1930, 1, 1), date(2026, 8, 31)).map("{:%Y-%m}".format)},
    )
    more = ["low_income", "single_parent", "child_under_3", "home_education"]
    families = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["birth", "foster", "service_member"]),
            "groups": st.lists(st.sampled_from(more), unique=True).map(
                lambda drawn: ["large", *drawn]
            ),
            "members": st.lists(member, max_size=20),
        }
    )

    @settings(max_examples=25, database=None)
    @given(families, st.sampled_from(["service_member_care", "family_care"]))
    def accepted(family: dict[str, Any], programme: str) -> None:
        body = request(family=family, programme=programme, contact=None, consents={})
        answer = client.post(OPERATOR, "/requests", body)
        assert answer.status == 201, answer.text

    accepted()
    earning = request(family={"groups": ["large"], "income": 1})
    assert client.post(OPERATOR, "/requests", earning).status == 422


def test_a_birth_family_with_groups_asks_without_any_proof_of_income(client: IntakeClient) -> None:
    family = {
        "kind": "birth",
        "groups": ["large", "single_parent", "large"],
        "groups_sensitive": ["parental_dependency"],
    }

    case = client.received(programme="family_care", family=family)

    assert client.view(case)["family"]["kind"] == "birth"
    assert client.view(case)["family"]["groups"] == ["large", "single_parent"]
    (event,) = client.world.events("intake.RequestReceived")
    assert event["programme"] == event["data"]["programme"] == "family_care"
    assert event["data"]["groups"] == ["large", "single_parent"]
    said = ("initiated_by", "purpose", "confidentiality")
    assert [event["data"][name] for name in said] == ["self", "hardship", "confidential"]
    assert "parental_dependency" not in str(event)


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"consents": {}}, "processing_consent_required", "/consents/processing"),
        ({"confidentiality": "anonymous"}, "anonymous_leaves_no_contact", "/contact"),
        ({"region": "XX"}, "unknown_region", "/region"),
        ({"district_id": "D99"}, "unknown_district", "/district_id"),
        (
            {
                "family": {
                    "members": [{"relation": "parent"}, {"relation": "child", "born": "2026-10"}]
                }
            },
            "born_in_future",
            "/family/members/1/born",
        ),
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
    assert view["family"]["anonymous"]
    assert not view["family"]["has_contact"]
    assert client.get(HQ, f"/cases/{case}/contact").json["contact"] is None


@pytest.mark.requirement("X-05")
def test_a_request_is_taken_down_for_ones_own_region_only(client: IntakeClient) -> None:
    foreign = staff("OP-9", "hotline_operator", "YY")

    assert client.post(foreign, "/requests", request()).status == 404
    assert client.post(HQ_Y, "/requests", request()).status == 404
    assert client.post(staff("FH-1", "federal_hq", "*"), "/requests", request()).status == 403
    assert client.post(None, "/requests", request()).status == 401


def test_the_public_form_takes_a_request_and_stops_a_flood(client: IntakeClient) -> None:
    again = {"key": "same"}
    first, same = (client.do(None, "/web-requests", request(), **again) for _ in range(2))
    assert first == same
    assert set(first) == {"number", "code", "emergency"}
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
    mine = client.do(BOT, "/requests", request())
    other = client.asked(contact=None)["id"]

    assert (mine["case_id"], mine["family_id"]) == (None, None)
    assert client.get(BOT, f"/requests/{mine['id']}").json["channel"] == "bot"
    assert client.get(BOT, f"/requests/{other}").status == 404


def test_a_bot_registers_with_its_scope_and_in_its_regions_only(client: IntakeClient) -> None:
    unscoped = client.post(replace(BOT, scopes=(ACT_FOR_FAMILY,)), "/requests", request())
    foreign = client.post(replace(BOT, regions=("YY",)), "/requests", request())

    assert (unscoped.status, foreign.status) == (403, 404)


def test_an_operator_sees_own_requests_of_thirty_days_without_the_case_file(
    client: IntakeClient,
) -> None:
    asked = client.asked()
    path, colleague = f"/requests/{asked['id']}", staff("OP-2", "hotline_operator")

    assert client.get(OPERATOR, path).json["case_status"] == "received"
    assert [row["id"] for row in client.get(OPERATOR, "/own-requests").json["items"]] == [
        asked["id"]
    ]
    assert client.get(OPERATOR, f"{path}/words").json["text"] == "Муж далеко, одной тяжело"
    assert client.get(OPERATOR, "/requests").status == 403
    assert client.get(OPERATOR, "/cases").status == 403
    assert client.get(OPERATOR, f"/cases/{asked['case_id']}").status == 403
    assert client.get(OPERATOR, f"/cases/{asked['case_id']}/contact").status == 403
    assert client.get(OPERATOR, f"/families/{asked['family_id']}").status == 404
    assert client.get(colleague, path).status == 404
    assert client.get(colleague, f"/cases/{asked['case_id']}").status == 404

    client.world.set_time(at("2026-10-14 09:41"))
    assert client.get(OPERATOR, "/own-requests").json["items"] == []
    assert client.get(OPERATOR, path).status == 404


def test_own_requests_are_listed_the_latest_first_and_end_at_thirty_days(
    client: IntakeClient,
) -> None:
    first = client.asked()["id"]
    client.wait(20)
    second = client.asked()["id"]

    def listed(**page: Any) -> tuple[list[str], str | None]:
        found = client.get(OPERATOR, "/own-requests", **page).json
        return [row["id"] for row in found["items"]], found["next_cursor"]

    (latest, cursor) = listed(limit=1)
    assert (latest, listed(cursor=cursor)) == ([second], ([first], None))
    client.wait(11)
    assert listed() == ([second], None)
    assert listed(cursor=listed(limit=1)[1]) == ([], None)


# calls that are no case -----------------------------------------------------------------------


def test_a_mail_is_one_contact_however_its_letters_are_typed(client: IntakeClient) -> None:
    mail = {"name": NAME, "channel": "email", "address": "Anna.K@Example.org"}
    first = client.asked(contact=mail)

    again = client.asked(contact=mail | {"address": "anna.k@example.ORG"})

    assert again["family_id"] == first["family_id"]
    contact = client.get(HQ, f"/cases/{first['case_id']}/contact").json["contact"]
    assert contact["address"] == "Anna.K@Example.org"
    moved = {"contact": mail | {"address": "a@example.org"}, "former": "ANNA.k@example.org"}
    client.do(HQ, f"/families/{first['family_id']}/contact", moved | {"evidence": "written"})
    assert client.asked(contact=mail)["family_id"] != first["family_id"]
