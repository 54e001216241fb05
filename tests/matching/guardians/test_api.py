"""Guardians through the API: who sees whom, and the way to ready."""

from dataclasses import replace
from typing import Any

import pytest

from shared.principal import Principal
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_Y,
    NAME,
    OPERATOR,
    TRAINING,
    MatchingClient,
    application,
    person,
    rep,
)

# who sees whom


@pytest.mark.requirement("S4-17", "S4-20", "X-05")
def test_an_application_belongs_to_the_federal_side_until_it_is_assigned(
    client: MatchingClient,
) -> None:
    guardian = client.applied()
    assert _ids(client, FEDERAL, "/applications") == [guardian]
    assert _ids(client, HQ, "/guardians") == []
    assert client.api(HQ).get(f"/guardians/{guardian}").status == 404
    assert client.api(HQ).get("/applications").status == 403

    assigned = client.assigned()

    assert _ids(client, HQ, "/guardians") == [assigned]
    assert _ids(client, FEDERAL, "/guardians", region="ZR") == [assigned]
    assert _ids(client, HQ_Y, "/guardians") == []
    assert client.api(HQ_Y).get(f"/guardians/{assigned}").status == 404
    assert client.api(HQ).get("/guardians", query={"region": "YY"}).status == 404


@pytest.mark.requirement("S4-23", "S4-17")
def test_during_a_talk_the_headquarters_sees_this_one_application(client: MatchingClient) -> None:
    guardian = client.applied()
    client.do(FEDERAL, f"/guardians/{guardian}/vetting")
    client.do(FEDERAL, f"/guardians/{guardian}/checks", {"code": "registry", "passed": True})
    question = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
    client.do(FEDERAL, f"/guardians/{guardian}/clarification", question)

    assert client.told("ClarificationRequested")[0]["region"] == "ZR"
    assert _ids(client, HQ, "/guardians") == [guardian]
    blocked = client.post(FEDERAL, f"/guardians/{guardian}/approval")
    assert (blocked.status, blocked.code) == (409, "guardian_is_clarification")
    assert [step["action"] for step in blocked.json["next_steps"]] == [
        "close_clarification",
        "withdraw",
    ]

    talk = {"held_on": "2026-09-01", "result": "satisfied", "note": "Всё понятно"}
    client.do(HQ, f"/guardians/{guardian}/clarification/result", talk)

    assert _ids(client, HQ, "/guardians") == []
    assert client.do(FEDERAL, f"/guardians/{guardian}/approval")["status"] == "approved"


@pytest.mark.requirement("S4-35")
def test_the_register_is_narrowed_by_help_and_district_and_shows_no_contact(
    client: MatchingClient,
) -> None:
    client.ready()
    food = [{"category": "food_aid"}]
    second = client.ready(capabilities=food, districts=["D03"])
    client.ready(capabilities=food, districts=["D02", "D05"])

    found = client.api(HQ).get("/guardians", query={"category": "food_aid", "district": "D03"})

    assert [item["guardian_id"] for item in found.json["items"]] == [second]
    assert NAME not in found.text
    assert "+7916" not in found.text
    assert len(_ids(client, HQ, "/guardians")) == 3


# the way to ready


@pytest.mark.requirement("S4-18")
def test_a_rejection_needs_a_reason_and_a_failed_check_no_approval(client: MatchingClient) -> None:
    guardian = client.applied()
    client.do(FEDERAL, f"/guardians/{guardian}/vetting")
    client.do(FEDERAL, f"/guardians/{guardian}/checks", {"code": "registry", "passed": False})

    assert client.post(FEDERAL, f"/guardians/{guardian}/approval").code == "check_failed"
    assert client.post(FEDERAL, f"/guardians/{guardian}/rejection", {}).status == 422
    client.do(FEDERAL, f"/guardians/{guardian}/rejection", {"reason": "not_registered"})
    assert client.told("GuardianRejected")[0]["reason"] == "not_registered"


@pytest.mark.requirement("S4-20")
def test_a_guardian_goes_only_where_somebody_works(client: MatchingClient) -> None:
    guardian = client.approved()
    nobody = {"coordinators": []}
    assert client.api(FEDERAL).put("/regions/YY/headquarters", nobody, if_match=1).status == 200

    refused = client.post(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "YY"})

    assert refused.code == "region_without_headquarters"
    assert client.post(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "QQ"}).status == 422


@pytest.mark.requirement("S4-21", "S4-22")
def test_three_steps_make_a_guardian_ready_and_are_told(client: MatchingClient) -> None:
    guardian = client.ready(signed=False)

    view = client.get(HQ, f"/guardians/{guardian}")

    assert (view["status"], view["participation_agreement_signed"]) == ("ready", False)
    for kind in ("GuardianApproved", "GuardianAssigned", "TrainingCompleted", "InterviewHeld"):
        assert len(client.told(kind)) == 1
    assert len(client.told("GuardianReady")) == 1


def test_a_machine_needs_its_scope_and_its_region(client: MatchingClient) -> None:
    guardian = client.assigned()
    done = {"course": "basics", "completed_on": "2026-08-30", "certificate_ref": "C-1"}
    portal = replace(TRAINING, regions=("ZR",), scopes=("guardian_applications",))

    assert client.post(portal, "/guardians", application()).status == 201
    assert client.post(replace(portal, regions=("YY",)), "/guardians", application()).status == 404
    assert client.post(replace(portal, scopes=()), "/guardians", application()).status == 403
    for caller in (portal, replace(TRAINING, regions=("YY",))):
        assert client.post(caller, f"/guardians/{guardian}/training", done).status == 404


@pytest.mark.requirement("S4-21")
def test_a_training_needs_its_certificate(client: MatchingClient) -> None:
    guardian = client.assigned()

    refused = client.post(
        HQ, f"/guardians/{guardian}/training", {"course": "basics", "completed_on": "2026-08-30"}
    )

    assert refused.status == 422


def test_possibilities_change_by_version(client: MatchingClient) -> None:
    guardian = client.ready()
    view = client.api(rep(guardian)).get(f"/guardians/{guardian}")
    possible = {"capabilities": [{"category": "food_aid"}], "capacity_families": 3}
    path = f"/guardians/{guardian}/possibilities"

    assert client.api(rep(guardian)).put(path, possible).status == 428
    assert client.api(rep(guardian)).put(path, possible, if_match=view.etag).status == 200
    assert client.api(rep(guardian)).put(path, possible, if_match=view.etag).status == 412
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 3


def test_a_pause_and_a_return_are_told(client: MatchingClient) -> None:
    guardian = client.ready()

    client.do(rep(guardian), f"/guardians/{guardian}/pause", {"reason": "holidays"})
    client.do(HQ, f"/guardians/{guardian}/resumption")

    assert client.told("GuardianSuspended")[0]["reason"] == "holidays"
    assert len(client.told("GuardianReady")) == 2
    assert client.post(rep(guardian), f"/guardians/{guardian}/resumption").status == 403


def test_people_without_a_part_in_this_learn_nothing(client: MatchingClient) -> None:
    guardian = client.assigned()
    partner = person("P-1", "partner_manager", "ZR")

    for caller in (OPERATOR, partner):
        assert client.api(caller).get(f"/guardians/{guardian}").status == 404
        assert client.api(caller).get("/guardians").status == 403
    assert client.api(None).get(f"/guardians/{guardian}").status == 401


def _ids(client: MatchingClient, who: Principal, path: str, **query: Any) -> list[str]:
    return [item["guardian_id"] for item in client.get(who, path, **query)["items"]]
