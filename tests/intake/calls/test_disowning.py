"""A call that was written down for the wrong family."""

from functools import partial
from typing import Any

import pytest

from services.intake.families.domain import MOST_SENSITIVE
from services.intake.families.repository import Families
from services.intake.requests.domain import MOST_ADDITIONS
from tests.intake.api_client import (
    HQ,
    OPERATOR,
    IntakeClient,
    just_before_the_next_write,
    request,
    staff,
)
from tests.intake.merges.builders import CARE, SECOND, merge, two, undo

COLLEAGUE = staff("OP-2", "hotline_operator")
FOREIGN = staff("OP-Y", "hotline_operator", "YY")


def test_what_was_written_down_for_the_wrong_family_is_in_its_record_no_more(
    client: IntakeClient,
) -> None:
    """Someone else calls from the phone of a family, and the operator does not ask who."""
    food = {"category": "food_aid", "text": "Хлеб для Ольги"}
    first = client.asked(needs=[{"category": "food_aid", "text": "Крупы"}])
    olga = request()["contact"] | {"name": "Ольга"}
    needs = [food, {"category": "animal_care"}]
    wrong = client.asked(needs=needs, text="Это Ольга", contact=olga, urgency="urgent")
    client.do(OPERATOR, f"/requests/{wrong['id']}/additions", {"text": "Ольга ещё вспомнила"})
    left = {"request_id": wrong["id"], "text": "Перезвонить Ольге"}
    note = client.do(OPERATOR, "/hand-overs", left)["id"]
    case, family = first["case_id"], first["family_id"]
    assert (wrong["case_id"], wrong["family_id"]) == (case, family)
    assert len(client.needs(case)) == 2
    path = f"/requests/{wrong['id']}"
    assert "disown" in client.get(OPERATOR, path).json["next_steps"]
    own = client.post(OPERATOR, f"/requests/{first['id']}/disown")
    assert (own.status, own.code) == (409, "family_is_of_this_request")
    assert [step["action"] for step in own.json["next_steps"]] == ["add"]
    assert "первые 30 минут" in own.json["detail"] and "штаб" in own.json["detail"]
    for other in (COLLEAGUE, FOREIGN, staff("CM-1", "case_manager")):
        assert client.post(other, f"{path}/disown").status in (403, 404)

    client.do(OPERATOR, f"{path}/disown")

    exported = client.get(HQ, f"/families/{family}/export").json
    assert "Ольг" not in str(exported)
    assert client.get(COLLEAGUE, f"/hand-overs/{note}").json["text"] == "Перезвонить Ольге"
    assert [each["id"] for each in exported["requests"]] == [first["id"]]
    assert [(n["category"], n["status"]) for n in client.view(case)["needs"]] == [
        ("food_aid", "open"),
        ("animal_care", "dropped"),
    ]
    assert "Крупы" in str(client.get(HQ, f"/cases/{case}/contact").json)
    assert client.view(case)["urgent"] is False
    seen = client.get(OPERATOR, path).json
    assert (seen["status"], seen["end_reason"]) == ("ended", "other_family")
    assert (seen["family_id"], seen["case_id"]) == (None, None)
    (ended,) = client.published("RequestEnded")
    assert (ended["request_id"], ended["family_id"]) == (wrong["id"], None)
    again = client.post(OPERATOR, f"{path}/disown")
    assert (again.status, again.code) == (409, "request_is_ended")


def test_a_call_of_no_family_is_no_other_ones(client: IntakeClient) -> None:
    asked = client.asked(purpose="information", needs=[], contact=None, consents={})

    refused = client.post(OPERATOR, f"/requests/{asked['id']}/disown")

    assert (refused.status, refused.code) == (409, "request_is_received")
    assert "Контакта в ней не оставили" in refused.json["detail"]


def test_a_long_call_that_was_written_down_for_the_wrong_family_leaves_no_word_of_it(
    client: IntakeClient,
) -> None:
    first = client.asked(needs=[{"category": "food_aid"}])
    wrong = client.asked(needs=[{"category": "animal_care"}], text="Это Ольга")
    path, needs = f"/requests/{wrong['id']}", ("food_aid", "household_help", "repair_work")
    for each in needs:  # words about a need alone are a record, too
        said = {"category": each, "text": "Ольга просила"}
        client.do(OPERATOR, f"{path}/additions", {"needs": [said]})
    for number in range(MOST_ADDITIONS):
        client.do(OPERATOR, f"{path}/additions", {"text": f"Ольга вспомнила и {number}"})
    assert "Ольга" in str(client.get(HQ, f"/families/{first['family_id']}/export").json)
    assert "disown" in client.get(OPERATOR, path).json["next_steps"]

    client.do(OPERATOR, f"{path}/disown")

    assert client.get(OPERATOR, path).json["end_reason"] == "other_family"
    assert "Ольга" not in str(client.get(HQ, f"/families/{first['family_id']}/export").json)
    left = [sk for rows in client.world.dynamodb.tables.values() for _, sk in rows if "add_" in sk]
    assert left == []


def test_a_case_that_was_made_for_the_wrong_family_is_closed_first(client: IntakeClient) -> None:
    known = client.asked()
    client.do(HQ, f"/cases/{known['case_id']}/withdraw", {"evidence": "written"})
    client.wait(1)
    wrong = client.asked(text="Номер теперь мой")
    path = f"/requests/{wrong['id']}/disown"
    assert wrong["family_id"] == known["family_id"] and wrong["case_id"] != known["case_id"]
    refused = client.post(HQ, path)
    assert (refused.status, refused.code) == (409, "case_is_of_this_request")
    assert [step["action"] for step in refused.json["next_steps"]] == ["take", "withdraw"]
    assert client.post(OPERATOR, path).json["next_steps"] == []  # she calls headquarters

    client.do(HQ, f"/cases/{wrong['case_id']}/take")
    decline = {"decision": "decline", "reason": "not_confirmed"}
    client.do(HQ, f"/cases/{wrong['case_id']}/triage", decline)
    client.do(HQ, path)

    exported = client.get(HQ, f"/families/{known['family_id']}/export").json
    assert "Номер теперь мой" not in str(exported)
    assert client.view(wrong["case_id"])["requests"] == []


def test_what_the_wrong_family_could_not_wait_for_hurries_no_other(client: IntakeClient) -> None:
    def needs(**urgencies: str) -> list[dict[str, str]]:
        return [{"category": each, "urgency": how} for each, how in urgencies.items()]

    own = client.asked(needs=needs(food_aid="normal", household_help="urgent"))
    wrong = client.asked(needs=needs(food_aid="urgent", animal_care="urgent"))

    def hurry() -> dict[str, str]:
        known = client.view(own["case_id"])["needs"]
        return {each["category"]: each["urgency"] for each in known if each["status"] == "open"}

    assert hurry() == {"food_aid": "urgent", "household_help": "urgent", "animal_care": "urgent"}
    tokens = client.sign_in()
    client.do(OPERATOR, f"/requests/{wrong['id']}/disown")

    assert hurry() == {"food_aid": "normal", "household_help": "urgent"}
    refresh = {"refresh_token": tokens["refresh_token"]}
    assert client.post(None, "/tokens/refresh", refresh).status == 200  # from its own phone


@pytest.mark.parametrize("merged", [False, True])
def test_sensitive_groups_of_the_wrong_family_leave_room_for_its_own(
    client: IntakeClient, merged: bool
) -> None:
    said: dict[str, Any] = {"family": {"groups_sensitive": ["parental_dependency"]}}
    first, second = two(client)
    client.wait(0.1)
    own, wrong = ([client.asked(**said) for _ in range(n)] for n in (1, MOST_SENSITIVE - 1))
    if merged:
        merge(client, second, first)
    full = client.post(OPERATOR, "/requests", request(**said))
    assert (full.status == 422) is not merged
    for each in wrong:
        client.do(OPERATOR, f"/requests/{each['id']}/disown")

    with client.world.service("intake"):
        record = Families.connect().record(own[0]["family_id"])
    assert record.sensitive_refs == (own[0]["id"],)
    client.asked(**said)


@pytest.mark.parametrize("merged", [False, True])
def test_a_phone_that_was_noted_for_the_wrong_family_opens_nothing_of_it(
    client: IntakeClient, merged: bool
) -> None:
    """The operator opens the card of one family, and another one is on the phone."""
    first, second = two(client)
    anna = first["family_id"]
    olga = {"name": "Ольга", "channel": "sms", "phone": "+79165550000"}
    family = {"groups_sensitive": ["parental_dependency"]}
    wrong = client.asked(family_id=anna, contact=olga, text="Я Ольга", family=family)
    for number in range(4):
        client.do(OPERATOR, f"/requests/{wrong['id']}/additions", {"text": f"И {number}"})
    before = client.sign_in(olga["phone"])
    if merged:
        merge(client, second, first)
    tokens = client.sign_in(olga["phone"])
    known = len(client.get(HQ, f"/families/{anna}/export").json["contacts"])

    client.do(OPERATOR, f"/requests/{wrong['id']}/disown")

    exported = client.get(HQ, f"/families/{anna}/export").json
    assert len(exported["contacts"]) == known - 1
    rows = client.world.dynamodb.tables.values()
    assert len({sk for each in rows for _, sk in each if "cnt_" in sk}) == 2
    assert olga["name"] not in str(exported) and olga["phone"] not in str(exported)
    for is_undone in range(1 + merged):
        if is_undone:
            undo(client, second, first)
        for each in (before, tokens):
            refresh = {"refresh_token": each["refresh_token"]}
            assert client.post(None, "/tokens/refresh", refresh).status == 401
    again = client.asked(contact=olga)
    assert again["family_id"] not in (anna, second["family_id"])


@pytest.mark.parametrize("meanwhile", [False, True])
@pytest.mark.parametrize("asked", [{}, {"purpose": "information"}, CARE])
def test_what_a_stranger_allowed_in_the_name_of_a_family_holds_no_more(
    client: IntakeClient, asked: dict[str, str], meanwhile: bool
) -> None:
    anna = client.asked(consents={"processing": True, "contact": True})
    family, case = anna["family_id"], anna["case_id"]
    if asked == CARE:
        client.asked(family_id=family, contact=None, **CARE, consents={"processing": True})
    wrong = client.asked(family_id=family, needs=[], contact=None, **asked)
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    marker = {"long_term_need": True, "reason": "alone_with_children"}
    search = partial(client.post, HQ, f"/cases/{case}/care-requirement", marker)

    if meanwhile:
        with just_before_the_next_write(client, search):
            client.do(OPERATOR, f"/requests/{wrong['id']}/disown")
    else:
        search()
        client.do(OPERATOR, f"/requests/{wrong['id']}/disown")

    consents = client.get(HQ, f"/families/{family}").json["consents"]
    held = {each["purpose"] for each in consents if each["withdrawn_at"] is None}
    assert held == {"processing", "contact"}
    assert client.view(case)["status"] == "in_review"
    (lifted,) = client.published("CareRequirementLifted")
    assert lifted["reason"] == "consent_withdrawn"


def test_a_merged_record_loses_what_a_stranger_allowed_by_which_the_family_is_reached(
    client: IntakeClient,
) -> None:
    agreed = {"processing": True}
    first, second = two(client, consents=agreed)
    silent = {"purpose": "contact", "given": False, "evidence": "written"}
    client.do(HQ, f"/families/{first['family_id']}/consents", silent)
    client.wait(0.1)
    wrong = client.asked(contact=SECOND, **CARE, consents=agreed | {"contact": True})
    assert merge(client, first, second).status == 200
    unreachable = len(client.published("FamilyUnreachable"))

    client.do(HQ, f"/requests/{wrong['id']}/disown")

    told = client.published("FamilyUnreachable")[unreachable:]
    assert {each["family_id"] for each in told} == {first["family_id"]}


def test_a_search_that_the_family_itself_allows_goes_on(client: IntakeClient) -> None:
    case = client.waiting()
    wrong = client.asked(needs=[])

    client.do(OPERATOR, f"/requests/{wrong['id']}/disown")

    assert client.view(case)["status"] == "care_required"
    assert client.published("CareRequirementLifted") == []


def test_a_case_is_named_by_a_call_of_its_own_family(client: IntakeClient) -> None:
    """The number of the wrong call is another family's: its code opens it, and it has ended."""
    known = client.asked()
    client.do(HQ, f"/cases/{known['case_id']}/withdraw", {"evidence": "written"})
    client.wait(1)
    wrong = client.asked(text="Номер теперь мой")
    form = client.do(None, "/web-requests", request())
    path, case = f"/requests/{wrong['id']}/disown", wrong["case_id"]

    own = client.asked()
    assert (own["case_id"], client.view(case)["number"]) == (case, wrong["number"])
    last = client.asked()
    client.do(OPERATOR, f"/requests/{last['id']}/disown")
    assert client.view(case)["number"] == wrong["number"]
    client.do(OPERATOR, path)

    assert client.view(case)["number"] == own["number"] != form["number"]
    assert client.get(HQ, f"/request-numbers/{own['number']}").json["case_id"] == case


def test_who_only_sent_a_form_does_not_follow_the_case_that_another_call_made(
    client: IntakeClient,
) -> None:
    known = client.asked()
    client.do(HQ, f"/cases/{known['case_id']}/withdraw", {"evidence": "written"})
    client.wait(1)
    wrong = client.asked(text="Номер теперь мой")
    form = client.do(None, "/web-requests", request())
    client.do(HQ, f"/cases/{wrong['case_id']}/take")
    client.do(OPERATOR, f"/requests/{wrong['id']}/disown")

    shown = {"number": form["number"], "code": form["code"]}
    followed = client.post(None, "/request-status", shown, key=None).json

    assert followed["progress"] == "received"


def test_a_wrong_call_that_waits_to_join_leaves_no_trace_in_the_case(client: IntakeClient) -> None:
    first = client.asked()
    before = client.get(HQ, f"/cases/{first['case_id']}/history").json["items"]
    wrong = client.post(OPERATOR, "/requests", request(needs=[{"category": "animal_care"}])).json

    client.do(OPERATOR, f"/requests/{wrong['id']}/disown")

    assert client.get(HQ, f"/cases/{first['case_id']}/history").json["items"] == before
    assert client.get(OPERATOR, f"/requests/{wrong['id']}").json["status"] == "ended"
