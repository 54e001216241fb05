"""Headquarters works on its queue: one takes, clarifies, decides, records."""

from typing import Any

import pytest

from tests.intake.api_client import (
    HQ,
    HQ_2,
    HQ_Y,
    OPERATOR,
    Office,
    just_before_the_next_write,
    request,
    staff,
)
from tests.support.api import Answer
from tests.support.world import at

MARKER = {"long_term_need": True, "reason": "alone_with_children"}


@pytest.mark.requirement("S4-09")
def test_one_coordinator_takes_a_request_and_the_next_one_is_told_so(office: Office) -> None:
    case = office.received()

    assert office.do(HQ, f"/requests/{case}/take")["status"] == "in_review"
    second = office.post(HQ_2, f"/requests/{case}/take")

    assert second.status == 409
    assert [step["action"] for step in second.json["next_steps"]] == [
        "clarify_needs",
        "triage",
        "require_care",
        "correct_needs",
        "withdraw",
    ]
    assert second.json["next_steps"][0]["title"] == "Уточнить потребности"
    assert office.do(HQ, f"/requests/{case}/take")["status"] == "in_review"
    assert office.view(case)["taken_by"] == "HQ-1"


@pytest.mark.requirement("X-04", "S4-09")
def test_of_two_coordinators_at_once_exactly_one_wins(office: Office) -> None:
    case = office.received()
    first: list[Answer] = []

    with just_before_the_next_write(
        office, lambda: first.append(office.post(HQ_2, f"/requests/{case}/take"))
    ):
        second = office.post(HQ, f"/requests/{case}/take")

    assert first[0].status == 200
    assert second.status == 409
    assert office.view(case)["taken_by"] == "HQ-2"


@pytest.mark.requirement("X-05", "S4-09")
def test_another_region_does_not_learn_that_the_request_exists(office: Office) -> None:
    case = office.received()
    unknown = "req_01ARZ3NDEKTSV4RRFFQ69G5FAV"

    for path in ("", "/history", "/contact", "/export"):
        foreign = office.get(HQ_Y, f"/requests/{case}{path}")
        absent = office.get(HQ_Y, f"/requests/{unknown}{path}")
        assert foreign.status == 404
        assert foreign.json == absent.json
    assert office.post(HQ_Y, f"/requests/{case}/take").status == 404
    assert office.get(HQ_Y, "/requests", region="ZR").status == 404


@pytest.mark.requirement("S4-33", "S4-09")
def test_the_queue_shows_the_oldest_first_with_its_age(office: Office) -> None:
    first = office.received()
    office.world.set_time(at("2026-09-14 12:50"))
    second = office.received(contact=None)

    rows = office.get(HQ, "/requests").json["items"]

    assert [(row["id"], row["age_hours"]) for row in rows] == [(first, 3), (second, 0)]
    page = office.get(HQ, "/requests", limit=1).json
    rest = office.get(HQ, "/requests", limit=1, cursor=page["next_cursor"]).json
    assert [row["id"] for row in (*page["items"], *rest["items"])] == [first, second]
    office.do(HQ, f"/requests/{first}/take")
    assert [row["id"] for row in office.get(HQ, "/requests", status="in_review").json["items"]] == [
        first
    ]


@pytest.mark.requirement("S4-33")
def test_a_case_that_is_opened_again_waits_from_that_moment(office: Office) -> None:
    old = office.received()
    office.world.set_time(at("2026-09-14 11:40"))
    office.do(HQ, f"/requests/{old}/withdraw", {"evidence": "written"})
    office.world.set_time(at("2026-10-14 10:00"))
    newer = office.received(contact=None)
    office.do(HQ, f"/requests/{newer}/take")
    (closed,) = office.get(HQ, "/requests", status="closed").json["items"]
    assert closed["age_hours"] in (1, 2)

    office.world.set_time(at("2026-10-14 12:00"))
    office.do(HQ, f"/requests/{old}/reopen", {"reason": "new_request"})
    office.world.set_time(at("2026-10-14 13:05"))

    rows = office.get(HQ, "/requests", status="in_review").json["items"]
    assert [(row["id"], row["age_hours"]) for row in rows] == [(newer, 3), (old, 1)]


@pytest.mark.requirement("S4-10", "S4-34")
def test_the_marker_is_set_after_clarification_and_told_once(office: Office) -> None:
    case = office.received()
    office.do(HQ, f"/requests/{case}/take")

    early = office.post(HQ, f"/requests/{case}/care-requirement", MARKER)
    assert (early.status, early.code) == (409, "no_clarified_need")

    office.do(HQ, f"/requests/{case}/needs", {"confirm": office.needs(case)})
    office.do(HQ, f"/requests/{case}/care-requirement", MARKER)
    again = office.do(HQ, f"/requests/{case}/care-requirement", MARKER)

    assert again["status"] == "care_required"
    (told,) = office.told("CareRequired")
    assert told["district_id"] == "D01"
    assert [need["category"] for need in told["needs"]] == ["household_help", "repair_work"]
    assert told["excluded_guardians"] == []
    assert [event["decision"] for event in office.told("RequestTriaged")] == ["care"]
    assert office.view(case)["case"]["care"]["by"] == "HQ-1"


@pytest.mark.requirement("S4-34")
def test_an_operator_cannot_set_the_marker(office: Office) -> None:
    case = office.in_review()

    answer = office.post(OPERATOR, f"/requests/{case}/care-requirement", MARKER)

    assert answer.status == 403
    assert office.told("CareRequired") == []


@pytest.mark.requirement("S4-04")
def test_without_a_long_term_need_there_is_no_marker(office: Office) -> None:
    case = office.in_review()

    short = {"long_term_need": False, "reason": "illness"}
    answer = office.post(HQ, f"/requests/{case}/care-requirement", short)

    assert (answer.status, answer.code) == (409, "needs_no_long_term_help")


@pytest.mark.requirement("S4-34")
def test_a_lifted_marker_is_told_with_its_reason(office: Office) -> None:
    case = office.waiting()

    office.do(HQ, f"/requests/{case}/care-requirement/lift", {"reason": "family_declined"})

    assert office.view(case)["status"] == "in_review"
    assert [event["reason"] for event in office.told("CareRequirementLifted")] == [
        "family_declined"
    ]


@pytest.mark.requirement("S4-40", "S4-33")
def test_one_food_kit_is_given_without_any_guardian(office: Office) -> None:
    case = office.in_review(needs=[{"category": "food_aid"}])
    provider = {"region": "ZR", "name": "Магазин", "sector": "business", "services": ["food_aid"]}
    helper = office.do(HQ, "/providers", provider)["id"]

    office.do(HQ, f"/requests/{case}/triage", {"decision": "one_time"})
    aid = {"category": "food_aid", "persons": 4, "legal_basis": "programme", "provider_id": helper}
    office.do(HQ, f"/requests/{case}/aids", aid)

    view = office.view(case)
    assert (view["status"], view["case"]["closed_reason"]) == ("closed", "aid_given")
    assert office.told("CareRequired") == []
    (told,) = office.told("AidRecorded")
    assert (told["category"], told["persons"]) == ("food_aid", 4)
    assert [event["reason"] for event in office.told("CaseClosed")] == ["aid_given"]


@pytest.mark.requirement("S0-04", "S2-05")
def test_help_is_free_and_names_its_legal_basis(office: Office) -> None:
    case = office.in_review()
    office.do(HQ, f"/requests/{case}/triage", {"decision": "one_time"})
    aid: dict[str, Any] = {"category": "food_aid", "persons": 4, "legal_basis": "law_442fz"}

    priced = office.post(HQ, f"/requests/{case}/aids", aid | {"price": 500})
    assert priced.status == 422
    assert priced.json["errors"][0]["pointer"] == "/price"
    groundless = {"category": "food_aid", "persons": 4}
    assert office.post(HQ, f"/requests/{case}/aids", groundless).status == 422

    office.do(HQ, f"/requests/{case}/aids", aid)
    (recorded,) = office.view(case)["case"]["aids"]
    assert recorded["free"] is True
    assert recorded["legal_basis"] == "law_442fz"


@pytest.mark.requirement("S2-03")
def test_a_project_for_low_income_families_pays_for_no_other(office: Office) -> None:
    aid = {
        "category": "food_aid",
        "persons": 3,
        "legal_basis": "programme",
        "funding_project": "P-LOW",
    }
    rich = office.in_review()
    office.do(HQ, f"/requests/{rich}/triage", {"decision": "one_time"})
    assert office.post(HQ, f"/requests/{rich}/aids", aid).code == "project_is_for_low_income"

    poor = office.in_review(contact=None, family={"kind": "birth", "groups": ["low_income"]})
    office.do(HQ, f"/requests/{poor}/triage", {"decision": "one_time"})
    assert office.do(HQ, f"/requests/{poor}/aids", aid)["status"] == "closed"


@pytest.mark.requirement("S4-33")
def test_a_family_is_sent_on_to_a_known_organisation_only(office: Office) -> None:
    case = office.in_review()
    decision = {"decision": "redirect"}

    nowhere = office.post(HQ, f"/requests/{case}/triage", decision)
    assert (nowhere.status, nowhere.code) == (422, "provider_required")
    unknown = office.post(HQ, f"/requests/{case}/triage", decision | {"provider_id": "prv_x"})
    assert (unknown.status, unknown.code) == (422, "unknown_provider")

    escort = {"region": "ZR", "name": "Рука помощи", "sector": "ngo", "services": ["other"]}
    provider = office.do(HQ, "/providers", escort)["id"]
    office.do(HQ, f"/requests/{case}/triage", decision | {"provider_id": provider})
    assert office.view(case)["case"]["triage"]["provider"] == provider
    assert [event["decision"] for event in office.told("RequestTriaged")] == ["redirect"]
    assert [event["reason"] for event in office.told("CaseClosed")] == ["redirected"]


def test_a_refusal_names_its_reason(office: Office) -> None:
    case = office.in_review()

    assert office.post(HQ, f"/requests/{case}/triage", {"decision": "decline"}).status == 422
    declined = {"decision": "decline", "reason": "outside_programme"}
    assert office.do(HQ, f"/requests/{case}/triage", declined)["status"] == "closed"


def test_the_decision_care_is_the_marker(office: Office) -> None:
    case = office.in_review()
    decision = {"decision": "care", "long_term_need": True}

    assert office.post(HQ, f"/requests/{case}/triage", decision).code == "reason_required"
    office.do(HQ, f"/requests/{case}/triage", decision | {"care_reason": "illness"})

    assert office.view(case)["status"] == "care_required"


@pytest.mark.requirement("S2-06")
def test_providers_come_from_four_sectors_and_a_private_person_is_none(office: Office) -> None:
    for sector in ("state", "ngo", "business", "media"):
        provider = {"region": "ZR", "name": "П", "sector": sector, "services": ["other"]}
        office.do(HQ, "/providers", provider)

    private = {"region": "ZR", "name": "П", "sector": "private_person", "services": ["other"]}
    assert office.post(HQ, "/providers", private).status == 422
    media = office.get(OPERATOR, "/providers", sector="media").json["items"]
    assert [provider["sector"] for provider in media] == ["media"]
    assert len(office.get(HQ, "/providers").json["items"]) == 4
    assert all(provider["free"] for provider in office.get(HQ, "/providers").json["items"])
    one = media[0]["id"]
    assert office.get(HQ, f"/providers/{one}").json["name"] == "П"
    assert office.get(HQ_Y, f"/providers/{one}").status == 404


@pytest.mark.requirement("S4-10")
def test_needs_are_added_changed_met_and_dropped_in_one_call(office: Office) -> None:
    case = office.received()
    office.do(HQ, f"/requests/{case}/take")
    household, repair = office.needs(case)

    office.do(
        HQ,
        f"/requests/{case}/needs",
        {
            "add": [{"category": "animal_care", "text": "Корова", "urgency": "urgent"}],
            "change": [{"need_id": household, "text": "Дрова и вода"}],
            "drop": [{"need_id": repair, "reason": "found_elsewhere"}],
        },
    )

    needs = {need["category"]: need for need in office.view(case)["needs"]}
    assert needs["animal_care"]["clarified"]
    assert needs["household_help"]["clarified"]
    assert needs["repair_work"]["status"] == "dropped"
    words = {w["text"] for w in office.get(HQ, f"/requests/{case}/contact").json["needs"]}
    assert {"Корова", "Дрова и вода"} <= words
    (told,) = office.told("NeedsChanged")
    assert told["categories"] == ["animal_care", "household_help", "repair_work"]
    assert len(told["needs"]) == 3
    nothing = office.post(HQ, f"/requests/{case}/needs", {})
    assert (nothing.status, nothing.code) == (422, "nothing_to_change")


@pytest.mark.requirement("S4-48")
def test_care_without_a_result_for_31_days_joins_the_list(office: Office) -> None:
    case = office.in_care()
    missing = {"record_missing": "true"}

    office.world.advance(at("2026-10-15 09:00"))
    assert office.get(HQ, "/requests", **missing).json["items"] == []
    office.world.advance(at("2026-10-15 10:00"))
    (row,) = office.get(HQ, "/requests", **missing).json["items"]
    assert row["id"] == case
    in_care = office.get(HQ, "/requests", status="in_care").json["items"]
    assert [row["id"] for row in in_care] == [case]

    result = {"outcome": "partial_stability", "needs_met": office.needs(case)[:1], "note": "Лучше"}
    office.do(HQ, f"/requests/{case}/outcomes", result)
    assert office.get(HQ, "/requests", **missing).json["items"] == []
    assert office.get(HQ, f"/requests/{case}/contact").json["notes"] == ["Лучше"]
    (told,) = office.told("OutcomeRecorded")
    assert told["outcome"] == "partial_stability"
    assert len(office.told("NeedsChanged")) == 2


def test_an_operator_sees_own_requests_of_thirty_days_without_the_case_file(
    office: Office,
) -> None:
    case = office.waiting()
    colleague = staff("OP-2", "hotline_operator")
    number = office.view(case)["number"]

    assert office.get(OPERATOR, f"/requests/{case}").json["case"] is None
    assert [row["id"] for row in office.get(OPERATOR, "/own-requests").json["items"]] == [case]
    assert office.get(OPERATOR, f"/request-numbers/{number}").json["id"] == case
    assert office.get(OPERATOR, "/requests").status == 403
    assert office.get(OPERATOR, f"/requests/{case}/contact").status == 403
    assert office.get(colleague, f"/requests/{case}").status == 404
    assert office.get(colleague, f"/request-numbers/{number}").status == 404

    office.world.set_time(at("2026-10-14 09:41"))
    assert office.get(OPERATOR, "/own-requests").json["items"] == []
    assert office.get(OPERATOR, f"/requests/{case}").status == 404


def test_the_history_says_who_did_what_when(office: Office) -> None:
    case = office.waiting()

    history = office.get(HQ, f"/requests/{case}/history").json["items"]

    assert [entry["what"] for entry in history] == [
        "received",
        "taken",
        "needs_clarified",
        "care_required",
    ]
    assert [entry["by"] for entry in history] == ["OP-1", "HQ-1", "HQ-1", "HQ-1"]


@pytest.mark.requirement("X-05")
def test_without_a_claim_nothing_is_open(office: Office) -> None:
    case = office.received()

    assert office.get(None, "/requests").status == 401
    assert office.get(None, f"/requests/{case}").status == 401
    assert office.post(None, f"/requests/{case}/take").status == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ('{"decision": "one_time", "x": 1}', 422), ('{"decision": NaN}', 422)],
)
def test_bad_input_is_answered_and_never_a_failure(office: Office, body: str, status: int) -> None:
    case = office.in_review()

    assert office.post(HQ, f"/requests/{case}/triage", body).status == status


def test_a_request_with_a_control_character_is_refused(office: Office) -> None:
    answer = office.post(OPERATOR, "/requests", request(text="a\x07b"))

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == "/text"
