"""A family without an account sees how far its request has come, and a stranger sees nothing."""

from dataclasses import replace
from typing import Any

import pytest

from services.intake.progress import queries
from services.intake.requests.repository import NUMBER_DIGITS
from services.intake.requests.vault_records import short_code
from shared import ids
from shared.principal import Principal
from shared.privacy.vault import Vault
from tests.intake.api_client import (
    ASSISTANT,
    BOT,
    HQ,
    HQ_Y,
    NAME,
    OFFICE_D05,
    OPERATOR,
    PHONE,
    WORDS,
    IntakeClient,
    request,
    rows_read,
    staff,
)

ANONYMOUS: dict[str, Any] = {
    "confidentiality": "anonymous",
    "contact": None,
    "consents": {"processing": True},
    "district_id": "D05",
}
OF_D05: dict[str, Any] = {
    "district_id": "D05",
    "contact": {"name": NAME, "channel": "sms", "phone": "+79160000001"},
}
SHAREABLE: dict[str, Any] = {
    "confidentiality": "shareable",
    "contact": {"name": NAME, "channel": "sms", "phone": "+79160000002"},
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
    number, code = asked["number"], asked["code"]
    as_typed = {"number": f" {number[:4]}-{number[4:]}", "code": f"{code[:3]}\u00a0{code[3:]} "}
    assert ask(client, asked, **as_typed).json["progress"] == "received"
    stored = client.world.rows("intake-data")
    assert not [row for row in stored if row["pk"]["S"].startswith("CONTACT#")]
    assert not [row for row in stored if row["sk"]["S"].startswith("cnt_")]
    told = str(client.world.bus.log)
    assert client.published("RequestReceived")[0]["confidentiality"] == "anonymous"
    for secret in (WORDS, "Муж далеко", PHONE, NAME):
        assert secret not in told
    confidential, shown = client.asked(**OF_D05), client.asked(**OF_D05 | SHAREABLE)
    listed = client.get(OFFICE_D05, "/shared-families").json["items"]
    assert [each["id"] for each in listed] == [shown["family_id"]]
    for absent, status in ((asked, 404), (confidential, 404), (shown, 200)):
        path = f"/cases/{absent['case_id']}/office-view"
        assert client.get(OFFICE_D05, path).status == status
    refused = client.post(OPERATOR, "/requests", request(**ANONYMOUS | {"contact": CONTACT}))
    assert (refused.status, refused.code) == (422, "anonymous_leaves_no_contact")
    named = request(**ANONYMOUS | {"family_id": confidential["family_id"]})
    assert client.post(OPERATOR, "/requests", named).code == "anonymous_names_no_family"


CONTACT = {"name": NAME, "channel": "sms", "phone": PHONE}


def test_the_office_list_follows_what_the_family_allows(client: IntakeClient) -> None:
    shown = client.asked(**OF_D05 | SHAREABLE)
    assert len(client.get(OFFICE_D05, "/shared-families").json["items"]) == 1

    withdrawn = {"purpose": "share_with_office", "given": False, "recipient": "D05"}
    path = f"/families/{shown['family_id']}/consents"
    client.do(HQ, path, withdrawn | {"evidence": "spoken_by_phone"})

    assert client.get(OFFICE_D05, "/shared-families").json["items"] == []
    assert client.get(OFFICE_D05, "/shared-families", district_id="D01").status == 404
    assert client.get(OPERATOR, "/shared-families", district_id="D05").status == 403


@pytest.mark.requirement("S2-20")
def test_what_a_public_assistant_filed_last_is_the_first_in_her_list(client: IntakeClient) -> None:
    """And nothing else of hers is in it: an account may have other roles."""
    contacts = [{"name": NAME, "channel": "sms", "phone": f"+7916000001{n}"} for n in range(3)]
    filed = [client.do(ASSISTANT, "/filings", request(contact=each))["id"] for each in contacts]
    coordinator = staff(ASSISTANT.id, "regional_hq")
    client.do(coordinator, f"/cases/{client.received()}/take")

    listed = client.get(ASSISTANT, "/filings").json["items"]

    assert [each["id"] for each in listed] == filed[::-1]


def test_a_public_assistant_files_in_its_district_and_sees_the_status_of_its_own_filings_only(
    client: IntakeClient,
) -> None:
    known = client.asked()

    filed = client.do(ASSISTANT, "/filings", request())

    assert set(filed) == {"id", "number", "code", "emergency"}
    (first, second) = client.published("RequestReceived")
    assert (second["channel"], second["family_id"]) == ("public_assistant", first["family_id"])
    status = client.get(ASSISTANT, f"/filings/{filed['id']}").json
    assert status["progress"] == "received"
    assert set(status) == {"number", "progress", "state", "next"}
    (row,) = client.get(ASSISTANT, "/filings").json["items"]
    assert set(row) == {"id", "number", "status", "received_at"}
    assert ask(client, filed).json == status
    other = replace(ASSISTANT, id="PA-2")
    assert client.get(other, f"/filings/{filed['id']}").status == 404
    assert client.get(other, "/filings").json["items"] == []
    for path in (
        f"/filings/{known['id']}",
        f"/requests/{filed['id']}",
        f"/requests/{filed['id']}/words",
        f"/cases/{known['case_id']}",
        f"/families/{known['family_id']}",
    ):
        assert client.get(ASSISTANT, path).status == 404
    for path in ("/requests", "/cases", "/own-requests"):
        assert client.get(ASSISTANT, path).status == 403
    elsewhere = client.post(ASSISTANT, "/filings", request(district_id="D02"))
    unasked = client.post(ASSISTANT, "/filings", request(contact=None, consents={}))
    assert (elsewhere.code, unasked.status) == ("district_not_yours", 422)
    assert unasked.code == "family_has_to_agree"
    client.do(HQ, f"/cases/{known['case_id']}/withdraw", {"evidence": "spoken_by_phone"})
    assert client.get(ASSISTANT, f"/filings/{filed['id']}").json["progress"] == "closed"


def test_a_question_that_has_no_case_is_received(client: IntakeClient) -> None:
    asked = client.do(ASSISTANT, "/filings", request(purpose="information"))

    assert ask(client, asked).json["progress"] == "received"
    assert client.get(ASSISTANT, "/filings").json["items"][0]["status"] == "received"


def test_the_code_of_no_request_opens_none(client: IntakeClient) -> None:
    with client.world.service("intake"):
        nobody = {"number": ids.number(NUMBER_DIGITS), "code": short_code("", Vault.connect())}

    known = client.asked() | {"code": nobody["code"]}
    reads = []
    for each in (nobody, known):
        with rows_read(client) as read:
            answer = ask(client, each)
        assert (answer.status, answer.code) == (422, "number_or_code_wrong")
        reads.append(read)

    assert reads[0] == reads[1]


def test_who_cannot_wait_is_first_told_what_to_do(client: IntakeClient) -> None:
    urgent = client.asked(urgency="urgent")
    by_itself = client.do(None, "/web-requests", request(urgency="urgent"))

    assert "112" in urgent["emergency"]["text"]
    assert "Спросите" in urgent["emergency"]["text"]
    assert "112" in by_itself["emergency"]["title"]
    assert client.asked()["emergency"] is None
    again = client.do(
        OPERATOR, f"/requests/{client.asked()['id']}/additions", {"urgency": "urgent"}
    )
    assert "112" in again["emergency"]["text"]


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


@pytest.mark.parametrize(
    ("caller", "said", "progress"),
    [
        (OPERATOR, ANONYMOUS, "redirected"),
        (BOT, ANONYMOUS, "redirected"),
        (BOT, {}, "closed"),  # what is not proved to be the family's
    ],
)
def test_who_left_no_contact_reads_that_another_organisation_helps(
    client: IntakeClient, caller: Principal, said: dict[str, Any], progress: str
) -> None:
    asked = client.do(caller, "/requests", request(**said))
    case = client.get(HQ, f"/request-numbers/{asked['number']}").json["case_id"]
    escort = {"region": "ZR", "name": "Рука помощи", "sector": "ngo", "services": ["other"]}
    provider = client.do(HQ, "/providers", escort)["id"]
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/triage", {"decision": "redirect", "provider_id": provider})

    seen = ask(client, asked).json

    assert seen["progress"] == progress
    assert "позвоните на горячую линию" in seen["next"]


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


def test_fifteen_tries_a_day_are_all_that_a_number_has(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = client.asked()
    monkeypatch.setattr(queries, "AN_HOUR_PER_NUMBER", 100)
    monkeypatch.setattr(queries, "AN_HOUR_PER_ADDRESS", 100)

    assert [ask(client, asked).status for _ in range(16)] == [200] * 15 + [429]


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
    # A system that knows the number only gets what it got at first: others may read its code.
    imported = request(external_ref={"system": "onf", "id": "8"})
    by_bot = client.do(BOT, "/requests", imported)
    client.do(HQ, f"/requests/{by_bot['id']}/code", by_phone)
    again = client.do(BOT, "/requests", imported)
    assert (again["existing"], again["code"]) == (True, by_bot["code"])
    assert ask(client, again).code == "number_or_code_wrong"
