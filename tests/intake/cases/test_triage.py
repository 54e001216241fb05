"""What headquarters decides of a request: one-time help, another organisation, refusal, care."""

from typing import Any

import pytest

from tests.intake.api_client import HQ, HQ_Y, IntakeClient, staff


@pytest.mark.requirement("S4-40")
def test_one_food_kit_is_given_without_any_guardian(client: IntakeClient) -> None:
    case = client.in_review(needs=[{"category": "food_aid"}])
    provider = {"region": "ZR", "name": "Магазин", "sector": "business", "services": ["food_aid"]}
    helper = client.do(HQ, "/providers", provider)["id"]

    decided = client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    assert decided["status"] == "one_time_help"
    aid = {"category": "food_aid", "persons": 4, "legal_basis": "programme", "provider_id": helper}
    client.do(HQ, f"/cases/{case}/aids", aid)

    view = client.view(case)
    assert (view["status"], view["closed_reason"]) == ("closed", "aid_given")
    assert client.published("CareRequired") == []
    (event,) = client.published("AidRecorded")
    assert (event["category"], event["persons"]) == ("food_aid", 4)
    assert [event["reason"] for event in client.published("CaseClosed")] == ["aid_given"]


@pytest.mark.requirement("S0-04", "S2-05")
def test_help_is_free_and_names_its_legal_basis(client: IntakeClient) -> None:
    case = client.in_review()
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    aid: dict[str, Any] = {"category": "food_aid", "persons": 4, "legal_basis": "law_442fz"}

    priced = client.post(HQ, f"/cases/{case}/aids", aid | {"price": 500})
    assert priced.status == 422
    assert priced.json["errors"][0]["pointer"] == "/price"
    groundless = {"category": "food_aid", "persons": 4}
    assert client.post(HQ, f"/cases/{case}/aids", groundless).status == 422

    client.do(HQ, f"/cases/{case}/aids", aid | {"last": False})
    client.do(HQ, f"/cases/{case}/aids", aid | {"legal_basis": "programme", "last": True})
    recorded = client.view(case)["aids"]
    assert [each["free"] for each in recorded] == [True, True]
    assert [each["legal_basis"] for each in recorded] == ["law_442fz", "programme"]
    (counted,) = client.get(HQ, "/figures").json["programmes"]
    assert counted["aids_by_basis"] == {"law_442fz": 1, "programme": 1}

    service = {"region": "ZR", "name": "Центр", "sector": "state", "services": ["other"]}
    priced = client.post(HQ, "/providers", service | {"price": 500})
    assert (priced.status, priced.json["errors"][0]["pointer"]) == (422, "/price")
    client.do(HQ, "/providers", service)
    assert [each["free"] for each in client.get(HQ, "/providers").json["items"]] == [True]


@pytest.mark.requirement("S2-03")
def test_a_project_for_low_income_families_pays_for_no_other(client: IntakeClient) -> None:
    aid = {
        "category": "food_aid",
        "persons": 3,
        "legal_basis": "programme",
        "funding_project": "low_income_families",
    }
    rich = client.in_review()
    client.do(HQ, f"/cases/{rich}/triage", {"decision": "one_time"})
    refused = client.post(HQ, f"/cases/{rich}/aids", aid)
    assert (refused.status, refused.code) == (409, "project_is_for_low_income")

    poor = client.in_review(contact=None, family={"kind": "birth", "groups": ["low_income"]})
    client.do(HQ, f"/cases/{poor}/triage", {"decision": "one_time"})
    client.do(HQ, f"/cases/{poor}/aids", aid | {"last": False})
    again = aid | {"last": True, "again": True}
    assert client.do(HQ, f"/cases/{poor}/aids", again)["status"] == "closed"
    (counted,) = client.get(HQ, "/figures").json["programmes"]
    assert counted["aids_by_project"] == {"low_income_families": 2}
    assert counted["persons_by_project"] == {"low_income_families": 6}
    federal = staff("FH-1", "federal_hq", "*")
    (hidden,) = client.get(federal, "/figures", region="ZR").json["programmes"]
    assert hidden["aids_by_project"] == {"low_income_families": None}
    assert hidden["persons_by_project"] == {"low_income_families": None}
    assert hidden["aids_by_basis"] == {"programme": None}


@pytest.mark.requirement("S4-33")
def test_a_family_is_sent_on_to_a_known_organisation_only(client: IntakeClient) -> None:
    case = client.in_review()
    decision = {"decision": "redirect"}

    nowhere = client.post(HQ, f"/cases/{case}/triage", decision)
    assert (nowhere.status, nowhere.code) == (422, "provider_required")
    elsewhere = {"region": "YY", "name": "Рука", "sector": "ngo", "services": ["other"]}
    foreign = client.do(HQ_Y, "/providers", elsewhere)["id"]
    for provider in ("prv_01ARZ3NDEKTSV4RRFFQ69G5FAV", foreign):
        unknown = client.post(HQ, f"/cases/{case}/triage", decision | {"provider_id": provider})
        assert (unknown.status, unknown.code) == (422, "unknown_provider")
        given = {"category": "other", "persons": 1, "legal_basis": "programme"}
        aid = client.post(HQ, f"/cases/{case}/aids", given | {"provider_id": provider})
        assert (aid.status, aid.code) == (422, "unknown_provider")

    escort = {"region": "ZR", "name": "Рука помощи", "sector": "ngo", "services": ["other"]}
    provider = client.do(HQ, "/providers", escort)["id"]
    client.do(HQ, f"/cases/{case}/triage", decision | {"provider_id": provider})
    assert client.view(case)["triage"]["provider"] == provider
    assert [event["decision"] for event in client.published("RequestTriaged")] == ["redirect"]
    assert [event["reason"] for event in client.published("CaseClosed")] == ["redirected"]


def test_a_refusal_names_its_reason(client: IntakeClient) -> None:
    case = client.in_review()

    assert client.post(HQ, f"/cases/{case}/triage", {"decision": "decline"}).status == 422
    declined = {"decision": "decline", "reason": "outside_programme"}
    assert client.do(HQ, f"/cases/{case}/triage", declined)["status"] == "closed"
    assert [event["reason"] for event in client.published("CaseClosed")] == ["declined"]


def test_a_duplicate_is_not_refused_to_its_family(client: IntakeClient) -> None:
    case = client.in_review()

    client.do(HQ, f"/cases/{case}/triage", {"decision": "decline", "reason": "duplicate"})

    assert [event["reason"] for event in client.published("CaseClosed")] == ["duplicate"]


def test_aid_is_recorded_beside_care_and_leaves_it_as_it_is(client: IntakeClient) -> None:
    case = client.in_care()
    aid = {"category": "food_aid", "persons": 2, "legal_basis": "programme"}

    client.do(HQ, f"/cases/{case}/aids", aid)

    assert client.view(case)["status"] == "in_care"
    assert len(client.published("AidRecorded")) == 1


def test_the_decision_care_is_the_marker(client: IntakeClient) -> None:
    case = client.in_review()
    decision = {"decision": "care", "long_term_need": True}

    assert client.post(HQ, f"/cases/{case}/triage", decision).code == "reason_required"
    client.do(HQ, f"/cases/{case}/triage", decision | {"care_reason": "illness"})

    assert client.view(case)["status"] == "care_required"
