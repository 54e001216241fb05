"""A volunteer's contact changes: by two codes under its own account, or by the coordinator."""

from dataclasses import replace
from time import time
from typing import Any

from tests.matching.api_client import HQ, MatchingClient, person, pointer
from tests.matching.contact_changes.test_api import codes
from tests.matching.sign_ins.test_api import message_of
from tests.matching.volunteers.test_api import (
    STRANGER,
    VC,
    VC_Y,
    VOLUNTEER,
    approved,
    registered,
    wish,
)

BEFORE, AFTER = "+79210000001", "+79210000077"
MAIL = {"name": "Олег", "channel": "email", "address": "oleg@example.org"}


def moved(phone: str = AFTER, **more: Any) -> dict[str, Any]:
    """Another telephone for the volunteer of these tests."""
    contact = {"name": "Олег", "channel": "sms", "phone": phone}
    return {"contact": contact, "consent_processing": True} | more


def code(client: MatchingClient, use: str) -> str:
    """The latest code to one of the two contacts."""
    sent = message_of(client, codes(client)[use], "sign_in_requested_volunteer")
    return str(sent["variables"]["sign_in_code"])


def proof(client: MatchingClient) -> dict[str, str]:
    """Both codes of the latest change."""
    return {"old_code": code(client, "old_contact"), "new_code": code(client, "new_contact")}


def started(client: MatchingClient, volunteer: str, body: dict[str, Any]) -> str:
    """A change waits for its codes."""
    answer = client.post(VOLUNTEER, f"/volunteers/{volunteer}/contact-changes", body)
    assert answer.status == 202, answer.text
    client.world.settle()
    return f"/contact-changes/{answer.json['id']}/confirm"


def reached_at(client: MatchingClient, reference: str, template: str) -> str:
    """Where a message to the volunteer goes."""
    return str(message_of(client, reference, template)["address"])


def rows_of(client: MatchingClient, name: str) -> list[Any]:
    """The rows of the service and its vault that have this name."""
    data = client.world.rows("matching-data")
    return [row for row in data if name in (row["pk"]["S"], row["sk"]["S"])]


def test_a_volunteer_changes_its_contact_by_a_code_to_the_old_and_one_to_the_new(
    client: MatchingClient,
) -> None:
    volunteer = approved(client, account="V-1")
    own = f"/volunteers/{volunteer}/contact-changes"
    for other, status in ((STRANGER, 404), (VC_Y, 404), (VC, 403)):
        assert client.post(other, own, moved()).status == status
    assert pointer(client.post(VOLUNTEER, own, moved(BEFORE))) == "/contact/phone"
    landline = {"name": "Олег", "channel": "phone_task", "phone": "+78462000001"}
    assert pointer(client.post(VOLUNTEER, own, moved(contact=landline))) == "/contact/phone"
    path = started(client, volunteer, moved())
    sent = codes(client)
    template = "sign_in_requested_volunteer"
    where = {use: reached_at(client, each, template) for use, each in sent.items()}
    assert where == {"old_contact": BEFORE, "new_contact": AFTER}
    assert [each["of"] for each in client.told("SignInRequested")] == ["volunteer"] * 2
    for code_of in sent.values():
        signing_in = client.post(None, f"/sign-ins/{code_of}/token", {"code": "000000"})
        assert signing_in.code == "sign_in_over", "such a code signs nobody in"

    right = proof(client)
    assert client.post(STRANGER, path, right).status == 404
    wrong = f"{(int(right['old_code']) + 1) % 10**6:06d}"
    assert pointer(client.post(VOLUNTEER, path, right | {"old_code": wrong})) == "/old_code"
    client.do(VOLUNTEER, path, right)

    assert client.get(VC, f"/volunteers/{volunteer}/contact")["phone"] == AFTER
    assert reached_at(client, volunteer, "volunteer_task_offered_volunteer") == AFTER
    (told,) = client.told("VolunteerContactChanged")
    news = told["contact_change_id"]
    assert reached_at(client, news, "volunteer_contact_changed_volunteer") == BEFORE
    assert client.post(VOLUNTEER, path, right).code == "sign_in_over"
    client.do(VC, f"/volunteers/{volunteer}/contact", moved(BEFORE, evidence="paper"))
    assert client.post(VOLUNTEER, path, right).code == "sign_in_over", "a code counts once"
    log = str(client.world.bus.log)
    assert not any(each in log for each in (BEFORE, AFTER, "Олег"))
    for kept in (f"CONTACT_CHANGE#{news}", f"{news}#new", f"{news}#former"):
        found = rows_of(client, kept)
        a_day = [int(row["expires_at"]["N"]) - time() for row in found]
        assert [round(each / 3600) for each in a_day] == [24], kept


def test_codes_of_a_contact_that_was_replaced_meanwhile_change_nothing(
    client: MatchingClient,
) -> None:
    volunteer = approved(client, account="V-1")
    path = started(client, volunteer, moved())
    right = proof(client)
    client.do(VC, f"/volunteers/{volunteer}/contact", moved("+79210000088", evidence="paper"))

    answer = client.post(VOLUNTEER, path, right)
    assert answer.code == "sign_in_over"
    assert [each["action"] for each in answer.json["next_steps"]] == ["start_contact_change"]
    late = message_of(client, codes(client)["old_contact"], "sign_in_requested_volunteer")
    assert late["refused"] == "unknown_contact"
    assert client.get(VC, f"/volunteers/{volunteer}/contact")["phone"] == "+79210000088"


def test_the_coordinator_replaces_a_contact_with_evidence(client: MatchingClient) -> None:
    volunteer = registered(client)
    path, proved = f"/volunteers/{volunteer}/contact", moved(evidence="phone_call")

    assert pointer(client.post(VC, path, moved())) == "/evidence"
    landline = {"contact": {"name": "Олег", "channel": "sms", "phone": "+78462000001"}}
    assert pointer(client.post(VC, path, proved | landline)) == "/contact/phone"
    for other, status in ((VC_Y, 404), (HQ, 404), (VOLUNTEER, 404)):
        assert client.post(other, path, proved).status == status
    assert client.post(VC, path, proved, if_match="7").status == 412
    seen = client.get(VC, f"/volunteers/{volunteer}/access-log")["items"]
    assert "change_contact" not in [each["purpose"] for each in seen], "nothing was read for it"
    client.do(VC, path, proved, if_match="1")
    client.do(VC, path, {"contact": MAIL, "consent_processing": True, "evidence": "paper"})

    assert client.get(VC, path) == {"volunteer_id": volunteer, "phone": None} | MAIL
    former = [each["contact_change_id"] for each in client.told("VolunteerContactChanged")]
    template = "volunteer_contact_changed_volunteer"
    assert [reached_at(client, each, template) for each in former] == [BEFORE, AFTER]
    audit = [each for each in client.world.rows("matching-audit") if "evidence" in each]
    said = [("actor", "VC-1"), ("on_behalf_of", volunteer), ("evidence", "phone_call")]
    assert any(all(each.get(name) == {"S": value} for name, value in said) for each in audit)
    client.do(VC, f"/volunteers/{volunteer}/leaving", {"reason": "moved"})
    gone = client.post(VC, path, proved)
    assert (gone.status, gone.code) == (409, "volunteer_is_left")
    (row,) = [each for each in client.world.rows("matching-data") if each["sk"]["S"] == "VOLUNTEER"]
    assert "_index" not in row["doc"]["S"]


def test_a_coordinator_who_helps_too_proves_nothing_about_herself(client: MatchingClient) -> None:
    volunteer = approved(client, account="VC-2")
    herself = replace(VC, id="VC-2")

    itself = {"kind": "professional", "sector": "ngo", "large_family": False}
    for step, body in (
        ("contact", moved(evidence="paper")), ("account", {}), ("correction", itself),
    ):  # fmt: skip
        assert client.post(herself, f"/volunteers/{volunteer}/{step}", body).status == 403, step
    shown = client.get(herself, f"/volunteers/{volunteer}")
    assert not {*shown["next_steps"]} & {"change_account", "correct_volunteer"}
    client.do(VC, f"/volunteers/{volunteer}/contact", moved(evidence="paper"))
    client.do(VC, f"/volunteers/{volunteer}/account", {})


def test_news_of_a_change_is_told_to_no_one_by_telephone(client: MatchingClient) -> None:
    called = {"name": "Олег", "channel": "phone_task", "phone": BEFORE}
    volunteer = registered(client, contact=called)
    client.do(VC, f"/volunteers/{volunteer}/contact", moved(evidence="paper"))

    (told,) = client.told("VolunteerContactChanged")
    template = "volunteer_contact_changed_volunteer"
    assert message_of(client, told["contact_change_id"], template)["channel"] == "sms"


def test_a_person_is_known_again_by_the_contact_that_it_has_now(client: MatchingClient) -> None:
    volunteer, other = registered(client), registered(client, 2)
    path = f"/volunteers/{volunteer}/contact"
    taken = client.post(VC, path, moved("+79210000002", evidence="paper"))
    assert (taken.status, taken.code) == (409, "volunteer_known")
    assert other in taken.json["detail"], "the list shows no names"
    daughter = {"name": "Анна", "channel": "sms", "phone": "+79210000002"}
    client.do(VC, path, moved(evidence="paper", contact=daughter))

    again = client.post(VC, "/volunteers", wish(contact=daughter))
    assert (again.status, again.code) == (409, "volunteer_known")
    assert registered(client) not in (volunteer, other), "the contact of before is free again"


def test_who_is_registered_twice_hears_who_mends_it_and_not_the_other_record(
    client: MatchingClient,
) -> None:
    volunteer, other = approved(client, account="V-1"), registered(client, 2)
    path = started(client, volunteer, moved("+79210000002"))

    refused = client.post(VOLUNTEER, path, proof(client))

    assert (refused.status, refused.code) == (409, "registered_twice")
    assert other not in refused.text
    assert client.get(VC, f"/volunteers/{volunteer}/contact")["phone"] == BEFORE


def test_an_account_changes_its_own_record_alone(client: MatchingClient) -> None:
    mine, other = approved(client, account="V-1"), approved(client, 2, account="V-2")
    owner = person("V-2", "volunteer", "ZR")
    path = started(client, mine, moved())
    right = proof(client)

    assert client.post(owner, path, right).status == 404
    assert client.post(VOLUNTEER, f"/volunteers/{other}/contact-changes", moved()).status == 404
    client.do(VOLUNTEER, path, right)
    assert client.get(VC, f"/volunteers/{other}/contact")["phone"] == "+79210000002"


def test_who_can_get_no_code_is_told_so_and_the_coordinator_changes_the_contact(
    client: MatchingClient,
) -> None:
    landline = {"name": "Олег", "channel": "phone_task", "phone": "+78462000001"}
    volunteer = approved(client, account="V-1", contact=landline)
    own, others = f"/volunteers/{volunteer}/contact-changes", f"/volunteers/{volunteer}/contact"
    refused = client.post(VOLUNTEER, own, moved())
    assert (refused.status, refused.code) == (409, "old_contact_takes_no_codes")
    assert client.told("SignInRequested") == []

    client.do(VC, others, moved(contact=MAIL, evidence="paper"))
    same = client.post(VOLUNTEER, own, moved(contact=MAIL))
    assert (same.code, pointer(same)) == ("same_contact", "/contact/address")
    assert client.post(VOLUNTEER, own, moved()).status == 202


def test_another_person_or_channel_at_the_same_phone_is_a_change(client: MatchingClient) -> None:
    volunteer = registered(client)
    path = f"/volunteers/{volunteer}/contact"
    for name, channel in (("Олег", "phone_task"), ("Анна", "sms")):
        contact = {"name": name, "channel": channel, "phone": BEFORE}
        client.do(VC, path, moved(contact=contact, evidence="paper"))
        shown = client.get(VC, path)
        assert (shown["name"], shown["channel"], shown["phone"]) == (name, channel, BEFORE)
    assert registered(client) != volunteer, "the name of before is free again"
