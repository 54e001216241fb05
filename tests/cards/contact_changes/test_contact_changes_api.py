"""The phone that proves a holder changes: by two codes, or by evidence; a thief gains nothing."""

from typing import Any

import pytest

from tests.cards.api_client import (
    BOT,
    CONTACT,
    LEADER,
    LEADER_Y,
    OFFICE,
    CardsClient,
    person,
)
from tests.support.world import at

NEW_PHONE = "+79211234568"
NEW = CONTACT | {"phone": NEW_PHONE}
ORDER = {"order_ref": "17-р", "ordered_on": "2026-10-05"}
OTHER_OFFICE = person("DO-03", "district_office", districts=("D03",))


def codes(client: CardsClient) -> dict[str, str]:
    """The sign-ins of the latest change, by their use."""
    told = client.events("SignInRequested")
    return {each["use"]: each["sign_in_id"] for each in told}


def change(client: CardsClient, me: Any, contact: Any = NEW) -> str:
    answer = client.post(me, "/v1/contact-changes", contact=contact)
    assert answer.status == 202, answer.text
    return f"/v1/contact-changes/{answer.json['id']}/confirm"


def test_a_holder_changes_her_phone_by_a_code_to_the_old_and_one_to_the_new(
    client: CardsClient,
) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    me = client.signed_in()
    path = change(client, me)
    sent = {use: client.message_of(each) for use, each in codes(client).items()}
    assert sent["old_contact"]["address"] == "+79211234567"
    assert sent["new_contact"]["address"] == NEW_PHONE
    old, new = (sent[use]["variables"]["sign_in_code"] for use in ("old_contact", "new_contact"))

    assert client.post(me, path, old_code=new, new_code=old).code == "sign_in_code_wrong"
    client.done(me, path, old_code=old, new_code=new)

    assert client.signed_in(NEW_PHONE).id == me.id
    assert client.get(LEADER, f"/v1/cards/{card['id']}/contact").json["phone"] == NEW_PHONE
    (told,) = client.events("HolderContactChanged")
    assert not told["notifies_former"]
    client.issue("FP-2", contact=CONTACT)
    assert client.signed_in().id != me.id


def test_one_of_the_two_codes_changes_nothing(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    me = client.signed_in()
    path = change(client, me)
    found = codes(client)
    old = client.code_of(found["old_contact"])
    wrong = f"{(int(client.code_of(found['new_contact'])) + 1) % 10**6:06d}"

    refused = client.post(me, path, old_code=old, new_code=wrong)

    assert refused.json["errors"][0]["pointer"] == "/new_code"
    assert client.signed_in().id == me.id
    for sign_in in found.values():  # nor do they sign anyone in
        assert client.enter_code(sign_in, client.code_of(sign_in)).code == "sign_in_over"


def test_a_change_is_its_holders_alone(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact=CONTACT | {"phone": "+79211234569"})
    me, other = client.signed_in(), client.signed_in("+79211234569")
    path = change(client, me)
    proof = {
        f"{use.split('_')[0]}_code": client.code_of(each)
        for use, each in codes(client).items()
        if use != "sign_in"
    }

    assert client.post(other, path, **proof).status == 404
    assert client.post(LEADER, path, **proof).status == 404
    assert client.post(LEADER, "/v1/contact-changes", contact=NEW).status == 404
    client.done(me, path, **proof)


def test_a_phone_of_another_holder_is_refused_only_to_who_reads_it(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact=NEW)
    me = client.signed_in()
    path = change(client, me)
    found = codes(client)

    proof = [client.code_of(found[use]) for use in ("old_contact", "new_contact")]
    answer = client.post(me, path, old_code=proof[0], new_code=proof[1])
    assert answer.code == "contact_taken"


@pytest.mark.parametrize("stolen", [False, True])
def test_staff_changes_a_phone_with_evidence_and_the_old_one_is_told_unless_stolen(
    client: CardsClient, stolen: bool
) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    tokens = client.sign_in()
    chat = client.bind().json
    asked = client.ask_for_code().json["id"]
    code = client.code_of(asked)
    path = f"/v1/cards/{card['id']}/change-contact"

    assert client.post(LEADER, path, contact=NEW).status == 422
    client.done(LEADER, path, contact=NEW, evidence="in_person", stolen=stolen)

    (told,) = client.events("HolderContactChanged")
    item = {
        "reference": told["contact_change_id"], "event_id": "e",
        "template": "holder_contact_changed_holder",
    }  # fmt: skip
    (reached,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    assert told["notifies_former"] is not stolen
    assert reached.get("address") == (None if stolen else "+79211234567")
    # who holds the old phone is out, and its codes are void
    assert client.enter_code(asked, code).code == "sign_in_over"
    renewed = client.post(None, "/v1/tokens/refresh", refresh_token=tokens["refresh_token"])
    assert (renewed.status, renewed.code) == (401, "sign_in_again")
    assert client.post(BOT, f"/v1/devices/{chat['device_id']}/token").status == 401
    with_new = client.signed_in(NEW_PHONE)
    assert len(client.get(with_new, "/v1/devices").json["items"]) == 1
    assert client.get(with_new, "/v1/my-cards").json["items"][0]["id"] == card["id"]
    (audited,) = (
        row for row in client.world.rows("cards-audit")
        if row.get("action", {}).get("S") == "change_contact" and row["type"]["S"] == "HOLDER"
    )  # fmt: skip
    assert (audited["actor"]["S"], audited["evidence"]["S"]) == (LEADER.id, "in_person")
    assert audited["on_behalf_of"]["S"] == with_new.id


def test_the_office_that_issued_a_card_changes_its_phone_and_no_other_does(
    client: CardsClient,
) -> None:
    facts = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1", "order": ORDER}
    card = client.post(OFFICE, "/v1/cards", contact=CONTACT, **facts).json
    path = f"/v1/cards/{card['id']}/change-contact"
    body = {"contact": NEW, "evidence": "signed_form"}

    assert client.post(OTHER_OFFICE, path, **body).status == 404
    assert client.post(LEADER_Y, path, **body).status == 404
    assert client.post(client.signed_in(), path, **body).status == 403
    client.done(OFFICE, path, **body)
    assert client.signed_in(NEW_PHONE)


@pytest.mark.requirement("S0-47")
def test_a_replacement_after_theft_never_sends_its_code_to_the_old_contact(
    client: CardsClient,
) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(LEADER, f"/v1/cards/{card}/block", reason="stolen")

    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="lost").json
    assert reached(client, new["id"], "card_issued_holder") == "contact_stolen"
    assert reached(client, new["id"], "card_activation_due_holder") == "contact_stolen"
    client.world.set_time(at("2026-10-06 10:00"))
    body = {"contact": NEW, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{new['id']}/change-contact", **body)

    assert reached(client, new["id"], "card_issued_holder") == NEW_PHONE
    holder = client.signed_in(NEW_PHONE)
    assert client.activate(new, holder, contact=NEW).status == 200


def test_a_card_replaced_as_stolen_sends_nothing_to_the_phone_either(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))

    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="stolen").json
    assert reached(client, new["id"], "card_issued_holder") == "contact_stolen"
    renewed = client.done(LEADER, f"/v1/cards/{new['id']}/renew-code")
    assert reached(client, renewed["id"], "card_issued_holder") == "contact_stolen"


def reached(client: CardsClient, card: str, template: str) -> str:
    """The address a message about a card goes to, or why it does not."""
    item = {"reference": card, "event_id": "e", "template": template}
    (found,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    return str(found.get("address") or found["refused"])
