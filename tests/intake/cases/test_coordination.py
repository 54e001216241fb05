"""A case is worked on by the one who took it; nobody's case reminds, and climbs."""

from dataclasses import replace
from typing import Any

import pytest

from shared.principal import Principal
from tests.intake.api_client import (
    BOT,
    HQ,
    HQ_2,
    HQ_Y,
    OPERATOR,
    PHONE,
    IntakeClient,
    just_before_the_next_write,
    staff,
)
from tests.support.api import Answer
from tests.support.world import at

HQ_3 = staff("HQ-3", "regional_hq")
MARKER = {"long_term_need": True, "reason": "illness"}
AID = {"category": "food_aid", "persons": 2, "legal_basis": "programme", "last": True}
OTHER_PHONE = "+79161234599"
TAKE_OVER = {"taken_from": "HQ-2", "reason": "colleague_absent"}


def steps(client: IntakeClient, who: Principal, case: str) -> list[str]:
    """What a caller is offered."""
    return list(client.get(who, f"/cases/{case}").json["next_steps"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("needs", {"add": [{"category": "food_aid"}]}),
        ("triage", {"decision": "one_time"}),
        ("care-requirement", MARKER),
        ("care-requirement/lift", {"reason": "not_needed"}),
        ("aids", AID),
        ("outcomes", {"outcome": "no_change"}),
    ],
)
def test_no_colleague_goes_on_with_a_case_that_is_taken(
    client: IntakeClient, path: str, body: dict[str, Any]
) -> None:
    case = client.received()
    client.do(HQ_2, f"/cases/{case}/take")

    refused = client.post(HQ_3, f"/cases/{case}/{path}", body)

    assert (refused.status, refused.code) == (409, "case_of_colleague")
    assert "видно в заявке" in refused.json["detail"] and client.view(case)["taken_by"] == "HQ-2"
    assert [step["action"] for step in refused.json["next_steps"]] == [
        "take_over",
        "correct_needs",
        "withdraw",
    ]
    assert client.view(case)["version"] == 2
    # What is no coordinator's work is forbidden, whose case it is changes nothing about that.
    assert client.get(HQ_3, f"/cases/{case}/office-view").code == "forbidden"
    # Who may not work on cases at all is told nothing of the colleague.
    assert client.post(OPERATOR, f"/cases/{case}/{path}", body).code == "forbidden"
    assert client.post(HQ_Y, f"/cases/{case}/{path}", body).status == 404


def test_the_lead_of_the_region_works_on_each_case_of_it(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ_2, f"/cases/{case}/take")

    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})  # HQ-1 leads ZR

    assert client.view(case)["taken_by"] == "HQ-2"


def test_a_case_manager_finds_what_no_one_has_taken_and_who_gives_help(
    client: IntakeClient,
) -> None:
    case, manager = client.received(), staff("CM-1", "case_manager")
    center = {"region": "ZR", "name": "Центр", "sector": "state", "services": ["food_aid"]}
    client.do(HQ, "/providers", center)

    (row,) = client.get(manager, "/cases", status="received").json["items"]
    assert (row["id"], row["next_steps"]) == (case, ["take"])
    assert client.get(manager, "/case-counts").json["open"] == 1
    client.do(manager, f"/cases/{row['id']}/take")
    (known,) = client.get(manager, "/providers").json["items"]
    client.do(manager, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    client.do(manager, f"/cases/{case}/aids", AID | {"provider_id": known["id"]})

    assert client.get(manager, "/cases", region="YY").status == 404
    assert client.post(manager, f"/providers/{known['id']}/retire").status == 403


def test_a_case_manager_goes_along_with_the_family_and_headquarters_decides(
    client: IntakeClient,
) -> None:
    case, manager = client.received(), staff("CM-1", "case_manager")
    client.do(manager, f"/cases/{case}/take")
    client.do(manager, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    assert client.get(manager, f"/cases/{case}/contact").json["contact"]["phone"] == PHONE
    assert client.post(manager, f"/cases/{case}/triage", {"decision": "one_time"}).status == 403
    other = client.post(staff("CM-2", "case_manager"), f"/cases/{case}/aids", AID)
    assert (other.status, other.code) == (403, "case_is_not_yours")
    (row,) = client.get(HQ_3, "/cases").json["items"]
    assert "triage" in row["next_steps"]

    client.do(HQ_3, f"/cases/{case}/triage", {"decision": "one_time"})

    assert client.view(case)["taken_by"] == "CM-1"
    client.do(manager, f"/cases/{case}/aids", AID)
    assert client.view(case)["status"] == "closed"
    assert client.get(manager, f"/cases/{case}/contact").code == "case_is_not_yours"


def test_a_case_manager_hears_that_a_case_is_not_hers_and_of_no_other_region(
    client: IntakeClient,
) -> None:
    """Her role allows it: that it did not was said of an untaken case, and sent her to no one."""
    case, manager = client.received(), staff("CM-1", "case_manager")
    path, far = f"/cases/{case}", staff("CM-Y", "case_manager", "YY")

    untaken = client.post(manager, f"{path}/aids", AID)
    assert (untaken.status, untaken.code) == (403, "case_is_not_yours")
    assert client.get(far, f"{path}/contact").status == 404
    assert client.get(OPERATOR, f"{path}/contact").code == "forbidden"
    assert client.post(manager, f"{path}/withdraw", {"reason": "found_help"}).code == "forbidden"
    client.do(manager, f"{path}/take")
    assert client.get(manager, f"{path}/contact").status == 200


def test_a_case_is_taken_over_with_a_reason_that_is_kept(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ_2, f"/cases/{case}/take")
    assert "take_over" not in steps(client, HQ_2, case)
    assert steps(client, HQ_3, case) == ["take_over", "correct_needs", "withdraw"]
    groundless = client.post(HQ_3, f"/cases/{case}/take-over", {"taken_from": "HQ-2"})
    assert (groundless.status, groundless.json["errors"][0]["pointer"]) == (422, "/reason")

    client.do(HQ_3, f"/cases/{case}/take-over", TAKE_OVER)
    client.do(HQ_3, f"/cases/{case}/take-over", TAKE_OVER)
    version = client.view(case)["version"]
    client.do(HQ_3, f"/cases/{case}/take-over", TAKE_OVER | {"taken_from": HQ_3.id})
    assert client.view(case)["version"] == version
    # Also where nothing would change: who acts on what is outdated looks again first.
    stale = client.post(HQ_3, f"/cases/{case}/take-over", TAKE_OVER, if_match='"1"')
    assert (stale.status, stale.code) == (412, "version_outdated")

    client.do(HQ_3, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    assert client.post(HQ_2, f"/cases/{case}/triage", {"decision": "one_time"}).status == 409
    taken, over = client.published("CaseTaken")
    assert (taken["taken_by"], taken["taken_from"]) == ("HQ-2", None)
    assert (over["taken_by"], over["taken_from"]) == ("HQ-3", "HQ-2")
    assert over["reason"] == "colleague_absent"
    entry = client.get(HQ, f"/cases/{case}/history").json["items"][2]
    assert (entry["what"], entry["by"], entry["reason"], entry["ref"]) == (
        "taken_over",
        "HQ-3",
        "colleague_absent",
        "HQ-2",
    )
    audited = client.world.rows("intake-audit")
    assert {"colleague_absent"} == {
        row["reason"]["S"] for row in audited if row["action"]["S"] == "take_over_case"
    }


@pytest.mark.parametrize("account", ["auth0|5f7c8ec7c33c6c004bbafe82", "a" * 128])
def test_a_colleague_is_named_as_the_identity_provider_calls_her(
    client: IntakeClient, account: str
) -> None:
    her, other = replace(HQ_2, id=account), {"name": "Б", "channel": "sms", "phone": OTHER_PHONE}
    cases = [client.received(), client.received(contact=other)]
    for case in cases:
        client.do(her, f"/cases/{case}/take")
    assert len(client.get(HQ_3, "/cases", taken_by=account).json["items"]) == 2

    client.do(HQ_3, f"/cases/{cases[0]}/take-over", TAKE_OVER | {"taken_from": account})
    rest = {"region": "ZR", "taken_from": account, "taken_by": "HQ-3", "reason": "colleague_absent"}
    client.do(HQ_3, "/caseload-transfers", rest)
    client.world.settle()

    assert [client.view(case)["taken_by"] for case in cases] == ["HQ-3", "HQ-3"]
    back = rest | {"taken_from": "HQ-3", "taken_by": account}
    client.do(HQ_3, "/caseload-transfers", back)


def test_of_two_who_take_over_at_once_the_second_learns_of_the_first(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ_2, f"/cases/{case}/take")
    first: list[Answer] = []
    path = f"/cases/{case}/take-over"

    with just_before_the_next_write(client, lambda: first.append(client.post(HQ, path, TAKE_OVER))):
        second = client.post(HQ_3, path, TAKE_OVER)

    assert first[0].status == 200
    assert (second.status, second.code) == (409, "case_already_taken")
    assert client.view(case)["taken_by"] == "HQ-1"


def test_what_a_family_wishes_is_written_down_by_any_coordinator(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ_2, f"/cases/{case}/take")

    wish = {"evidence": "spoken_by_phone", "add": [{"category": "food_aid"}]}
    client.do(HQ_3, f"/cases/{case}/corrections", wish)
    client.do(HQ_3, f"/cases/{case}/withdraw", {"evidence": "spoken_by_phone"})

    assert client.view(case)["closed_reason"] == "withdrawn"


def test_a_case_its_family_opens_again_is_taken_before_it_is_worked_on(
    client: IntakeClient,
) -> None:
    case = client.received()
    client.bind()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    bot = client.api(BOT).with_(Ryadom_On_Behalf_Of=client.family(case))
    again = {"reason": "needs_returned"}
    assert bot.post(f"/cases/{case}/reopen", again, key="bot-1").status == 200
    assert client.view(case)["status"] == "in_review"

    assert steps(client, HQ_2, case) == ["take", "correct_needs", "withdraw"]
    early = client.post(HQ_2, f"/cases/{case}/triage", {"decision": "one_time"})
    assert (early.status, early.code) == (409, "step_not_allowed")
    client.do(HQ_2, f"/cases/{case}/take")
    client.do(HQ_2, f"/cases/{case}/triage", {"decision": "one_time"})


# time alone ---------------------------------------------------------------------------------


def rungs(client: IntakeClient) -> list[tuple[str, bool, bool]]:
    """What was told of cases that nobody took: which, whether urgent, whether it climbs."""
    return [
        (event["case_id"], event["urgent"], event["climbs"])
        for event in client.published("CaseUntaken")
    ]


@pytest.mark.parametrize(
    ("urgency", "before", "reminds", "climbs"),
    [
        ("normal", "12:39", "12:41", "15:41"),
        ("urgent", "10:39", "10:41", "11:41"),
    ],
)
def test_a_case_that_nobody_takes_reminds_and_climbs_to_the_lead(
    client: IntakeClient, urgency: str, before: str, reminds: str, climbs: str
) -> None:
    case, urgent = client.received(urgency=urgency), urgency == "urgent"  # at 9:40
    client.world.advance(at(f"2026-09-14 {before}"))
    assert rungs(client) == []

    client.world.advance(at(f"2026-09-14 {reminds}"))
    assert rungs(client) == [(case, urgent, False)]
    client.world.advance(at(f"2026-09-14 {climbs}"))
    assert rungs(client) == [(case, urgent, False), (case, urgent, True)]

    client.world.advance(at("2026-09-16 09:00"))
    assert len(rungs(client)) == 2
    (event, _) = client.published("CaseUntaken")
    assert event["number"] == client.view(case)["number"]


def test_a_question_that_becomes_a_case_days_later_has_its_whole_time(client: IntakeClient) -> None:
    asked = client.asked(purpose="information", needs=[])
    client.world.advance(at("2026-09-16 09:40"))
    client.do(HQ, f"/requests/{asked['id']}/case")
    (case,) = client.get(HQ, "/cases").json["items"]

    client.world.advance(at("2026-09-16 12:39"))
    assert rungs(client) == []
    client.world.advance(at("2026-09-16 15:39"))
    assert rungs(client) == [(case["id"], False, False)]
    client.world.advance(at("2026-09-16 15:41"))
    assert rungs(client)[1:] == [(case["id"], False, True)]


def test_after_a_jump_of_the_clock_both_are_told_once(client: IntakeClient) -> None:
    case = client.received()

    client.world.advance(at("2026-09-20 09:00"))
    client.world.advance(at("2026-09-21 09:00"))

    assert rungs(client) == [(case, False, False), (case, False, True)]


def test_nobody_is_reminded_of_a_case_that_was_taken_or_closed(client: IntakeClient) -> None:
    taken, closed = client.received(), client.received(contact=None)
    client.do(HQ, f"/cases/{taken}/take")
    client.do(HQ, f"/cases/{closed}/withdraw", {"evidence": "written"})

    client.world.advance(at("2026-09-20 09:00"))

    assert rungs(client) == []


def test_a_case_becomes_urgent_by_a_later_call_and_is_told_of_earlier(
    client: IntakeClient,
) -> None:
    case = client.received()
    client.world.advance(at("2026-09-14 10:30"))
    client.received(urgency="urgent")

    client.world.advance(at("2026-09-14 10:41"))

    assert rungs(client) == [(case, True, False)]


def test_a_case_that_its_family_opened_again_reminds_anew(client: IntakeClient) -> None:
    case = client.received()
    client.world.advance(at("2026-09-14 13:00"))
    client.bind()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    bot = client.api(BOT).with_(Ryadom_On_Behalf_Of=client.family(case))
    bot.post(f"/cases/{case}/reopen", {"reason": "needs_returned"}, key="bot-1")
    client.world.advance(at("2026-09-14 16:10"))

    assert rungs(client) == [(case, False, False), (case, False, False)]
