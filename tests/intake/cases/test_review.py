"""Headquarters works on its queue: one takes, clarifies, decides, records."""

from typing import Any

import pytest

from tests.intake.api_client import (
    BOT,
    HQ,
    HQ_2,
    HQ_Y,
    NAME,
    OPERATOR,
    PHONE,
    WORDS,
    IntakeClient,
    just_before_the_next_write,
    request,
)
from tests.support.api import Answer
from tests.support.world import at

MARKER = {"long_term_need": True, "reason": "alone_with_children"}


@pytest.mark.requirement("S4-09")
def test_one_coordinator_takes_a_request_and_the_next_one_is_told_so(client: IntakeClient) -> None:
    case = client.received()

    assert client.do(HQ, f"/cases/{case}/take")["status"] == "in_review"
    second = client.post(HQ_2, f"/cases/{case}/take")

    assert (second.status, second.code) == (409, "case_already_taken")
    assert client.view(case)["taken_by"] == "HQ-1"
    assert [step["action"] for step in second.json["next_steps"]] == [
        "take_over",
        "correct_needs",
        "withdraw",
    ]
    assert second.json["next_steps"][0]["title"] == "Принять заявку у коллеги"
    assert client.do(HQ, f"/cases/{case}/take")["status"] == "in_review"
    assert client.view(case)["taken_by"] == "HQ-1"
    assert client.post(HQ_Y, f"/cases/{case}/take").status == 404
    # The queue of the own region, and the decision.
    assert [row["id"] for row in client.get(HQ, "/cases").json["items"]] == [case]
    assert client.get(HQ_Y, "/cases").json["items"] == []
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})


@pytest.mark.requirement("X-04")
def test_of_two_coordinators_at_once_exactly_one_wins(client: IntakeClient) -> None:
    case = client.received()
    first: list[Answer] = []

    with just_before_the_next_write(
        client, lambda: first.append(client.post(HQ_2, f"/cases/{case}/take"))
    ):
        second = client.post(HQ, f"/cases/{case}/take")

    assert first[0].status == 200
    assert second.status == 409
    assert client.view(case)["taken_by"] == "HQ-2"


@pytest.mark.parametrize("other", ["decline", "care-requirement", "withdraw"])
def test_of_two_decisions_at_once_exactly_one_holds(client: IntakeClient, other: str) -> None:
    case = client.in_review()
    path, body = {
        "decline": ("triage", {"decision": "decline", "reason": "outside_programme"}),
        "care-requirement": ("care-requirement", MARKER),
        "withdraw": ("withdraw", {"evidence": "spoken_by_phone"}),
    }[other]
    first: list[Any] = []

    with just_before_the_next_write(
        client, lambda: first.append(client.post(HQ, f"/cases/{case}/{path}", body))
    ):
        second = client.post(HQ, f"/cases/{case}/triage", {"decision": "one_time"})

    client.world.settle()
    assert (first[0].status, second.status, second.code) == (200, 409, "step_not_allowed")
    assert second.json["next_steps"]
    assert client.view(case)["status"] == (
        "care_required" if path == other != "withdraw" else "closed"
    )
    decided = [event["decision"] for event in client.published("RequestTriaged")]
    assert "one_time" not in decided


@pytest.mark.requirement("X-05")
def test_another_region_does_not_learn_that_the_request_exists(client: IntakeClient) -> None:
    case = client.received()
    unknown = "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV"

    for path in ("", "/history", "/contact", "/office-view"):
        foreign = client.get(HQ_Y, f"/cases/{case}{path}")
        absent = client.get(HQ_Y, f"/cases/{unknown}{path}")
        assert foreign.status == 404
        assert foreign.json == absent.json
    assert client.post(HQ_Y, f"/cases/{case}/take").status == 404
    assert client.get(HQ_Y, "/cases", region="ZR").status == 404


def test_the_queue_shows_the_oldest_first_with_its_age(client: IntakeClient) -> None:
    first = client.received()
    client.world.set_time(at("2026-09-14 12:50"))
    second = client.received(contact=None)

    rows = client.get(HQ, "/cases").json["items"]

    assert [(row["id"], row["age_hours"]) for row in rows] == [(first, 3), (second, 0)]
    page = client.get(HQ, "/cases", limit=1).json
    rest = client.get(HQ, "/cases", limit=1, cursor=page["next_cursor"]).json
    assert [row["id"] for row in (*page["items"], *rest["items"])] == [first, second]
    client.do(HQ, f"/cases/{first}/take")
    assert [row["id"] for row in client.get(HQ, "/cases", status="in_review").json["items"]] == [
        first
    ]


def test_a_case_that_is_opened_again_waits_from_that_moment(client: IntakeClient) -> None:
    old = client.received()
    client.world.set_time(at("2026-09-14 11:50"))
    client.do(HQ, f"/cases/{old}/withdraw", {"evidence": "written"})
    client.world.set_time(at("2026-10-14 10:00"))
    newer = client.received(contact=None)
    client.do(HQ, f"/cases/{newer}/take")
    (closed,) = client.get(HQ, "/cases", status="closed").json["items"]
    assert closed["age_hours"] == 2

    client.world.set_time(at("2026-10-14 12:00"))
    client.do(HQ, f"/cases/{old}/reopen", {"reason": "new_request", "evidence": "written"})
    client.world.set_time(at("2026-10-14 13:05"))

    rows = client.get(HQ, "/cases", status="in_review").json["items"]
    assert [(row["id"], row["age_hours"]) for row in rows] == [(newer, 3), (old, 1)]


@pytest.mark.requirement("S4-10")
def test_the_marker_is_set_after_clarification_and_told_once(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/take")

    early = client.post(HQ, f"/cases/{case}/care-requirement", MARKER)
    assert (early.status, early.code) == (409, "no_clarified_need")
    needless = client.received(needs=[], contact=None)
    client.do(HQ, f"/cases/{needless}/take")
    no_need = client.post(HQ, f"/cases/{needless}/care-requirement", MARKER)
    assert no_need.status == 409

    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    client.do(HQ, f"/cases/{case}/care-requirement", MARKER)
    again = client.do(HQ, f"/cases/{case}/care-requirement", MARKER)
    contrary = client.post(
        HQ, f"/cases/{case}/care-requirement", MARKER | {"long_term_need": False}
    )
    assert (contrary.status, contrary.code) == (409, "step_not_allowed")
    assert "lift_care" in [each["action"] for each in contrary.json["next_steps"]]

    assert again["status"] == "care_required"
    (event,) = client.published("CareRequired")
    assert event["district_id"] == "D01"
    assert [need["category"] for need in event["needs"]] == ["household_help", "repair_work"]
    assert event["excluded_guardians"] == []
    assert [event["decision"] for event in client.published("RequestTriaged")] == ["care"]
    assert client.view(case)["care"]["by"] == "HQ-1"


def test_the_marker_is_put_and_lifted_and_names_no_person(client: IntakeClient) -> None:
    case = client.in_review()
    assert client.post(OPERATOR, f"/cases/{case}/care-requirement", MARKER).status == 403
    assert client.published("CareRequired") == []

    for _ in range(2):
        client.do(HQ, f"/cases/{case}/care-requirement", MARKER)
    client.do(HQ, f"/cases/{case}/care-requirement/lift", {"reason": "family_declined"})

    (told,) = client.world.events("intake.CareRequired")
    assert (told["data"]["region"], told["data"]["district_id"]) == ("ZR", "D01")
    assert {need["category"] for need in told["data"]["needs"]} == {"household_help", "repair_work"}
    assert not any(secret in str(told) for secret in (PHONE, PHONE[2:], NAME, WORDS))
    # What matching does about it: tests/cross_service/test_markers.py.
    (lifted,) = client.published("CareRequirementLifted")
    assert lifted["reason"] == "family_declined"


@pytest.mark.requirement("S4-04")
def test_without_a_long_term_need_there_is_no_marker(client: IntakeClient) -> None:
    case = client.in_review()

    short = {"long_term_need": False, "reason": "illness"}
    answer = client.post(HQ, f"/cases/{case}/care-requirement", short)

    assert (answer.status, answer.code) == (409, "needs_no_long_term_help")


def test_a_lifted_marker_is_told_with_its_reason(client: IntakeClient) -> None:
    case = client.waiting()

    client.do(HQ, f"/cases/{case}/care-requirement/lift", {"reason": "family_declined"})

    assert client.view(case)["status"] == "in_review"
    assert [event["reason"] for event in client.published("CareRequirementLifted")] == [
        "family_declined"
    ]


def test_a_family_of_another_programme_is_promised_no_guardian(client: IntakeClient) -> None:
    case = client.in_review(programme="family_care", family={"kind": "birth"})

    refused = client.post(HQ, f"/cases/{case}/care-requirement", MARKER)

    assert (refused.status, refused.code) == (409, "programme_without_guardians")
    assert "require_care" not in [step["action"] for step in refused.json["next_steps"]]
    assert "require_care" not in client.view(case)["next_steps"]
    assert client.published("CareRequired") == []


def test_needs_are_added_changed_met_and_dropped_in_one_call(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/take")
    household, repair = client.needs(case)

    client.do(
        HQ,
        f"/cases/{case}/needs",
        {
            "add": [{"category": "animal_care", "text": "Корова", "urgency": "urgent"}],
            "change": [{"need_id": household, "text": "Дрова и вода"}],
            "drop": [{"need_id": repair, "reason": "found_elsewhere"}],
        },
    )

    needs = {need["category"]: need for need in client.view(case)["needs"]}
    assert needs["animal_care"]["clarified"]
    assert needs["household_help"]["clarified"]
    assert needs["repair_work"]["status"] == "dropped"
    words = {w["text"] for w in client.get(HQ, f"/cases/{case}/contact").json["needs"]}
    assert {"Корова", "Дрова и вода"} <= words
    (event,) = client.published("NeedsChanged")
    assert event["categories"] == ["animal_care", "household_help", "repair_work"]
    assert len(event["needs"]) == 3
    assert (event["by_family"], event["decided"]) == (False, False)
    nothing = client.post(HQ, f"/cases/{case}/needs", {})
    assert (nothing.status, nothing.code) == (422, "nothing_to_change")


def test_what_could_not_wait_may_wait_once_headquarters_has_settled_it(
    client: IntakeClient,
) -> None:
    """Else one urgent call, or a stranger's form, would leave a case urgent for ever."""
    case = client.waiting(urgency="urgent", needs=[{"category": "food_aid"}])
    before = client.get(HQ, "/cases").json["items"][0]
    assert (before["urgent"], client.view(case)["urgent"]) == (True, True)

    client.do(HQ, f"/cases/{case}/needs", {"urgency": "normal"})

    (row,) = client.get(HQ, "/cases").json["items"]
    assert (row["urgent"], row["due_at"] > before["due_at"]) == (False, True)
    assert client.published("CareDetailsChanged")[-1]["urgent"] is False
    told = client.published("NeedsChanged")[-1]  # it ends the work to look at what was asked again
    assert (told["categories"], told["decided"], told["by_family"]) == ([], True, False)
    (need,) = client.needs(case)
    urgent = {"change": [{"need_id": need, "urgency": "urgent"}]}
    client.do(HQ, f"/cases/{case}/needs", urgent)
    assert client.view(case)["urgent"]


@pytest.mark.requirement("S4-33")
def test_a_request_waits_in_the_queue_until_something_is_decided(client: IntakeClient) -> None:
    helped, sent, waits = (client.received(contact=None) for _ in range(3))
    for case in (helped, sent, waits):
        client.do(HQ, f"/cases/{case}/take")
    provider = {"region": "ZR", "name": "Центр", "sector": "state", "services": ["other"]}
    where = client.do(HQ, "/providers", provider)["id"]

    client.do(HQ, f"/cases/{helped}/triage", {"decision": "one_time"})
    aid = {"category": "food_aid", "persons": 2, "legal_basis": "programme", "last": True}
    client.do(HQ, f"/cases/{helped}/aids", aid)
    nowhere = client.post(HQ, f"/cases/{sent}/triage", {"decision": "redirect"})
    client.do(HQ, f"/cases/{sent}/triage", {"decision": "redirect", "provider_id": where})
    client.world.set_time(at("2026-09-14 14:45"))

    # That it is a task of headquarters: tests/notifications/work_items.
    decided = [event["decision"] for event in client.published("RequestTriaged")]
    assert decided == ["one_time", "redirect"]
    assert client.view(helped)["closed_reason"] == "aid_given"
    assert (nowhere.status, nowhere.code) == (422, "provider_required")
    assert client.view(sent)["closed_reason"] == "redirected"
    (given,) = client.published("AidRecorded")
    assert not {"fam", "cas"} & {given["beneficiary_key"][:3]}  # it counts people and names none
    again = client.in_review(contact=None, family_id=client.family(helped))
    client.do(HQ, f"/cases/{again}/triage", {"decision": "one_time"})
    client.do(HQ, f"/cases/{again}/aids", aid)
    assert client.published("AidRecorded")[1]["beneficiary_key"] == given["beneficiary_key"]
    rows = client.get(HQ, "/cases").json["items"]
    assert [(row["id"], row["age_hours"]) for row in rows] == [(waits, 5)]


@pytest.mark.requirement("S4-48")
def test_care_without_a_result_for_31_days_joins_the_list(client: IntakeClient) -> None:
    case = client.in_care()
    missing = {"status": "in_care", "overdue": "true"}

    client.world.advance(at("2026-10-15 09:00"))
    assert client.get(HQ, "/cases", **missing).json["items"] == []
    client.world.advance(at("2026-10-15 10:00"))
    (row,) = client.get(HQ, "/cases", **missing).json["items"]
    assert row["id"] == case
    in_care = client.get(HQ, "/cases", status="in_care").json["items"]
    assert [row["id"] for row in in_care] == [case]

    result = {"outcome": "partial_stability", "needs_met": client.needs(case)[:1], "note": "Лучше"}
    client.do(HQ, f"/cases/{case}/outcomes", result)
    assert client.get(HQ, "/cases", **missing).json["items"] == []
    assert client.get(HQ, f"/cases/{case}/contact").json["notes"] == ["Лучше"]
    (event,) = client.published("OutcomeRecorded")
    assert event["outcome"] == "partial_stability"
    assert len(client.published("NeedsChanged")) == 2


def test_the_history_says_who_did_what_when(client: IntakeClient) -> None:
    case = client.waiting()

    history = client.get(HQ, f"/cases/{case}/history").json["items"]

    assert [entry["what"] for entry in history] == [
        "received",
        "taken",
        "needs_clarified",
        "care_required",
    ]
    assert [entry["by"] for entry in history] == ["OP-1", "HQ-1", "HQ-1", "HQ-1"]


@pytest.mark.requirement("X-05")
def test_without_a_claim_nothing_is_open(client: IntakeClient) -> None:
    case = client.received()

    assert client.get(None, "/cases").status == 401
    assert client.get(None, f"/cases/{case}").status == 401
    assert client.post(None, f"/cases/{case}/take").status == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ('{"decision": "one_time", "x": 1}', 422), ('{"decision": NaN}', 422)],
)
def test_bad_input_is_answered_and_never_a_failure(
    client: IntakeClient, body: str, status: int
) -> None:
    case = client.in_review()

    assert client.post(HQ, f"/cases/{case}/triage", body).status == status


def test_a_request_with_a_control_character_is_refused(client: IntakeClient) -> None:
    answer = client.post(OPERATOR, "/requests", request(text="a\x07b"))

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == "/text"


def test_the_end_of_a_case_says_whether_the_family_has_another_one(client: IntakeClient) -> None:
    first, second = client.received(), client.received(programme="family_care")

    for case in (first, second):
        client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "spoken_by_phone"})

    ended = [(event["case_id"], event["last"]) for event in client.published("CaseClosed")]
    assert ended == [(first, False), (second, True)]


def test_a_guardian_is_sought_only_for_a_family_that_can_be_asked(client: IntakeClient) -> None:
    """The form and bots may leave no contact without being anonymous."""
    filed = client.do(BOT, "/requests", request(contact=None))
    (asked,) = client.get(HQ, "/requests", status="joined").json["items"]
    case = asked["case_id"]
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    assert not client.view(case)["family"]["anonymous"]

    marker = {"long_term_need": True, "reason": "alone_with_children"}
    refused = client.post(HQ, f"/cases/{case}/care-requirement", marker)

    assert (refused.status, refused.code) == (409, "family_is_anonymous")
    assert filed["number"] == asked["number"]


def test_a_result_that_is_missing_is_noticed_once_and_of_care_alone(client: IntakeClient) -> None:
    case, untaken = client.in_care(), client.received(contact=None)
    path = f"/cases/{case}/outcomes"
    client.do(HQ, path, {"outcome": "partial_stability"})
    assert client.view(case)["outcomes"][0]["note_ref"] is None  # nothing was noted beside it

    client.wait(40)

    def missing() -> dict[str, bool]:
        rows = client.get(HQ, "/cases", overdue="true").json["items"]
        return {each["id"]: each["result_missing_since"] is not None for each in rows}

    def noticed(of_case: str) -> int:
        lines = client.get(HQ, f"/cases/{of_case}/history").json["items"]
        return sum(each["what"] == "outcome_missing" for each in lines)

    assert missing() == {case: True, untaken: False}
    client.wait(40)
    assert (noticed(case), noticed(untaken)) == (1, 0)
    client.do(HQ, path, {"outcome": "partial_stability"})
    assert missing() == {untaken: False}
