"""Vetting through the API: checks by one, the decision by another, talks, and what runs out."""

from typing import Any

import pytest

from tests.matching.api_client import (
    FEDERAL,
    FEDERAL_2,
    HQ,
    HQ_Y,
    OPERATOR,
    MatchingClient,
    checked,
    pointer,
    rep,
)

TITLE = "ООО «Добрый мастер»"


def test_the_words_of_a_talk_are_read_by_both_headquarters_with_an_entry(
    client: MatchingClient,
) -> None:
    guardian = client.assigned()
    question = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
    client.do(HQ, f"/guardians/{guardian}/clarification", question)
    early = {"held_on": "2026-08-31", "result": "satisfied"}
    path = f"/guardians/{guardian}/clarification/result"
    assert pointer(client.post(HQ, path, early)) == "/held_on"
    assert client.get(HQ, f"/guardians/{guardian}/clarifications")["items"][0]["note"] is None
    client.do(HQ, path, {"held_on": "2026-09-01", "result": "satisfied", "note": "Придут двое"})
    assert [each["result"] for each in client.told("ClarificationClosed")] == ["satisfied"]

    entries = len(client.world.rows("matching-audit"))
    for who in (HQ, FEDERAL):
        (talk,) = client.get(who, f"/guardians/{guardian}/clarifications")["items"]
        assert talk["question"] == "Кто будет приходить в семью?"
        assert (talk["note"], talk["result"]) == ("Придут двое", "satisfied")
    assert len(client.world.rows("matching-audit")) > entries
    for who in (HQ_Y, rep(guardian), OPERATOR):
        assert client.api(who).get(f"/guardians/{guardian}/clarifications").status in (403, 404)

    again = "Есть ли у вас машина?"
    client.do(FEDERAL, f"/guardians/{guardian}/clarification", question | {"question": again})
    client.do(FEDERAL, path, {"held_on": "2026-09-01", "result": "unclear", "note": "Пока нет"})
    first, second = client.get(HQ, f"/guardians/{guardian}/clarifications")["items"]
    assert (first["question"], first["note"]) == (question["question"], "Придут двое")
    assert (second["question"], second["note"]) == (again, "Пока нет")


def test_evidence_and_history_name_who_recorded_what(client: MatchingClient) -> None:
    guardian = client.vetted()
    failed = checked("reputation", "2026-09-01", passed=False)
    client.do(FEDERAL, f"/guardians/{guardian}/checks", failed)
    refused = client.post(FEDERAL_2, f"/guardians/{guardian}/approval")
    assert refused.code == "check_failed"
    client.do(FEDERAL, f"/guardians/{guardian}/checks", failed | {"passed": True})
    client.do(FEDERAL_2, f"/guardians/{guardian}/approval")
    for region in ("ZR", "YY"):
        client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": region})

    found = client.get(HQ_Y, f"/guardians/{guardian}/evidence")

    passed = [each["passed"] for each in found["checks"] if each["code"] == "reputation"]
    assert passed == [True, False, True]
    assert {each["recorded_by"] for each in found["checks"]} == {"FH-1"}
    assert found["approved_by"] == "FH-2"
    assert [(each["region"], each["by"]) for each in found["assignments"]] == [
        ("ZR", "FH-1"),
        ("YY", "FH-1"),
    ]
    assert {"code": "registry", "valid_until": "2027-09-01"} in found["requirements"]
    for who in (HQ, rep(guardian)):
        assert client.api(who).get(f"/guardians/{guardian}/evidence").status in (403, 404)


def test_a_rejection_needs_a_reason_and_a_failed_check_no_approval(client: MatchingClient) -> None:
    guardian = client.applied()
    client.do(FEDERAL, f"/guardians/{guardian}/vetting")
    early = client.post(FEDERAL_2, f"/guardians/{guardian}/approval")
    assert early.code == "checks_missing"
    assert "Документы в порядке" in early.json["detail"] and "documents" not in early.text
    path = f"/guardians/{guardian}/checks"
    client.do(FEDERAL, path, checked("registry", "2026-09-01", passed=False))
    for wrong, place in (
        (checked("made_up", "2026-09-01"), "/code"),
        (checked("registry", "1990-01-01"), "/checked_on"),
        (checked("registry", "2025-08-31"), "/checked_on"),
        (checked("registry", "2026-09-02"), "/checked_on"),
        (checked("registry", "2026-09-01") | {"evidence_ref": ""}, "/evidence_ref"),
    ):
        assert pointer(client.post(FEDERAL, path, wrong)) == place

    assert client.post(FEDERAL_2, f"/guardians/{guardian}/approval").code == "check_failed"
    assert client.post(FEDERAL, f"/guardians/{guardian}/rejection", {}).status == 422
    client.do(FEDERAL, f"/guardians/{guardian}/rejection", {"reason": "not_registered"})
    assert not client.told("CheckFailed"), "of one that is vetted the decision is told"
    waiting = client.approved()
    failed = checked("registry", "2026-09-01", passed=False)
    client.do(FEDERAL, f"/guardians/{waiting}/checks", failed)
    client.do(rep(waiting), f"/guardians/{waiting}/withdrawal", {"reason": "other"})
    for kind in ("CheckFailed", "GuardianWithdrawn"):
        assert [each["assigned"] for each in client.told(kind)] == [False], "no region has it"
    assert client.told("GuardianRejected")[0]["reason"] == "not_registered"


def test_what_an_applicant_proves_is_not_told_as_proved_anew(client: MatchingClient) -> None:
    guardian = client.vetted()
    day = client.now().date()
    client.do(FEDERAL, f"/guardians/{guardian}/checks", checked("registry", day))
    assert client.told("RequirementRenewed") == []
    client.do(FEDERAL_2, f"/guardians/{guardian}/approval")
    client.at("2026-09-02 09:00")
    client.do(FEDERAL, f"/guardians/{guardian}/checks", checked("registry", client.now().date()))
    assert [each["code"] for each in client.told("RequirementRenewed")] == ["registry"]


def test_a_guardian_goes_only_where_somebody_works(client: MatchingClient) -> None:
    guardian = client.approved()
    nobody: dict[str, Any] = {"coordinators": []}
    assert client.api(FEDERAL).put("/regions/YY/headquarters", nobody, if_match=1).status == 200

    refused = client.post(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "YY"})

    assert refused.code == "region_without_headquarters"
    assert client.post(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "QQ"}).status == 422
    elsewhere = {"region": "ZR", "district_ids": ["D01", "D99"]}
    strange = client.post(FEDERAL, f"/guardians/{guardian}/assignment", elsewhere)
    assert (strange.status, pointer(strange)) == (422, "/district_ids/1")


def test_a_requirement_that_runs_out_is_told_and_takes_the_guardian_off_the_lists(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    client.at("2027-08-02 12:00")
    (told,) = client.told("RequirementExpiring")
    assert (told["code"], told["valid_until"], told["expired"]) == (
        "registry",
        "2027-09-01",
        False,
    )
    assert client.get(rep(guardian), f"/guardians/{guardian}")["unproved"] == []
    client.at("2027-08-25 08:59")
    assert len(client.told("RequirementExpiring")) == 1
    client.at("2027-08-25 09:00")
    client.at("2027-09-02 12:00")
    told = client.told("RequirementExpiring")
    assert [each["expired"] for each in told] == [False, False, True]
    assert [each["days_left"] for each in told] == [30, 7, 0]
    assert client.get(rep(guardian), f"/guardians/{guardian}")["unproved"] == ["registry"]
    found = client.get(HQ, f"/families/{case}/candidates")
    assert found["unsuitable"] == [
        {"guardian_id": guardian, "title": TITLE, "rule": "requirement_expired"}
    ]
    refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
    assert refused.code == "candidate_requirement_expired"

    client.do(FEDERAL, f"/guardians/{guardian}/checks", checked("registry", "2027-09-02"))

    assert client.told("RequirementRenewed")[-1]["valid_until"] == "2028-09-01"
    (candidate,) = client.get(HQ, f"/families/{case}/candidates")["candidates"]
    assert candidate["title"] == TITLE
    (suggestion,) = client.get(HQ, "/regions/ZR/suggestions")["suggestions"]
    assert (suggestion["guardian_id"], suggestion["title"]) == (guardian, TITLE)

    client.at("2028-08-26 12:00")
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "YY"})
    client.at("2028-08-26 12:05")
    told = [each for each in client.told("RequirementExpiring") if each["region"] == "YY"]
    assert {each["valid_until"]: each["days_left"] for each in told}["2028-09-01"] == 7


@pytest.mark.parametrize("code", ["registry", "licence"])
def test_a_check_that_fails_at_work_is_told_and_takes_the_guardian_off_the_lists(
    client: MatchingClient, code: str
) -> None:
    guardian, case = client.ready(), client.waiting()
    path, today = f"/guardians/{guardian}", client.now().date()

    client.do(FEDERAL, f"{path}/checks", checked(code, today, passed=False))

    (told,) = client.told("CheckFailed")
    assert (told["guardian_id"], told["code"], told["assigned"]) == (guardian, code, True)
    assert client.get(HQ, path)["unproved"] == [code]
    refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
    assert refused.code == "candidate_requirement_expired"
    client.do(FEDERAL, f"{path}/checks", checked(code, today))
    assert client.told("RequirementRenewed")[-1]["code"] == code
    assert len(client.told("CheckFailed")) == 1
    client.proposed(case, guardian)
