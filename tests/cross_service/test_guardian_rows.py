"""Rows about guardians whose acceptance is a message, whole."""

from typing import Any

import pytest

from shared.principal import Principal
from tests.cross_service.region import FEDERAL, FEDERAL_2, HQ, RegionClient, rep
from tests.matching.api_client import checked

HQ_Y = Principal("HQ-Y", "person", "regional_hq", ("regional_hq",), ("YY",))


def listed(client: RegionClient, who: Principal) -> list[Any]:
    """The register as a headquarters sees it."""
    return [each["guardian_id"] for each in client.get(who, "/matching/guardians")["items"]]


@pytest.mark.requirement("S4-20")
def test_a_guardian_is_given_to_one_region_which_hears_of_it(client: RegionClient) -> None:
    guardian = client.applied("household_help")
    client.vetted(guardian)
    staff = {"coordinators": [HQ_Y.id]}
    client.api("matching", FEDERAL).put("/regions/YY/headquarters", staff, if_match=0)

    client.assigned(guardian)

    (work,) = client.get(HQ, "/notifications/inbox")["items"]
    assert (work["kind"], work["reference"]) == ("prepare_guardian", guardian)
    assert (listed(client, HQ), listed(client, HQ_Y)) == ([guardian], [])
    assert client.api("matching", HQ_Y).get(f"/guardians/{guardian}").status == 404
    assert client.get(HQ_Y, "/notifications/inbox")["items"] == []

    client.do(FEDERAL, f"/matching/guardians/{guardian}/assignment", {"region": "YY"})

    assert (listed(client, HQ), listed(client, HQ_Y)) == ([], [guardian])
    assert client.get(HQ, "/notifications/inbox")["items"] == []
    (work,) = client.get(HQ_Y, "/notifications/inbox")["items"]
    assert (work["kind"], work["reference"]) == ("prepare_guardian", guardian)
    kept = client.get(HQ_Y, f"/matching/guardians/{guardian}/evidence")["assignments"]
    assert [(each["region"], each["by"]) for each in kept] == [("ZR", "FH-1"), ("YY", "FH-1")]


@pytest.mark.requirement("S4-23")
def test_a_talk_is_an_invitation_that_blocks_and_is_no_interview(client: RegionClient) -> None:
    guardian, other = client.applied("household_help"), client.applied("household_help")
    path = f"/matching/guardians/{guardian}"
    client.do(FEDERAL, f"{path}/vetting")
    question = {"invited_role": "head", "question": "Сколько вас?"}
    assert listed(client, HQ) == []

    client.do(FEDERAL, f"{path}/clarification", question)

    invitation = client.messages_to("guardian_rep")[-1]
    assert invitation.title == "Приглашаем вас поговорить"
    assert listed(client, HQ) == [guardian]
    assert client.api("matching", HQ).get(f"/guardians/{other}").status == 404
    for who, step, body in (
        (FEDERAL_2, "approval", None),
        (FEDERAL, "rejection", {"reason": "other"}),
    ):
        blocked = client.post(who, f"{path}/{step}", body)
        assert (blocked.status, blocked.code) == (409, "guardian_is_clarification")
    held = {"held_on": f"{client.today()}", "result": "satisfied"}
    client.do(HQ, f"{path}/clarification/result", held)
    assert listed(client, HQ) == []
    assert client.get(FEDERAL, path)["status"] == "in_vetting"

    client.approved(guardian)
    client.assigned(guardian)
    client.do(
        HQ, f"{path}/clarification", question | {"invited_role": "responsible_representative"}
    )
    assert client.post(HQ, f"{path}/briefing", {"held_on": held["held_on"]}).status == 409
    client.do(HQ, f"{path}/clarification/result", held)
    client.trained(guardian)
    client.briefed(guardian)
    view = client.get(HQ, path)
    assert (view["status"], view["interview_done"]) == ("assigned", False)
    client.interviewed(guardian)
    assert client.get(HQ, path)["status"] == "ready"


def test_a_pause_asks_to_check_the_families_that_there_are(client: RegionClient) -> None:
    free, busy = client.ready(), client.ready()
    client.in_care(client.waiting(), busy)

    for guardian in (free, busy):
        pause = {"reason": "holidays", "keep_families": True}
        client.do(HQ, f"/matching/guardians/{guardian}/pause", pause)

    inbox = client.get(HQ, "/notifications/inbox", limit=50)["items"]
    assert [item["reference"] for item in inbox if item["kind"] == "check_families"] == [busy]


def test_the_work_about_a_guardian_that_suits_ends_when_no_family_waits(
    client: RegionClient,
) -> None:
    cases = [client.waiting() for _ in range(3)]
    guardian, other = client.ready(), client.ready()

    def asked() -> list[str]:
        inbox = client.get(HQ, "/notifications/inbox", limit=50)["items"]
        return [item["reference"] for item in inbox if item["kind"] == "propose_guardian"]

    assert {*asked()} == {guardian, other}
    client.proposed(cases[0], other)
    lift = {"reason": "family_declined"}
    client.do(HQ, f"/intake/cases/{cases[1]}/care-requirement/lift", lift)
    assert asked() == [guardian]
    client.as_family(cases[2], f"/intake/cases/{cases[2]}/withdraw", {})
    assert asked() == []


def test_who_records_a_check_is_asked_for_it_when_it_runs_out_and_for_no_training(
    client: RegionClient,
) -> None:
    guardian = client.ready("household_help")

    client.at("2030-01-15 10:00")

    unproved = {*client.get(FEDERAL, f"/matching/guardians/{guardian}")["unproved"]}
    checks = unproved - {"training"}
    assert checks < unproved
    items = client.get(FEDERAL, "/notifications/inbox")["items"]
    assert [each["kind"] for each in items] == ["renew_evidence"] * len(checks) != []
    for code in checks:
        client.do(FEDERAL, f"/matching/guardians/{guardian}/checks", checked(code, client.today()))
    assert client.get(FEDERAL, "/notifications/inbox")["items"] == []


@pytest.mark.parametrize(("steps", "words"), [(0, "Заявку вашей организации"), (2, "вышла из")])
def test_an_applicant_that_thinks_better_of_it_has_left_no_programme(
    client: RegionClient, steps: int, words: str
) -> None:
    guardian = client.applied()
    for step in (client.vetted, client.assigned)[:steps]:
        step(guardian)

    client.do(rep(guardian), f"/matching/guardians/{guardian}/withdrawal", {"reason": "other"})

    assert words in client.messages_to("guardian_rep")[-1].text


def test_who_has_applied_twice_is_not_sent_away_by_the_second_application(
    client: RegionClient,
) -> None:
    first = client.applied(number=77)
    twice = client.applied(number=77, channel="sms", phone="+79260000001")
    path = f"/matching/guardians/{twice}"
    known = client.post(FEDERAL, f"{path}/vetting")
    assert known.code == "organisation_known" and "«Вторая заявка»" in known.json["detail"]

    client.do(FEDERAL, f"{path}/rejection", {"reason": "applied_twice"})

    told = client.messages_to("guardian_rep")[-1]
    assert "От вашей организации уже есть заявка" in told.text and "снова" not in told.text
    assert client.get(FEDERAL, f"/matching/guardians/{first}")["status"] == "applied"
