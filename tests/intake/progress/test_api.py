"""A family without an account sees how far its request has come, and a stranger sees nothing."""

from typing import Any

import pytest

from tests.intake.api_client import (
    HQ,
    HQ_Y,
    NAME,
    OFFICE_D05,
    OPERATOR,
    PHONE,
    WORDS,
    IntakeClient,
    request,
)

ANONYMOUS: dict[str, Any] = {
    "confidentiality": "anonymous",
    "contact": None,
    "consents": {"processing": True},
}


def ask(client: IntakeClient, asked: Any, **changes: str) -> Any:
    """The question of a family that has written down number and code."""
    body = {"number": asked["number"], "code": asked["code"]} | changes
    return client.post(None, "/request-status", body, key=None)


@pytest.mark.requirement("S2-27")
def test_an_anonymous_request_is_followed_by_number_and_code_and_names_nobody(
    client: IntakeClient,
) -> None:
    asked = client.asked(**ANONYMOUS)

    assert set(ask(client, asked).json) == {"number", "progress", "state", "next"}
    assert ask(client, asked).json["progress"] == "received"
    stored = client.world.rows("intake-data")
    assert not [row for row in stored if row["pk"]["S"].startswith("CONTACT#")]
    assert not [row for row in stored if row["sk"]["S"].startswith("cnt_")]
    told = str(client.world.bus.log)
    assert client.published("RequestReceived")[0]["confidentiality"] == "anonymous"
    for secret in (WORDS, "Муж далеко", PHONE, NAME):
        assert secret not in told
    assert client.get(OFFICE_D05, f"/cases/{asked['case_id']}/office-view").status == 404
    assert client.get(OFFICE_D05, "/requests").status == 403
    refused = client.post(OPERATOR, "/requests", request(**ANONYMOUS | {"contact": CONTACT}))
    assert (refused.status, refused.code) == (422, "anonymous_leaves_no_contact")


CONTACT = {"name": NAME, "channel": "sms", "phone": PHONE}


def test_each_state_is_said_in_plain_words_without_name_or_need(client: IntakeClient) -> None:
    asked = client.asked()
    case, seen = asked["case_id"], [ask(client, asked).json]
    client.do(HQ, f"/cases/{case}/take")
    seen.append(ask(client, asked).json)
    client.do(HQ, f"/cases/{case}/triage", {"decision": "decline", "reason": "duplicate"})
    seen.append(ask(client, asked).json)

    assert [each["progress"] for each in seen] == ["received", "in_review", "elsewhere"]
    for each in seen:
        assert each["state"] and each["next"]
        assert not {NAME, PHONE, WORDS, "household_help"} & set(str(each).split())
    spam = client.do(
        OPERATOR, "/ended-requests", {"region": "ZR", "initiated_by": "self", "reason": "spam"}
    )
    assert ask(client, spam).json["progress"] == "closed"


def test_an_unknown_number_and_a_wrong_code_are_answered_and_written_alike(
    client: IntakeClient,
) -> None:
    asked = client.asked()
    before = len(client.world.rows("intake-data"))

    wrong = ask(client, asked, code="100000")
    written = len(client.world.rows("intake-data")) - before
    unknown = ask(client, asked, number="10000000")

    assert (wrong.status, wrong.code) == (422, "number_or_code_wrong")
    assert {**wrong.json, "instance": ""} == {**unknown.json, "instance": ""}
    # Beside the counter of the address, which both share, as many rows for the second one.
    assert len(client.world.rows("intake-data")) - before == 2 * written - 1


def test_tries_are_counted_per_number_and_per_address(client: IntakeClient) -> None:
    asked = client.asked()

    answers = [ask(client, asked, code="100000").status for _ in range(5)]
    locked = ask(client, asked)

    assert answers == [422] * 5
    assert (locked.status, locked.code) == (429, "too_many_status_questions")
    others = [ask(client, asked, number=f"2000000{n % 10}").status for n in range(20)]
    assert others[-1] == 429
    assert ask(client, asked, number="30000000").status == 429


def test_headquarters_renews_a_code_with_evidence_and_the_former_one_is_dead(
    client: IntakeClient,
) -> None:
    asked = client.asked(external_ref={"system": "onf", "id": "7"})
    path, by_phone = f"/requests/{asked['id']}/code", {"evidence": "spoken_by_phone"}

    renewed = client.do(HQ, path, by_phone)

    assert renewed["number"] == asked["number"]
    assert renewed["code"] != asked["code"]
    assert ask(client, asked).code == "number_or_code_wrong"
    assert ask(client, renewed).json["progress"] == "received"
    again = client.do(HQ, "/requests", request(external_ref={"system": "onf", "id": "7"}))
    assert (again["existing"], again["code"]) == (True, renewed["code"])
    (entry,) = [
        row
        for row in client.world.rows("intake-audit")
        if row.get("action", {}).get("S") == "renew_request_code"
    ]
    assert entry["evidence"]["S"] == "spoken_by_phone"
    assert client.post(HQ, path, {}).status == 422
    assert client.post(OPERATOR, path, by_phone).status == 403
    assert client.post(HQ_Y, path, by_phone).status == 404
