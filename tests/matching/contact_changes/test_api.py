"""The contact that proves a guardian's people changes: by two codes, or by evidence."""

from typing import Any

from tests.matching.api_client import FEDERAL, HQ, MatchingClient, pointer, rep
from tests.matching.sign_ins.test_api import PHONE, asked, code_of, contact, message_of, signed_in
from tests.support.api import Answer

NEW_PHONE = "+79211234568"
NEW: dict[str, Any] = {
    "contact": {"name": "Анна", "channel": "sms", "phone": NEW_PHONE},
    "contact_role": "head",
    "consent_processing": True,
}


def codes(client: MatchingClient) -> dict[str, str]:
    """The sign-ins of the latest change, by their use."""
    return {each["use"]: each["sign_in_id"] for each in client.told("SignInRequested")}


def started(client: MatchingClient, me: Any, body: Any = NEW) -> str:
    """A change waits for its codes."""
    answer = client.post(me, "/contact-changes", body)
    assert answer.status == 202, answer.text
    client.world.settle()
    return f"/contact-changes/{answer.json['id']}/confirm"


def proof(client: MatchingClient) -> dict[str, str]:
    """Both codes of the latest change."""
    found = codes(client)
    return {
        "old_code": code_of(client, found["old_contact"]),
        "new_code": code_of(client, found["new_contact"]),
    }


def former(client: MatchingClient) -> Any:
    """Where the news of the latest change goes."""
    change = client.told("GuardianContactChanged")[-1]["contact_change_id"]
    return message_of(client, change, "guardian_contact_changed_guardian")


def renewed(client: MatchingClient, tokens: Any) -> Answer:
    """A device that was signed in before asks for another token."""
    return client.post(None, "/tokens/refresh", {"refresh_token": tokens["refresh_token"]})


def test_a_representative_hands_over_by_a_code_to_the_old_and_one_to_the_new_contact(
    client: MatchingClient,
) -> None:
    guardian = client.ready(contact=contact(PHONE))
    me, tokens = signed_in(client)
    path = started(client, me)
    sent = {use: message_of(client, each) for use, each in codes(client).items()}
    assert sent["old_contact"]["address"] == PHONE
    assert sent["new_contact"]["address"] == NEW_PHONE
    assert {each["of"] for each in client.told("SignInRequested")} == {"guardian"}
    right = proof(client)

    swapped = {"old_code": right["new_code"], "new_code": right["old_code"]}
    assert pointer(client.post(me, path, swapped)) == "/old_code"
    assert client.get(HQ, f"/guardians/{guardian}/contact")["phone"] == PHONE
    client.do(me, path, right)

    shown = client.get(HQ, f"/guardians/{guardian}/contact")
    assert (shown["name"], shown["phone"], shown["person_role"]) == ("Анна", NEW_PHONE, "head")
    assert shown["title"] and shown["inn"], "what is the organisation's own stays"
    assert former(client)["address"] == PHONE
    assert renewed(client, tokens).status == 401
    assert code_of(client, asked(client, NEW_PHONE))
    assert signed_in(client, NEW_PHONE)[0].org == guardian
    asked(client, PHONE)
    client.world.settle()
    assert client.told("SignInRequested")[-1]["known"] is False
    log = str(client.world.bus.log)
    assert not any(each in log for each in (NEW_PHONE, PHONE, "Анна"))
    assert client.post(me, path, right).code == "sign_in_again"


def test_a_change_is_its_guardian_s_alone_and_one_code_changes_nothing(
    client: MatchingClient,
) -> None:
    client.ready(contact=contact(PHONE))
    other = client.ready(contact=contact("+79211234569"))
    me, _ = signed_in(client)
    stranger, _ = signed_in(client, "+79211234569")
    path = started(client, me)
    right = proof(client)

    assert client.post(stranger, path, right).status == 404
    assert client.post(HQ, "/contact-changes", NEW).status == 404
    wrong = f"{(int(right['new_code']) + 1) % 10**6:06d}"
    assert pointer(client.post(me, path, right | {"new_code": wrong})) == "/new_code"
    same = NEW | {"contact": {"name": "Анна", "channel": "sms", "phone": PHONE}}
    assert pointer(client.post(me, "/contact-changes", same)) == "/contact/phone"
    landline = {"name": "Анна", "channel": "phone_task", "phone": "+78462000001"}
    refused = client.post(me, "/contact-changes", NEW | {"contact": landline})
    assert (pointer(refused), refused.json["errors"][0]["code"]) == (
        "/contact/phone",
        "sms_needs_mobile",
    )
    mail = NEW | {"contact": {"name": "Анна", "channel": "email", "address": "a@example.org"}}
    assert pointer(client.post(me, "/contact-changes", mail)) == "/contact/phone"
    unasked = {name: value for name, value in NEW.items() if name != "consent_processing"}
    assert pointer(client.post(me, "/contact-changes", unasked)) == "/consent_processing"
    client.do(FEDERAL, f"/guardians/{other}/withdrawal", {"reason": "other"})
    gone = client.post(stranger, "/contact-changes", NEW)
    assert (gone.status, gone.code) == (401, "sign_in_again")
    by_account = client.post(rep(other), "/contact-changes", NEW)
    assert (by_account.status, by_account.code) == (409, "guardian_is_withdrawn")
    client.do(me, path, right)


def test_a_code_that_is_typed_while_the_contact_changes_signs_no_one_in(
    client: MatchingClient,
) -> None:
    guardian = client.ready(contact=contact(PHONE))
    sign_in = asked(client)
    code = {"code": code_of(client, sign_in)}
    proved = NEW | {"evidence": "paper"}

    client.just_before_the_next_commit(
        lambda: client.do(FEDERAL, f"/guardians/{guardian}/contact", proved)
    )

    refused = client.post(None, f"/sign-ins/{sign_in}/token", code)
    assert (refused.status, refused.code) == (409, "sign_in_over")
    assert client.get(signed_in(client, NEW_PHONE)[0], "/devices")["items"][1:] == []


def test_a_code_of_before_signs_no_one_in_though_the_number_goes_to_another_person(
    client: MatchingClient,
) -> None:
    """Who has left the guardian may have asked for it on the phone that she hands over."""
    guardian = client.ready(contact=contact(PHONE))
    before = asked(client)
    code = {"code": code_of(client, before)}
    body = NEW | {"contact": NEW["contact"] | {"phone": PHONE}, "evidence": "paper"}

    client.do(FEDERAL, f"/guardians/{guardian}/contact", body)

    assert client.post(None, f"/sign-ins/{before}/token", code).code == "sign_in_over"
    assert signed_in(client)[0].org == guardian


def test_headquarters_replaces_a_contact_that_cannot_be_read_with_evidence(
    client: MatchingClient,
) -> None:
    guardian = client.ready(contact=contact(PHONE))
    client.ready(contact=contact("+79211234569"))
    me, tokens = signed_in(client)
    open_code = asked(client)
    code = code_of(client, open_code)
    path = f"/guardians/{guardian}/contact"

    assert pointer(client.post(FEDERAL, path, NEW)) == "/evidence"
    proved = NEW | {"evidence": "paper"}
    for other in (HQ, me):
        assert client.post(other, path, proved).status == 403
    taken = NEW["contact"] | {"phone": "+79211234569"}
    refused = client.post(FEDERAL, path, proved | {"contact": taken})
    assert (refused.status, refused.code) == (409, "contact_taken")
    gone = client.ready()
    client.do(FEDERAL, f"/guardians/{gone}/withdrawal", {"reason": "moved"})
    over = client.post(FEDERAL, f"/guardians/{gone}/contact", proved | {"contact": taken})
    assert over.code == "guardian_is_withdrawn", "another phone would not help"
    client.do(FEDERAL, path, proved)

    assert former(client)["address"] == PHONE
    another = NEW["contact"] | {"name": "Вера"}
    client.do(FEDERAL, path, proved | {"contact": another})
    assert client.get(HQ, path)["name"] == "Вера", "another person at the same phone"
    assert client.post(None, f"/sign-ins/{open_code}/token", {"code": code}).code == "sign_in_over"
    assert renewed(client, tokens).status == 401
    assert signed_in(client, NEW_PHONE)[0].org == guardian
    audit = [each for each in client.world.rows("matching-audit") if "evidence" in each]
    said = ("FH-1", guardian, "paper")
    assert said in {
        tuple(each.get(name, {}).get("S") for name in ("actor", "on_behalf_of", "evidence"))
        for each in audit
    }
