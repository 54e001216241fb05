"""Guardians through the API: who applies, who sees whom, and what is kept apart."""

from dataclasses import replace
from typing import Any

import pytest

from shared.messaging.template_variables import declared
from shared.principal import Principal
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_Y,
    NAME,
    OPERATOR,
    PHONE,
    TRAINING,
    MatchingClient,
    application,
    person,
    rep,
)

# applying


@pytest.mark.requirement("S4-16", "X-11")
def test_anybody_applies_without_a_login_and_the_same_key_gives_the_same_number(
    client: MatchingClient,
) -> None:
    first = client.post(None, "/applications", application(), key="k-1")
    again = client.post(None, "/applications", application(), key="k-1")

    assert (first.status, first.json["status"]) == (201, "applied")
    assert first.json["number"].isdigit()
    assert again.json == first.json
    client.world.settle()
    assert len(client.told("GuardianApplied")) == 1


@pytest.mark.requirement("S4-16", "S4-06", "S4-07")
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"region": None}, "/region"),
        ({"title": None}, "/title"),
        ({"legal_form": "individual"}, "/legal_form"),
        ({"team_kind": "person"}, "/team_kind"),
        ({"consent_processing": False}, "/consent_processing"),
        ({"region": "QQ"}, "/region"),
        ({"districts": ["D99"]}, "/districts/0"),
        ({"capabilities": []}, "/capabilities"),
        ({"capabilities": [{"category": "goods_aid"}]}, "/capabilities/0/category"),
        ({"capabilities": [{"category": "food_aid"}] * 2}, "/capabilities"),
        ({"contact": {"name": NAME, "channel": "sms", "phone": "123456"}}, "/contact/phone"),
        ({"programme": "something_else"}, "/programme"),
        ({"unit": "42"}, "/unit"),
    ],
)
def test_a_wrong_application_names_the_field(
    client: MatchingClient, changes: dict[str, Any], pointer: str
) -> None:
    body = {k: v for k, v in (application() | changes).items() if v is not None}

    refused = client.post(None, "/applications", body)

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.json["errors"]] == [pointer]
    assert PHONE not in refused.text


@pytest.mark.requirement("S4-06")
def test_an_informal_group_applies_through_its_host(client: MatchingClient) -> None:
    body = application(legal_form="socially_oriented_ngo", team_kind="volunteer_group")

    assert client.do(None, "/applications", body)["status"] == "applied"


@pytest.mark.requirement("S4-07")
def test_a_sole_proprietor_without_a_team_is_refused_at_once(client: MatchingClient) -> None:
    body = application(legal_form="sole_proprietor_with_team", team_size=0)

    assert client.do(None, "/applications", body)["status"] == "rejected"
    assert client.told("GuardianRejected")[0]["reason"] == "no_team"


def test_the_name_of_a_sole_proprietor_is_no_title(client: MatchingClient) -> None:
    guardian = client.applied(
        legal_form="sole_proprietor_with_team", team_size=4, title="ИП Иванов Пётр"
    )

    assert client.get(FEDERAL, f"/guardians/{guardian}")["title"] is None
    assert client.get(FEDERAL, f"/guardians/{guardian}/contact")["title"] == "ИП Иванов Пётр"


def test_the_same_application_within_a_day_is_not_a_second_one(client: MatchingClient) -> None:
    client.do(None, "/applications", application())

    again = client.post(None, "/applications", application())

    assert (again.status, again.code) == (409, "application_already_received")


def test_one_address_applies_a_few_times_an_hour(client: MatchingClient) -> None:
    answers = [
        client.post(None, "/applications", application(title=f"Центр {n}")) for n in range(21)
    ]

    assert [answer.status for answer in answers] == [201] * 20 + [429]
    assert answers[-1].headers["Retry-After"]


def test_a_headquarters_writes_down_an_application_of_its_region_only(
    client: MatchingClient,
) -> None:
    assert client.post(HQ, "/guardians", application()).status == 201
    assert client.post(HQ_Y, "/guardians", application()).status == 404
    assert client.post(OPERATOR, "/guardians", application()).status == 403


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


def test_a_look_at_the_contact_is_written_down_first(client: MatchingClient) -> None:
    guardian = client.assigned()

    contact = client.get(HQ, f"/guardians/{guardian}/contact")

    assert (contact["name"], contact["person_role"]) == (NAME, "responsible_representative")
    audit = [row for row in client.world.rows("matching-audit") if row["pk"]["S"] == guardian]
    reads = [row for row in audit if row["action"]["S"] == "read"]
    assert [(row["actor"]["S"], row["purpose"]["S"]) for row in reads] == [
        ("HQ-1", "guardian_contact")
    ]
    assert client.api(HQ_Y).get(f"/guardians/{guardian}/contact").status == 404
    assert client.api(rep("gua_other")).get(f"/guardians/{guardian}").status == 404
    assert client.get(rep(guardian), f"/guardians/{guardian}")["status"] == "assigned"


def test_nothing_personal_lies_in_the_open(client: MatchingClient) -> None:
    client.do(None, "/applications", application())

    rows = str([client.world.rows(f"matching-{t}") for t in ("data", "outbox", "audit", "keys")])

    assert NAME not in rows
    assert PHONE not in rows


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


@pytest.mark.requirement("X-13")
def test_who_has_left_is_erased_on_request(client: MatchingClient) -> None:
    guardian = client.ready()
    assert client.post(FEDERAL, f"/guardians/{guardian}/contact/erasure").status == 409
    client.do(rep(guardian), f"/guardians/{guardian}/withdrawal", {"reason": "moved"})

    client.do(FEDERAL, f"/guardians/{guardian}/contact/erasure")

    assert client.api(FEDERAL).get(f"/guardians/{guardian}/contact").status == 404
    assert client.get(FEDERAL, f"/guardians/{guardian}")["status"] == "withdrawn"


def test_messages_reach_the_contact_person_with_what_they_name(client: MatchingClient) -> None:
    guardian = client.applied()
    asked = [
        {"reference": guardian, "event_id": "evt_1", "template": "guardian_applied_guardian"},
        {"reference": guardian, "event_id": "evt_2", "template": "guardian_ready_guardian",
         "avoid": ["sms"]},
        {"reference": "gua_nobody", "event_id": "evt_3", "template": "guardian_ready_guardian"},
    ]  # fmt: skip

    answer = client.world.call("matching", "resolve_recipients", {"items": asked})

    first, second, third = answer["recipients"]
    assert set(first["variables"]) == {"first_name", "number"}
    assert (first["channel"], second["channel"]) == ("sms", "phone_task")
    assert second["variables"] == {"first_name": NAME}
    assert third["refused"] == "not_found"


def test_a_guardian_has_a_value_for_all_that_any_template_names(client: MatchingClient) -> None:
    guardian = client.applied()
    for template, named in declared("matching").items():
        item = {"reference": guardian, "event_id": "evt_1", "template": template}
        answer = client.world.call("matching", "resolve_recipients", {"items": [item]})
        (reached,) = answer["recipients"]
        assert reached["variables"].keys() == named


def test_people_without_a_part_in_this_learn_nothing(client: MatchingClient) -> None:
    guardian = client.assigned()
    partner = person("P-1", "partner_manager", "ZR")

    for caller in (OPERATOR, partner):
        assert client.api(caller).get(f"/guardians/{guardian}").status == 404
        assert client.api(caller).get("/guardians").status == 403
    assert client.api(None).get(f"/guardians/{guardian}").status == 401


def _ids(client: MatchingClient, who: Principal, path: str, **query: Any) -> list[str]:
    return [item["guardian_id"] for item in client.get(who, path, **query)["items"]]
