"""The checklist through the API: who may prove what, and the agreement of both sides."""

import hashlib
from dataclasses import replace

from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_2,
    HQ_Y,
    TRAINING,
    MatchingClient,
    application,
    pointer,
    rep,
)


def test_three_steps_make_a_guardian_ready_and_are_told(client: MatchingClient) -> None:
    guardian = client.ready(signed=False)

    view = client.get(HQ, f"/guardians/{guardian}")

    assert (view["status"], view["participation_agreement_signed"]) == ("ready", False)
    for kind in ("GuardianApproved", "GuardianAssigned", "TrainingCompleted", "InterviewHeld"):
        assert len(client.told(kind)) == 1
    assert len(client.told("GuardianReady")) == 1


def test_a_meeting_written_down_later_counts_from_when_the_region_got_the_guardian(
    client: MatchingClient,
) -> None:
    guardian = client.assigned()
    client.at("2026-09-03 00:30")
    again = {"region": "ZR", "district_ids": ["D02"]}
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", again)
    assert len(client.told("GuardianAssigned")) == 1, "its region has it already"
    assert len(client.told("PossibilitiesChanged")) == 1
    path = f"/guardians/{guardian}/interview"
    interview = {"held_on": "2026-09-01", "result": "passed"}
    assert pointer(client.post(HQ, path, interview | {"held_on": "2026-08-31"})) == "/held_on"
    reasoned = client.post(HQ, path, interview | {"reason": "interview_failed"})
    assert (reasoned.status, pointer(reasoned)) == (422, "/reason"), "it was passed"
    for _ in range(2):
        client.do(HQ, path, interview)
    assert len(client.told("InterviewHeld")) == 1
    briefing = f"/guardians/{guardian}/briefing"
    assert pointer(client.post(HQ, briefing, {"held_on": "2026-08-31"})) == "/held_on"
    client.do(HQ, briefing, {"held_on": "2026-09-01"})
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "YY"})
    assert len(client.told("GuardianAssigned")) == 2
    there = client.post(HQ_Y, briefing, {"held_on": "2026-09-01"})
    assert pointer(there) == "/held_on"


def test_a_machine_needs_its_scope_and_its_region(client: MatchingClient) -> None:
    guardian = client.assigned()
    done = {"course": "basics", "completed_on": "2026-08-30", "certificate_ref": "C-1"}
    portal = replace(TRAINING, regions=("ZR",), scopes=("guardian_applications",))

    assert client.post(portal, "/guardians", application()).status == 201
    assert client.post(replace(portal, regions=("YY",)), "/guardians", application()).status == 404
    assert client.post(replace(portal, scopes=()), "/guardians", application()).status == 403
    for caller in (portal, replace(TRAINING, regions=("YY",))):
        assert client.post(caller, f"/guardians/{guardian}/training", done).status == 404


def test_a_training_needs_its_certificate(client: MatchingClient) -> None:
    guardian = client.assigned()
    path = f"/guardians/{guardian}/training"
    done = {"course": "basics", "completed_on": "2026-08-30", "certificate_ref": "C-1"}

    no_paper = {name: said for name, said in done.items() if name != "certificate_ref"}
    assert pointer(client.post(HQ, path, no_paper)) == "/certificate_ref"
    for day in ("1990-01-01", "2020-01-01", "2026-09-02", "2999-01-01"):
        refused = client.post(HQ, path, done | {"completed_on": day})
        assert pointer(refused) == "/completed_on"
    early = client.post(HQ, path, done | {"completed_on": "2020-01-01"}).json
    assert early["errors"][0]["detail"] == "Подходит день не раньше 02.09.2023. Проверьте дату."
    assert client.post(rep(guardian), path, done).status == 403
    for who, source in ((HQ, "headquarters"), (TRAINING, "platform")):
        assert client.do(who, path, done)
        taken = client.get(HQ, f"/guardians/{guardian}/evidence")["training"]
        assert (taken["source"], taken["recorded_by"]) == (source, who.id)
    assert client.get(HQ, f"/guardians/{guardian}")["training_done"]
    assert len(client.told("TrainingCompleted")) == 1, "a platform repeats itself"
    client.do(TRAINING, path, done | {"certificate_ref": "C-2"})
    assert len(client.told("TrainingCompleted")) == 1, "a colleague has a certificate, too"
    client.do(TRAINING, path, done | {"completed_on": "2026-08-31"})
    assert len(client.told("TrainingCompleted")) == 2


def test_each_side_signs_for_itself_the_text_that_it_has_read(client: MatchingClient) -> None:
    guardian = client.assigned()
    path = f"/guardians/{guardian}/participation-agreement"
    text = client.get(None, "/participation-agreement")
    signs = {name: text[name] for name in ("template_version", "text_hash")}
    assert hashlib.sha256(text["text"].encode()).hexdigest() == text["text_hash"]

    assert pointer(client.post(HQ, path, signs | {"text_hash": "0" * 64})) == "/text_hash"
    client.do(HQ, path, signs)
    assert client.post(HQ_2, path, signs).code == "already_signed"
    assert not client.get(HQ, f"/guardians/{guardian}")["participation_agreement_signed"]
    assert client.told("ParticipationAgreementSigned") == []
    client.do(rep(guardian), path, signs)

    assert client.get(HQ, f"/guardians/{guardian}")["participation_agreement_signed"]
    assert len(client.told("ParticipationAgreementSigned")) == 1
    agreed = client.get(HQ, f"/guardians/{guardian}/evidence")["participation_agreement"]
    assert agreed["headquarters"]["by"] == "HQ-1"
    assert agreed["guardian"]["by"] == rep(guardian).id
    assert agreed["text_hash"] == text["text_hash"]
    # The demo's region has the same agreement once: a second one is refused.
    assert client.post(HQ_2, path, signs).code == "participation_agreement_already_signed"
