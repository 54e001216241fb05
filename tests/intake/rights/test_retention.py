"""Contacts and words go when what they were for has ended; codes, counts and dates stay."""

from typing import Any

import pytest

from services.intake.rights.use_cases.retention import forget_due
from shared import dependencies
from shared.events.matching import IntroductionHeld
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.intake.api_client import HQ, OPERATOR, PHONE, REP, IntakeClient, request
from tests.support.world import at

EVIDENCE = {"evidence": "written"}


def closed(client: IntakeClient, **changes: Any) -> str:
    """A case that its family took back; the address of the family."""
    case = client.received(**changes)
    client.do(HQ, f"/cases/{case}/withdraw", EVIDENCE)
    return client.of_family(case)


def gone(client: IntakeClient, family: str) -> bool:
    """Whether a family's people are forgotten."""
    return bool(client.get(HQ, family).json["status"] == "erased")


@pytest.mark.requirement("X-13")
def test_thirty_days_after_the_last_case_only_codes_counts_and_dates_are_left(
    client: IntakeClient,
) -> None:
    family = closed(client)
    client.get(HQ, f"{family}/export")
    client.wait(29.9)
    assert not gone(client, family)
    client.wait(0.2)
    assert gone(client, family)

    kept = client.get(HQ, f"{family}/export").json
    assert kept["contacts"] == [] and kept["requests"][0]["text"] is None
    (case,) = kept["cases"]
    assert [each["category"] for each in case["asked"]] == ["household_help", "repair_work"]
    assert (case["closed_reason"], case["needs"]) == ("withdrawn", [])
    assert kept["access_log"] and kept["consents"][0]["text_hash"]
    assert client.ask_for_code().status == 202
    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    (audited,) = (
        row for row in client.world.rows("intake-audit")
        if row.get("reason", {}).get("S") == "purpose_ended"
    )  # fmt: skip
    assert audited["actor"]["S"].startswith("system:")
    assert len(client.published("FamilyErased")) == 1
    client.wait(60)
    assert len(client.published("FamilyErased")) == 1
    again = client.asked()
    assert f"/families/{again['family_id']}" != family


def test_a_family_is_kept_while_it_is_helped_or_waits_for_an_answer(client: IntakeClient) -> None:
    helped = closed(client)
    other = client.received(programme="family_care")
    assert client.of_family(other) == helped
    asking = closed(client, contact={"name": "Пётр", "channel": "sms", "phone": "+79161234568"})
    client.do(HQ, f"{asking}/person-requests", {"kind": "export"} | EVIDENCE)
    curious = closed(client, contact={"name": "Ия", "channel": "sms", "phone": "+79161234569"})
    client.wait(20)
    question = {"purpose": "information", "consents": {"processing": True}}
    contact = {"name": "Ия", "channel": "sms", "phone": "+79161234569"}
    asked = client.asked(contact=contact, **question)
    assert f"/families/{asked['family_id']}" == curious

    client.wait(20)
    assert [gone(client, each) for each in (helped, asking, curious)] == [False] * 3
    client.do(HQ, f"/cases/{other}/withdraw", EVIDENCE)
    client.do(HQ, f"{asking}/person-requests/export/answer", {"answer": "done"})
    client.do(HQ, f"/requests/{asked['id']}/end", {"reason": "information_given"})
    client.wait(1)
    assert [gone(client, each) for each in (helped, asking, curious)] == [False, True, False]
    client.wait(30)
    assert gone(client, helped) and gone(client, curious)


def test_a_question_of_before_the_last_case_ended_keeps_the_family_too(
    client: IntakeClient,
) -> None:
    case = client.received()
    asked = client.asked(purpose="information", consents={"processing": True})
    client.wait(1)
    client.do(HQ, f"/cases/{case}/withdraw", EVIDENCE)
    family = client.of_family(case)

    client.wait(40)
    assert not gone(client, family)

    client.do(HQ, f"/requests/{asked['id']}/end", {"reason": "information_given"})
    client.wait(32)
    assert gone(client, family)


def test_a_family_is_forgotten_all_of_whose_requests_were_of_others(client: IntakeClient) -> None:
    question, asked = client.asked(purpose="information"), client.asked()
    client.do(HQ, f"/requests/{question['id']}/case")
    client.world.settle()
    client.do(HQ, f"/requests/{question['id']}/disown")
    client.do(HQ, f"/cases/{asked['case_id']}/withdraw", EVIDENCE)
    client.do(HQ, f"/requests/{asked['id']}/disown")

    client.wait(30.1)

    assert gone(client, f"/families/{asked['family_id']}")


def test_what_was_said_in_a_call_that_is_no_case_goes_too(client: IntakeClient) -> None:
    body = {
        "region": "ZR",
        "initiated_by": "self",
        "reason": "wrong_number",
        "text": f"Ищет поликлинику, {PHONE}",
    }
    request = client.do(OPERATOR, "/ended-requests", body)["id"]
    assert client.get(OPERATOR, f"/requests/{request}/words").json["text"]

    client.wait(31)

    assert client.get(HQ, f"/requests/{request}/words").json["text"] is None
    assert client.get(HQ, f"/requests/{request}").json["status"] == "ended"
    keys = [row for row in client.world.rows("intake-keys") if request in row["pk"]["S"]]
    assert [set(row) & {"wrapped", "erased_at"} for row in keys] == [{"erased_at"}]


def test_what_was_added_to_a_question_and_noted_about_it_goes_too(client: IntakeClient) -> None:
    silent: dict[str, Any] = {"contact": None, "text": None, "needs": [], "consents": {}}
    question = client.do(OPERATOR, "/requests", request(purpose="information", **silent))
    path = f"/requests/{question['id']}"
    note = {"request_id": question["id"], "text": "Позвонить в поликлинику"}
    noted = client.do(OPERATOR, "/hand-overs", note)["id"]
    client.do(OPERATOR, f"{path}/additions", {"text": "Ищет поликлинику"})
    client.do(OPERATOR, f"{path}/end", {"reason": "information_given"})
    (added,) = client.get(OPERATOR, f"{path}/words").json["added"]
    assert added["text"] == "Ищет поликлинику"
    (row,) = (row for row in client.world.rows("intake-data") if row["sk"]["S"] == noted)
    assert "expires_at" in row

    client.wait(31)

    assert client.get(HQ, f"{path}/words").json["added"] == []
    keys = [row for row in client.world.rows("intake-keys") if question["id"] in row["pk"]["S"]]
    assert [set(row) & {"wrapped", "erased_at"} for row in keys] == [{"erased_at"}]


def test_a_reopened_case_keeps_what_its_family_said(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", EVIDENCE)
    client.wait(20)
    client.do(HQ, f"/cases/{case}/reopen", {"reason": "needs_returned"} | EVIDENCE)

    client.wait(60)

    assert client.get(HQ, f"/cases/{case}/contact").json["contact"]["phone"] == PHONE


def test_a_family_erased_while_a_guardian_is_proposed_is_met_by_no_one(
    client: IntakeClient,
) -> None:
    case = client.matched()
    family = client.of_family(case)
    client.do(HQ, f"{family}/erase", {"reason": "person_asked"} | EVIDENCE)

    assert [each["reason"] for each in client.published("CaseClosed")] == ["erased"]
    held = IntroductionHeld(
        **client.of_match(case, "mat_1"), held_at=at("2026-09-15 12:00"), in_time=True
    )
    client.hear(held, client.started(case), client.ended(case, "guardian_resources_exhausted"))
    view = client.view(case)
    assert (view["status"], view["match"], view["next_steps"]) == ("closed", None, [])
    assert client.get(REP, f"/cases/{case}/contact").status == 404
    assert len(client.published("CareRequired")) == 1
    assert [need["category"] for need in view["needs"]] == ["household_help", "repair_work"]


def test_a_question_that_was_answered_at_once_keeps_the_family_thirty_days_more(
    client: IntakeClient,
) -> None:
    family = closed(client)
    client.wait(20)
    asked = client.asked(purpose="information")
    assert f"/families/{asked['family_id']}" == family
    client.do(HQ, f"/requests/{asked['id']}/end", {"reason": "information_given"})

    client.wait(20)
    assert not gone(client, family)
    client.wait(11)
    assert gone(client, family)


def test_a_deadline_that_was_sent_before_the_family_asked_again_forgets_nobody(
    client: IntakeClient,
) -> None:
    family = closed(client)

    with client.world.service("intake"):
        context = CommandContext(system("forget_due"), "forget_due", "cor_1")
        connected = dependencies.connected(forget_due)
        forget_due(family.rpartition("/")[2], context, **connected)

    assert not gone(client, family)
