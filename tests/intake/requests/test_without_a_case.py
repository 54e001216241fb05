"""Calls that are no case: questions, spam, wrong numbers."""

import pytest

from tests.intake.api_client import BOT, HQ, OPERATOR, REP, IntakeClient, request, staff


@pytest.mark.parametrize("reason", ["wrong_number", "spam", "information_given"])
def test_a_call_that_is_no_case_is_counted_and_leaves_no_family(
    client: IntakeClient, reason: str
) -> None:
    call = {
        "region": "ZR",
        "initiated_by": "self",
        "reason": reason,
        "text": "Спросили, где МФЦ",
    }

    ended = client.do(OPERATOR, "/ended-requests", call)

    assert (ended["status"], ended["case_id"], ended["family_id"]) == ("ended", None, None)
    (row,) = client.get(HQ, "/requests", status="ended").json["items"]
    assert row["id"] == ended["id"]
    (event,) = client.published("RequestReceived")
    assert (event["end_reason"], event["family_id"]) == (reason, None)
    assert not [row for row in client.world.rows("intake-data") if "FAMILY#" in row["pk"]["S"]]
    words = client.get(HQ, f"/requests/{ended['id']}/words").json
    assert words["text"] == "Спросили, где МФЦ"


def test_a_call_is_registered_by_the_staff_of_its_region_alone(client: IntakeClient) -> None:
    call = {"region": "ZR", "initiated_by": "self", "reason": "spam"}
    foreign = staff("OP-Y", "hotline_operator", "YY")

    refused = [client.post(each, "/ended-requests", call).status for each in (foreign, REP, BOT)]

    assert refused == [404, 403, 403]
    assert client.get(HQ, "/requests", status="ended").json["items"] == []


def test_a_question_waits_for_its_answer_and_ends(client: IntakeClient) -> None:
    asked = client.asked(purpose="information", needs=[])
    assert (asked["status"], asked["case_id"]) == ("received", None)
    assert [row["id"] for row in client.get(HQ, "/requests").json["items"]] == [asked["id"]]

    answered = {"reason": "information_given"}
    client.do(OPERATOR, f"/requests/{asked['id']}/end", answered)

    assert client.get(HQ, "/requests").json["items"] == []
    assert [event["reason"] for event in client.published("RequestEnded")] == ["information_given"]
    again = client.post(OPERATOR, f"/requests/{asked['id']}/end", answered)
    assert (again.status, again.code) == (409, "request_is_ended")


def test_a_question_becomes_a_case_when_help_is_needed(client: IntakeClient) -> None:
    asked = client.asked(purpose="information")

    client.do(HQ, f"/requests/{asked['id']}/case")

    view = client.get(HQ, f"/requests/{asked['id']}").json
    assert (view["status"], view["case_status"]) == ("joined", "received")
    case = client.view(view["case_id"])
    assert (case["number"], case["family"]["id"]) == (asked["number"], asked["family_id"])
    second = client.asked(purpose="information", needs=[{"category": "food_aid"}])
    client.do(HQ, f"/requests/{second['id']}/case")
    assert client.get(HQ, f"/requests/{second['id']}").json["case_id"] == view["case_id"]
    assert "food_aid" in {need["category"] for need in client.view(view["case_id"])["needs"]}
    told = client.published("RequestJoined")
    assert [(each["opened"], each["known"]) for each in told] == [(True, False), (False, False)]
    unknown = client.asked(purpose="information", contact=None, consents={})
    refused = client.post(HQ, f"/requests/{unknown['id']}/case")
    assert (refused.status, refused.code) == (409, "request_without_family")
    assert [step["action"] for step in refused.json["next_steps"]] == ["register_again", "end"]
    # There is no record that headquarters could put the contact in.
    contact = {"contact": request()["contact"]}
    named = client.post(OPERATOR, f"/requests/{unknown['id']}/mend", contact)
    assert (named.status, named.code) == (409, "request_without_family")
    assert [step["action"] for step in named.json["next_steps"]] == ["register_again"]


def test_a_mistyped_phone_is_put_right_also_when_the_question_is_answered(
    client: IntakeClient,
) -> None:
    asked = client.asked(purpose="information", needs=[])
    path = f"/requests/{asked['id']}"
    client.do(OPERATOR, f"{path}/end", {"reason": "information_given"})
    assert client.get(OPERATOR, path).json["next_steps"] == ["mend"]

    right = request()["contact"] | {"phone": "+79160000077"}
    client.do(OPERATOR, f"{path}/mend", {"contact": right})

    assert client.asked(contact=right)["family_id"] == asked["family_id"]
    more = client.post(OPERATOR, f"{path}/mend", {"contact": right, "urgency": "urgent"})
    assert (more.status, more.code) == (409, "request_is_ended")


def test_a_call_that_is_no_case_is_of_a_place_that_there_is(client: IntakeClient) -> None:
    call = {"region": "ZR", "initiated_by": "self", "reason": "spam", "district_id": "D99"}
    assert client.post(OPERATOR, "/ended-requests", call).code == "unknown_district"
    everywhere = staff("OP-N", "hotline_operator", "*")
    nowhere = client.post(everywhere, "/ended-requests", call | {"region": "QQ"})
    assert (nowhere.status, nowhere.code) == (422, "unknown_region")
    del call["district_id"]
    assert client.post(everywhere, "/ended-requests", call | {"region": "QQ"}).status == 422
