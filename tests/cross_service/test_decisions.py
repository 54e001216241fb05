"""What headquarters decides about a request, as far as it goes through the other services."""

import pytest

from tests.cross_service.region import HQ, OPERATOR, RegionClient

MARKER = {"long_term_need": True, "reason": "illness"}


def kinds(client: RegionClient) -> list[str]:
    """The kinds of work that wait for headquarters."""
    return sorted(item["kind"] for item in client.get(HQ, "/notifications/inbox")["items"])


@pytest.mark.requirement("S4-33")
def test_a_request_is_helped_once_sent_on_or_waits_with_its_age(client: RegionClient) -> None:
    helped, sent, waits = (client.registered() for _ in range(3))
    for case in (helped, sent, waits):
        client.do(HQ, f"/intake/cases/{case}/take")
    client.do(HQ, f"/intake/cases/{helped}/triage", {"decision": "one_time"})
    assert "give_aid" in kinds(client)

    aid = {"category": "food_aid", "persons": 2, "legal_basis": "programme", "last": True}
    client.do(HQ, f"/intake/cases/{helped}/aids", aid)
    assert "give_aid" not in kinds(client)
    closed = client.get(HQ, f"/intake/cases/{helped}")
    assert (closed["status"], closed["closed_reason"]) == ("closed", "aid_given")

    nowhere = client.post(HQ, f"/intake/cases/{sent}/triage", {"decision": "redirect"})
    assert (nowhere.status, nowhere.json["code"]) == (422, "provider_required")
    provider = {"region": "ZR", "name": "Центр", "sector": "state", "services": ["other"]}
    where = client.do(HQ, "/intake/providers", provider)["id"]
    client.do(HQ, f"/intake/cases/{sent}/triage", {"decision": "redirect", "provider_id": where})
    assert client.get(HQ, f"/intake/cases/{sent}")["status"] == "closed"

    before = client.get(HQ, "/intake/cases")["items"][0]["age_hours"]
    client.at(client.moment()[:10] + " 23:30")
    (still,) = client.get(HQ, "/intake/cases")["items"]
    assert (still["id"], still["age_hours"] > before) == (waits, True)


def test_one_help_that_turns_out_too_little_becomes_care(client: RegionClient) -> None:
    guardian, case = client.ready("repair_work"), client.registered(phone="+79260000000")
    client.do(HQ, f"/intake/cases/{case}/take")
    client.do(HQ, f"/intake/cases/{case}/triage", {"decision": "one_time"})
    again = client.registered("repair_work", phone="+79260000000")
    assert (again, kinds(client)) == (case, ["give_aid", "review_request"])

    open_needs = client.get(HQ, f"/intake/cases/{case}")["needs"]
    confirmed = {"confirm": [each["need_id"] for each in open_needs]}
    client.do(HQ, f"/intake/cases/{case}/needs", confirmed)
    assert kinds(client) == ["give_aid"]
    client.do(HQ, f"/intake/cases/{case}/care-requirement", MARKER)

    assert kinds(client) == ["find_guardian"]
    (found,) = client.get(HQ, f"/matching/families/{case}/candidates")["candidates"]
    assert found["guardian_id"] == guardian


def test_a_question_that_joins_an_open_case_is_work_of_headquarters_there(
    client: RegionClient,
) -> None:
    case = client.registered(phone="+79260000000")
    client.do(HQ, f"/intake/cases/{case}/take")
    client.do(HQ, f"/intake/cases/{case}/triage", {"decision": "one_time"})
    question = client.asked("repair_work", phone="+79260000000", purpose="information")
    assert kinds(client) == ["give_aid", "review_request"]

    client.do(OPERATOR, f"/intake/requests/{question['id']}/case")

    (review,) = [
        each
        for each in client.get(HQ, "/notifications/inbox")["items"]
        if each["kind"] == "review_request"
    ]
    assert review["reference"] == case


def test_work_that_a_mistaken_aid_has_ended_is_asked_for_again(client: RegionClient) -> None:
    case = client.registered(phone="+79260000000")
    client.do(HQ, f"/intake/cases/{case}/take")
    client.do(HQ, f"/intake/cases/{case}/triage", {"decision": "one_time"})
    client.registered("repair_work", phone="+79260000000")
    aid = {"category": "food_aid", "persons": 2, "legal_basis": "programme", "last": False}
    client.do(HQ, f"/intake/cases/{case}/aids", aid)
    assert kinds(client) == ["give_aid"]
    (given,) = client.get(HQ, f"/intake/cases/{case}")["aids"]

    mistake = {"reason": "other_family"}
    client.do(HQ, f"/intake/cases/{case}/aids/{given['aid_id']}/withdraw", mistake)

    assert kinds(client) == ["give_aid", "review_request"]


def test_the_marker_brings_candidates_and_without_it_none_is_proposed(client: RegionClient) -> None:
    guardian, case = client.ready(), client.registered()
    marker = f"/intake/cases/{case}/care-requirement"
    client.do(HQ, f"/intake/cases/{case}/take")
    needs = [each["need_id"] for each in client.get(HQ, f"/intake/cases/{case}")["needs"]]
    client.do(HQ, f"/intake/cases/{case}/needs", {"confirm": needs})
    assert client.post(OPERATOR, marker, MARKER).status == 403

    for _ in range(2):
        client.do(HQ, marker, MARKER)

    (told,) = client.world.events("intake.CareRequired")
    assert (told["data"]["region"], told["data"]["district_id"]) == ("ZR", "D01")
    assert [need["category"] for need in told["data"]["needs"]] == ["household_help"]
    assert not any(word in str(told) for word in ("Мария", "+7916"))
    found = client.get(HQ, f"/matching/families/{case}/candidates")["candidates"]
    assert [each["guardian_id"] for each in found] == [guardian]

    client.do(HQ, f"{marker}/lift", {"reason": "family_declined"})

    (lifted,) = client.world.events("intake.CareRequirementLifted")
    assert lifted["data"]["reason"] == "family_declined"
    assert client.get(HQ, "/matching/families")["items"] == []
    proposal = {"case_id": case, "guardian_id": guardian}
    refused = client.post(HQ, "/matching/matches", proposal)
    assert refused.status == 409, refused.text
