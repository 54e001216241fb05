"""The contact person of an application: written to, read with a record, and forgotten."""

from datetime import timedelta
from itertools import count

import pytest

from shared import clock
from shared.messaging.template_variables import declared
from shared.reference.code_lists import shipped
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_Y,
    NAME,
    PHONE,
    MatchingClient,
    application,
    rep,
)


@pytest.mark.parametrize(
    "name", ["подтвердите карту на http://evil.example", "Анна\nПавловна", "А" * 61, "12", "-"]
)
def test_a_name_is_a_name(client: MatchingClient, name: str) -> None:
    contact = {"name": name, "channel": "sms", "phone": PHONE}

    refused = client.post(None, "/applications", application(contact=contact))

    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/contact/name")


def test_no_message_is_promised_to_a_phone_that_gets_none(client: MatchingClient) -> None:
    landline = {"name": NAME, "channel": "sms", "phone": "8 495 123-45-67"}

    refused = client.post(None, "/applications", application(contact=landline))

    (error,) = refused.json["errors"]
    assert (error["pointer"], error["code"]) == ("/contact/phone", "sms_needs_mobile")
    by_call = application(contact=landline | {"channel": "phone_task"})
    assert client.post(None, "/applications", by_call).status == 201


def test_nobody_is_greeted_by_words_that_no_member_of_the_staff_has_heard(
    client: MatchingClient,
) -> None:
    applied = client.applied()
    approved = client.approved()

    def named(guardian: str) -> str:
        item = {
            "reference": guardian,
            "event_id": "evt_1",
            "template": "guardian_approved_guardian",
        }
        answer = client.world.call("matching", "resolve_recipients", {"items": [item]})
        return str(answer["recipients"][0]["variables"]["first_name"])

    assert (named(applied), named(approved)) == ("", NAME)


def test_strangers_cause_few_messages_to_one_contact(client: MatchingClient) -> None:
    for number in range(4):
        client.do(None, "/applications", application(title=f"Центр {number}"))

    told = [event["acknowledged"] for event in client.told("GuardianApplied")]
    assert told == [True, True, True, False]


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


@pytest.mark.requirement("X-13")
def test_who_has_left_is_erased_on_request(client: MatchingClient) -> None:
    guardian = client.ready()
    assert client.post(FEDERAL, f"/guardians/{guardian}/contact/erasure").status == 409
    client.do(rep(guardian), f"/guardians/{guardian}/withdrawal", {"reason": "moved"})
    assert client.told("GuardianWithdrawn")[0]["assigned"] is True

    counted = client.get(FEDERAL, "/figures")["total"]

    client.do(FEDERAL, f"/guardians/{guardian}/contact/erasure")

    assert client.api(FEDERAL).get(f"/guardians/{guardian}/contact").status == 404
    assert client.get(FEDERAL, "/figures")["total"] == counted
    assert counted["guardians_by_status"]["withdrawn"] == 1
    assert client.get(FEDERAL, f"/guardians/{guardian}")["status"] == "withdrawn"
    (told,) = client.world.events("matching.GuardianContactErased")
    assert told["data"]["guardian_id"] == guardian


def test_messages_reach_the_contact_person_with_what_they_name(client: MatchingClient) -> None:
    guardian = client.approved()
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
        if template.startswith("sign_in_requested"):  # a code has a reference of its own
            continue
        item = {"reference": guardian, "event_id": "evt_1", "template": template}
        answer = client.world.call("matching", "resolve_recipients", {"items": [item]})
        (reached,) = answer["recipients"]
        assert reached["variables"].keys() == named


def test_a_guardian_s_people_see_who_has_read_what_about_them(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Readings of one millisecond have no order.
    start, passed = clock.wall(), count()
    monkeypatch.setattr(clock, "wall", lambda: start + timedelta(milliseconds=next(passed)))
    case, guardian = client.waiting(), client.ready()
    match, path = client.active(case, guardian), f"/guardians/{guardian}/access-log"
    client.get(HQ, f"/guardians/{guardian}/contact")
    client.as_family(case).get(f"/matches/{match}/guardian-contact")

    seen = client.get(rep(guardian), path)["items"]
    told = [(each["role"], each["purpose"]) for each in seen]
    assert told == [("family", "guardian_of_my_family"), ("regional_hq", "guardian_contact")]
    assert {each["record"] for each in seen} <= {*shipped()["read_record"].codes}
    assert {part for each in seen for part in each["fields"]} <= {*shipped()["read_field"].codes}
    assert NAME not in str(seen)

    # A look of the staff is told, too, and the organisation's own is not.
    (latest,) = client.get(FEDERAL, path, limit="1")["items"]
    assert latest["purpose"] == "show_access_log"
    for stranger in (HQ_Y, rep(client.ready())):
        assert client.api(stranger).get(path).status == 404
