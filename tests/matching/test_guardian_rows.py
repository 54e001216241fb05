"""Each row about guardians, whole, by one test; those with messages are in cross_service."""

import pytest

from services.matching.guardians.values import GuardianStatus
from shared.errors import IllegalStep
from tests.matching import builders
from tests.matching.api_client import (
    FEDERAL,
    FEDERAL_2,
    HQ,
    HQ_Y,
    TRAINING,
    MatchingClient,
    application,
    checked,
    draft,
    inn,
    lone,
    ogrn,
    pointer,
    read_text,
    rep,
)

FORMS = (
    "educational_organization",
    "socially_oriented_ngo",
    "state_budget_institution",
    "commercial_organization",
)
DONE = {"course": "basics", "completed_on": "2026-08-31", "certificate_ref": "C-1"}
TODAY = {"held_on": "2026-09-01"}
PASSED = TODAY | {"result": "passed"}


def proposal(client: MatchingClient, guardian: str) -> tuple[int, str]:
    """What comes of proposing a guardian to a family that waits."""
    body = {"case_id": client.waiting(), "guardian_id": guardian}
    answer = client.post(HQ, "/matches", body)
    return answer.status, answer.code


def candidates(client: MatchingClient) -> set[str]:
    """Who suits a family that waits."""
    found = client.get(HQ, f"/families/{client.waiting()}/candidates")["candidates"]
    return {each["guardian_id"] for each in found}


@pytest.mark.requirement("S4-06")
def test_a_guardian_is_an_organisation_of_five_kinds_and_never_a_person(
    client: MatchingClient,
) -> None:
    nobody = application()
    for missing in ("title", "legal_form", "inn", "ogrn"):
        body = {name: said for name, said in nobody.items() if name != missing}
        assert pointer(client.post(None, "/applications", body)) == f"/{missing}"
    for person in ({"legal_form": "individual"}, {"team_kind": "person"}):
        assert client.post(None, "/applications", nobody | person).status == 422
    hosted = {"legal_form": "socially_oriented_ngo", "host_title": "Фонд «Опора»"}
    kinds = ("volunteer_group", "work_collective", "foundation", "educational_organization",
             "initiative_group")  # fmt: skip
    for kind in kinds:
        guardian = client.applied(team_kind=kind, **hosted)
        assert client.get(FEDERAL, f"/guardians/{guardian}")["team_kind"] == kind
    assert pointer(
        client.post(None, "/applications", nobody | {"team_kind": "volunteer_group"})
    ) == "/host_title"  # fmt: skip


@pytest.mark.requirement("S4-07")
def test_five_legal_forms_may_be_guardians_and_a_proprietor_with_a_team_only(
    client: MatchingClient,
) -> None:
    for form in FORMS:
        assert client.get(FEDERAL, f"/guardians/{client.applied(legal_form=form)}")[
            "status"
        ] == "applied"  # fmt: skip
    alone = client.applied(**lone(70), team_size=0)
    view = client.get(FEDERAL, f"/guardians/{alone}")
    assert (view["status"], view["decision_reason"]) == ("rejected", "no_team")
    assert client.told("GuardianRejected")[-1]["reason"] == "no_team"
    together = client.applied(**lone(71), team_size=6)
    assert client.get(FEDERAL, f"/guardians/{together}")["status"] == "applied"
    refused = client.post(None, "/applications", application(legal_form="individual"))
    assert pointer(refused) == "/legal_form"


@pytest.mark.requirement("S4-16")
def test_anybody_applies_by_the_public_form_and_twice_is_once(client: MatchingClient) -> None:
    body = application(inn=inn(72), ogrn=ogrn(72))
    first = client.post(None, "/applications", body, key="form-1")
    again = client.post(None, "/applications", body, key="form-1")
    assert (first.status, again.status) == (201, 201)
    assert first.json["number"] == again.json["number"] and first.json["number"].isdigit()
    nowhere = {name: said for name, said in body.items() if name != "region"}
    assert pointer(client.post(None, "/applications", nowhere)) == "/region"
    client.world.settle()
    (told,) = client.told("GuardianApplied")
    assert (told["guardian_id"], told["legal_form"]) == (
        first.json["id"], "commercial_organization",
    )  # fmt: skip


@pytest.mark.requirement("S4-17")
def test_an_application_is_the_federal_side_s_until_it_is_passed_on(client: MatchingClient) -> None:
    guardian = client.applied()

    def seen() -> tuple[bool, bool, bool]:
        applied = client.get(FEDERAL, "/applications")["items"]
        of_region = client.get(HQ, "/guardians")["items"]
        federal = client.get(FEDERAL, "/guardians", region="ZR")["items"]
        lists = (applied, of_region, federal)
        found = (any(each["guardian_id"] == guardian for each in items) for items in lists)
        first, second, third = found
        return first, second, third

    assert seen() == (True, False, False)
    client.do(FEDERAL, f"/guardians/{guardian}/vetting")
    reached = client.get(FEDERAL, f"/guardians/{guardian}")["reached"]
    assert set(reached) == {"applied", "in_vetting"}
    for code in ("registry", "documents", "reputation"):
        client.do(FEDERAL, f"/guardians/{guardian}/checks", checked(code, "2026-09-01"))
    client.do(FEDERAL_2, f"/guardians/{guardian}/approval")
    assert seen() == (True, False, False)
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "ZR"})
    assert seen() == (False, True, True)
    talked = client.applied()
    client.do(FEDERAL, f"/guardians/{talked}/vetting")
    assert client.api(HQ).get(f"/guardians/{talked}").status == 404
    question = {"invited_role": "head", "question": "Сколько вас?"}
    client.do(FEDERAL, f"/guardians/{talked}/clarification", question)
    during = client.get(HQ, "/guardians")["items"]
    assert {each["guardian_id"] for each in during} == {guardian, talked}
    held = TODAY | {"result": "satisfied"}
    client.do(HQ, f"/guardians/{talked}/clarification/result", held)
    assert client.api(HQ).get(f"/guardians/{talked}").status == 404
    assert client.api(HQ).get(f"/guardians/{guardian}").status == 200


@pytest.mark.requirement("S4-18")
def test_a_failed_check_forbids_the_approval_and_a_refusal_has_its_reason(
    client: MatchingClient,
) -> None:
    guardian, refused = client.vetted(), client.vetted()
    failed = checked("documents", "2026-09-01", passed=False)
    client.do(FEDERAL, f"/guardians/{guardian}/checks", failed)
    approval = client.post(FEDERAL_2, f"/guardians/{guardian}/approval")
    assert (approval.status, approval.code) == (409, "check_failed")
    assert pointer(client.post(FEDERAL, f"/guardians/{refused}/rejection", {})) == "/reason"
    client.do(FEDERAL, f"/guardians/{refused}/rejection", {"reason": "not_registered"})
    assert client.told("GuardianRejected")[-1]["reason"] == "not_registered"
    again = checked("documents", "2026-09-01")
    client.do(FEDERAL, f"/guardians/{guardian}/checks", again)
    client.do(FEDERAL_2, f"/guardians/{guardian}/approval")
    assert [each["guardian_id"] for each in client.told("GuardianApproved")] == [guardian]
    evidence = client.get(FEDERAL, f"/guardians/{guardian}/evidence")
    assert [each["passed"] for each in evidence["checks"] if each["code"] == "documents"] == [
        True, False, True,
    ]  # fmt: skip


@pytest.mark.requirement("S4-19")
def test_an_approved_organisation_may_be_trained_and_not_be_matched(client: MatchingClient) -> None:
    guardian = client.approved()
    assert client.get(FEDERAL, f"/guardians/{guardian}")["status"] == "approved"
    client.do(TRAINING, f"/guardians/{guardian}/training", DONE)
    assert client.get(FEDERAL, f"/guardians/{guardian}")["training_done"]
    # No region has it yet, so for the region's headquarters it is not there at all.
    assert proposal(client, guardian) == (404, "not_found")
    assert guardian not in candidates(client)
    with pytest.raises(IllegalStep, match="guardian_is_approved"):
        builders.checked(status=GuardianStatus.APPROVED).take_place("mat_1", ())
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "ZR"})
    assert proposal(client, guardian) == (409, "candidate_not_ready")


@pytest.mark.requirement("S4-21")
def test_the_training_is_done_by_the_word_of_the_platform_or_of_the_headquarters(
    client: MatchingClient,
) -> None:
    for who in (TRAINING, HQ):
        guardian = client.assigned()
        path = f"/guardians/{guardian}/training"
        no_paper = {name: said for name, said in DONE.items() if name != "certificate_ref"}
        assert pointer(client.post(who, path, no_paper)) == "/certificate_ref"
        assert not client.get(HQ, f"/guardians/{guardian}")["training_done"]
        client.do(who, path, DONE)
        assert client.get(HQ, f"/guardians/{guardian}")["training_done"]
        assert client.told("TrainingCompleted")[-1]["guardian_id"] == guardian
        assert client.post(rep(guardian), path, DONE).status == 403


@pytest.mark.requirement("S4-22")
def test_a_guardian_is_ready_with_the_last_of_three_steps_and_rejected_by_a_failed_interview(
    client: MatchingClient,
) -> None:
    steps = {"training": DONE, "interview": PASSED, "briefing": TODAY}
    for last in steps:
        guardian = client.assigned()
        for step, body in steps.items():
            if step != last:
                client.do(HQ, f"/guardians/{guardian}/{step}", body)
        assert client.get(HQ, f"/guardians/{guardian}")["status"] == "assigned"
        assert guardian not in candidates(client)
        client.do(HQ, f"/guardians/{guardian}/{last}", steps[last])
        assert client.get(HQ, f"/guardians/{guardian}")["status"] == "ready"
        assert guardian in candidates(client)
        assert client.told("GuardianReady")[-1]["guardian_id"] == guardian
    guardian = client.assigned()
    failed = TODAY | {"result": "failed"}
    path = f"/guardians/{guardian}/interview"
    assert pointer(client.post(HQ, path, failed)) == "/reason"
    client.do(HQ, path, failed | {"reason": "interview_failed"})
    view = client.get(HQ, f"/guardians/{guardian}")
    assert (view["status"], view["decision_reason"]) == ("rejected", "interview_failed")
    assert client.told("InterviewHeld")[-1]["result"] == "failed"
    (told,) = client.told("GuardianRejected")
    assert (told["guardian_id"], told["reason"]) == (guardian, "interview_failed")


@pytest.mark.requirement("S4-24")
def test_guardian_and_headquarters_sign_once_per_region_and_before_any_family(
    client: MatchingClient,
) -> None:
    guardian = client.ready(signed=False)
    match = client.introduced(client.proposed(client.waiting(), guardian))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    signing = f"/matches/{match}/agreement/signatures"
    refused = client.post(rep(guardian), signing, {})
    assert (refused.status, refused.code) == (409, "participation_agreement_missing")
    path = f"/guardians/{guardian}/participation-agreement"
    for side in (rep(guardian), HQ):
        client.do(side, path, read_text())
        assert client.post(side, path, read_text()).status == 409
    # Both on the same day.
    client.do(rep(guardian), signing, {})
    client.do(HQ, signing, {"by": "family", "evidence": "paper"})
    assert client.get(HQ, f"/matches/{match}")["status"] == "agreed"
    assert len(client.told("ParticipationAgreementSigned")) == 1
    kept = client.get(HQ, f"/guardians/{guardian}/evidence")["participation_agreement"]
    assert (kept["region"], kept["template_version"]) == ("ZR", read_text()["template_version"])

    moving = client.ready()
    client.do(FEDERAL, f"/guardians/{moving}/assignment", {"region": "YY"})
    assert not client.get(HQ_Y, f"/guardians/{moving}")["participation_agreement_signed"]
    client.do(HQ_Y, f"/guardians/{moving}/participation-agreement", read_text())


@pytest.mark.requirement("S4-27")
def test_a_guardian_s_story_and_its_files_are_of_its_own_care_and_wait_for_the_family(
    client: MatchingClient,
) -> None:
    guardian, elsewhere = client.ready(), client.ready("YY")
    match = client.active(client.waiting(), guardian)
    photo = {"content_type": "image/jpeg"}
    form = client.do(rep(guardian), f"/matches/{match}/media", photo)
    assert form["upload_url"] and form["upload_fields"]["key"].endswith(form["id"])
    for foreign in (elsewhere, client.ready()):
        assert client.post(rep(foreign), f"/matches/{match}/media", photo).status == 404
        path = f"/media/{form['id']}/confirmation"
        assert client.post(rep(foreign), path).status == 404
    told = {"text": "Вместе покрасили забор"}
    story = client.do(rep(guardian), f"/matches/{match}/stories", told)["id"]
    assert client.get(FEDERAL, f"/stories/{story}")["text"] is None
    refused = client.post(FEDERAL, f"/stories/{story}/clearance")
    assert (refused.status, refused.code) == (409, "story_without_consent")
    assert client.api(rep(elsewhere)).get(f"/stories/{story}").status == 404
    assert client.post(rep(elsewhere), f"/matches/{match}/stories", told).status == 404
    client.do(HQ, f"/stories/{story}/consent", {"consent_ref": "C-1"})
    client.do(FEDERAL, f"/stories/{story}/clearance")
    assert (len(client.told("StorySubmitted")), len(client.told("StoryCleared"))) == (1, 1)
