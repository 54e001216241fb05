"""The phone that proves a holder changes: by two codes, or by evidence; a thief gains nothing."""

from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from shared.privacy import contact
from tests.cards.api_client import (
    BOT,
    CONTACT,
    LEADER,
    LEADER_Y,
    OFFICE,
    CardsClient,
)
from tests.cards.contact_changes.phones import (
    NEW,
    NEW_PHONE,
    ORDER,
    OTHER_OFFICE,
    change,
    codes,
    former_of,
    reached,
)
from tests.cards.offices import decide, issue
from tests.support.api import Answer

BY_MAIL = {"name": "Мария", "channel": "email", "address": "maria@example.org"}


def wrong(answer: Answer) -> tuple[str, str]:
    """What is wrong with an input, and where."""
    (error,) = answer.json["errors"]
    return error["code"], error["pointer"]


def test_a_holder_changes_her_phone_by_a_code_to_the_old_and_one_to_the_new(
    client: CardsClient,
) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    me = client.signed_in()
    same = client.post(me, "/v1/contact-changes", contact=CONTACT)
    assert wrong(same) == ("same_contact", "/contact/phone")
    path = change(client, me)
    sent = {use: client.message_of(each) for use, each in codes(client).items()}
    assert sent["old_contact"]["address"] == "+79211234567"
    assert sent["new_contact"]["address"] == NEW_PHONE
    old, new = (sent[use]["variables"]["sign_in_code"] for use in ("old_contact", "new_contact"))

    mixed_up = client.post(me, path, old_code=new, new_code=old)
    assert wrong(mixed_up) == ("sign_in_code_wrong", "/old_code")
    client.done(me, path, old_code=old, new_code=new)

    assert client.signed_in(NEW_PHONE).id == me.id
    assert client.get(LEADER, f"/v1/cards/{card['id']}/contact").json["phone"] == NEW_PHONE
    (told,) = client.events("HolderContactChanged")
    assert not told["notifies_former"]
    assert (told.get("card_id"), told["living_card_id"]) == (None, card["id"])
    client.issue("FP-2", contact=CONTACT)
    assert client.signed_in().id != me.id


def test_a_code_comes_to_the_messenger_where_the_phone_takes_no_texts(client: CardsClient) -> None:
    landline = "+74951234567"
    at_home = {"name": "Татьяна", "channel": "bot", "address": "max:3", "phone": landline}
    client.issue("FP-1", contact=at_home)
    me = client.signed_in(landline)
    refused = client.post(me, "/v1/contact-changes", contact=at_home | {"phone": "+74951234568"})
    assert wrong(refused) == ("sms_needs_mobile", "/contact/phone")
    change(client, me)
    assert client.message_of(codes(client)["old_contact"])["address"] == "max:3"
    without_phone = {"name": "Татьяна", "channel": "bot", "address": "max:4"}
    change(client, me, without_phone)
    assert client.message_of(codes(client)["new_contact"])["address"] == "max:4"


def test_a_contact_that_takes_no_codes_is_changed_by_staff(client: CardsClient) -> None:
    issued = client.issue("FP-1", contact=CONTACT)
    card = issued["id"]
    called = CONTACT | {"channel": "phone_task", "phone": "+74951234567"}
    path, known = f"/v1/cards/{card}/change-contact", {"evidence": "in_person"}
    refused = client.post(LEADER, path, contact=BY_MAIL, **known)
    assert wrong(refused) == ("phone_missing", "/contact/phone")
    client.done(LEADER, path, contact=called, **known)
    assert client.at_the_till(issued["number"]).generation == 1  # her phone shows it as before
    client.done(LEADER, path, contact=NEW, **known)
    assert former_of(client) == "no_channel"


def test_staff_replaces_a_number_that_operators_give_out_no_more(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/cards/{client.issue('FP-1', contact=CONTACT)['id']}"
    me, known = client.signed_in(), contact._phone
    asked = client.ask_for_code().json["id"]

    def plan_of_next_year(text: str) -> tuple[str, bool]:
        if known(text)[0] == "+79211234567":
            raise PydanticCustomError("bad_phone", "not a phone number")
        return known(text)

    monkeypatch.setattr(contact, "_phone", plan_of_next_year)
    assert client.get(LEADER, f"{path}/contact").status == 404
    assert client.message_of(asked) == {"reference": asked, "refused": "unknown_contact"}
    refused = client.post(me, "/v1/contact-changes", contact=NEW)
    assert (refused.status, refused.code) == (409, "old_contact_takes_no_codes")
    assert "лидеру" in refused.json["detail"]
    client.done(LEADER, f"{path}/change-contact", contact=NEW, evidence="in_person")
    assert client.get(LEADER, f"{path}/contact").json["phone"] == NEW_PHONE


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


@pytest.mark.parametrize("by_staff", [True, False])
def test_so_is_one_that_becomes_anothers_in_that_moment(
    client: CardsClient, by_staff: bool
) -> None:
    card, other = (client.issue("FP-1", contact=CONTACT)["id"], client.issue("FP-2")["id"])
    body: dict[str, Any] = {"contact": NEW, "evidence": "in_person"}
    who, path, proof = LEADER, f"/v1/cards/{card}/change-contact", body
    if not by_staff:
        who = client.signed_in()
        path, found = change(client, who), codes(client)
        proof = {f"{one}_code": client.code_of(found[f"{one}_contact"]) for one in ("old", "new")}
    taken = f"/v1/cards/{other}/change-contact"
    client.just_before_the_next_commit(lambda: client.done(LEADER, taken, **body))

    assert client.post(who, path, **proof).code == "contact_taken"


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
    renewed = client.renew(tokens)
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


@pytest.mark.parametrize("again", [True, False], ids=["again", "second"])
def test_a_contact_is_changed_by_the_card_that_its_holder_has(
    client: CardsClient, again: bool
) -> None:
    first = issue(client, "1024", "D02", CONTACT["phone"]).json["id"]
    if again:
        client.done(LEADER, f"/v1/cards/{first}/revoke", reason="moved_away")
    second = issue(client, "1024", "D03", "+79211234569").json["id"]
    decide(client, second, "same_person")
    ended, living = (first, second) if again else (second, first)
    body = {"contact": NEW, "evidence": "in_person"}

    refused = client.post(LEADER, f"/v1/cards/{ended}/change-contact", **body)
    assert (refused.status, refused.code) == (409, "card_elsewhere")
    client.done(LEADER, f"/v1/cards/{living}/change-contact", **body)
    assert reached(client, living, "card_issued_holder") == NEW_PHONE
    if again:  # what the other office knew is hers as well
        client.done(LEADER, f"/v1/cards/{living}/change-contact", **body | {"contact": CONTACT})
        assert client.get(client.signed_in(), f"/v1/cards/{living}").status == 200


@pytest.mark.parametrize("contact", [CONTACT, BY_MAIL])
def test_a_change_of_phone_is_not_lost_to_an_activation_at_the_same_moment(
    client: CardsClient, contact: dict[str, str]
) -> None:
    client.issue("FP-1", contact=CONTACT)
    card = client.issue("FP-2", contact=CONTACT)
    path = f"/v1/cards/{card['id']}"
    change_now = {"contact": NEW, "evidence": "in_person"}
    client.just_before_the_next_commit(
        lambda: client.done(LEADER, f"{path}/change-contact", **change_now)
    )

    assert client.activate(card, contact=contact).code == "contact_differs"

    assert client.get(LEADER, f"{path}/contact").json["phone"] == NEW_PHONE


def test_who_leaves_a_shared_phone_is_signed_in_there_no_more(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact=CONTACT)
    tokens = client.sign_in()
    me = client.recognise(tokens["access_token"])
    path, sent = change(client, me), codes(client)
    old, new = (client.code_of(sent[use]) for use in ("old_contact", "new_contact"))

    client.done(me, path, old_code=old, new_code=new)

    assert client.renew(tokens).status == 401
    assert client.signed_in(NEW_PHONE).id == me.id
    assert client.signed_in().id != me.id


def test_a_code_goes_to_no_other_phone_than_it_was_asked_for(client: CardsClient) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    asked = client.ask_for_code().json["id"]

    client.done(LEADER, f"/v1/cards/{card['id']}/change-contact", contact=NEW, evidence="in_person")

    assert client.message_of(asked) == {"reference": asked, "refused": "unknown_contact"}


def test_a_card_that_was_in_use_before_it_was_lost_gets_no_new_code(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(LEADER, f"/v1/cards/{card}/block", reason="lost")
    version = client.get(LEADER, f"/v1/cards/{card}").json["version"]

    client.done(LEADER, f"/v1/cards/{card}/change-contact", contact=NEW, evidence="in_person")
    client.world.settle()

    assert client.get(LEADER, f"/v1/cards/{card}").json["version"] == version
