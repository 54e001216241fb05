"""The phone that proves a holder changes: by two codes, or by evidence; a thief gains nothing."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from services.cards.holders.vault_records import phone_index
from shared import clock
from shared.privacy import contact
from shared.privacy.vault import Vault
from tests.cards.api_client import (
    BOT,
    CONTACT,
    LEADER,
    LEADER_Y,
    OFFICE,
    CardsClient,
    person,
)
from tests.cards.offices import decide, issue
from tests.support.world import at

NEW_PHONE = "+79211234568"
NEW = CONTACT | {"phone": NEW_PHONE}
ORDER = {"order_ref": "17-р", "ordered_on": "2026-10-05"}
OPERATOR = person("OP-1", "hotline_operator")
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
    assert client.post(me, "/v1/contact-changes", contact=CONTACT).code == "same_contact"
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
    assert (told.get("card_id"), told["living_card_id"]) == (None, card["id"])
    client.issue("FP-2", contact=CONTACT)
    assert client.signed_in().id != me.id


def test_a_code_comes_to_the_messenger_where_the_phone_takes_no_texts(client: CardsClient) -> None:
    landline = "+74951234567"
    at_home = {"name": "Татьяна", "channel": "bot", "address": "bot-000003", "phone": landline}
    client.issue("FP-1", contact=at_home)
    me = client.signed_in(landline)
    refused = client.post(me, "/v1/contact-changes", contact=at_home | {"phone": "+74951234568"})
    assert (refused.status, refused.code) == (422, "sms_needs_mobile")
    change(client, me)
    assert client.message_of(codes(client)["old_contact"])["address"] == "bot-000003"
    without_phone = {"name": "Татьяна", "channel": "bot", "address": "bot-000004"}
    change(client, me, without_phone)
    assert client.message_of(codes(client)["new_contact"])["address"] == "bot-000004"


def test_a_contact_that_takes_no_codes_is_changed_by_staff(client: CardsClient) -> None:
    issued = client.issue("FP-1", contact=CONTACT)
    card, me = issued["id"], client.signed_in()
    called = CONTACT | {"channel": "phone_task", "phone": "+74951234567"}
    mail = {"name": "Мария", "channel": "email", "address": "maria@example.org"}
    path, known = f"/v1/cards/{card}/change-contact", {"evidence": "in_person"}
    assert client.post(LEADER, path, contact=mail, **known).code == "phone_missing"
    client.done(LEADER, path, contact=called, **known)
    assert client.at_the_till(issued["number"]).generation == 1  # her phone shows it as before
    refused = client.post(me, "/v1/contact-changes", contact=NEW)
    assert (refused.status, refused.code) == (409, "old_contact_takes_no_codes")
    assert "лидеру" in refused.json["detail"]


def test_staff_replaces_a_number_that_operators_give_out_no_more(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/cards/{client.issue('FP-1', contact=CONTACT)['id']}"
    me, known = client.signed_in(), contact._phone

    def plan_of_next_year(text: str) -> tuple[str, bool]:
        if known(text)[0] == "+79211234567":
            raise PydanticCustomError("bad_phone", "not a phone number")
        return known(text)

    monkeypatch.setattr(contact, "_phone", plan_of_next_year)
    assert client.get(LEADER, f"{path}/contact").status == 404
    assert client.post(me, "/v1/contact-changes", contact=NEW).code == "old_contact_takes_no_codes"
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


def test_a_replacement_after_theft_never_sends_its_code_to_the_old_contact(
    client: CardsClient,
) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(LEADER, f"/v1/cards/{card}/block", reason="stolen")

    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="lost").json
    assert reached(client, new["id"], "card_issued_holder") == "contact_stolen"
    assert reached(client, new["id"], "card_activation_due_holder") == "contact_stolen"
    assert client.activate(new, contact=NEW).code == "contact_stolen"  # it is changed first
    client.world.set_time(at("2026-10-06 10:00"))
    body = {"contact": NEW, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{new['id']}/change-contact", **body)

    assert reached(client, new["id"], "card_issued_holder") == NEW_PHONE
    holder = client.signed_in(NEW_PHONE)
    assert client.activate(new, holder, contact=NEW).status == 200


def test_a_stolen_number_that_is_hers_again_proves_her_and_gets_the_code(
    client: CardsClient,
) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    asked = client.ask_for_code().json["id"]
    by_thief = client.code_of(asked)
    client.done(OPERATOR, f"/v1/cards/{card}/block", reason="stolen")
    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="lost").json["id"]

    # a new SIM has the number of the old one; the work names the card that was stolen
    body = {"contact": CONTACT, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **body)

    told = [each["renewed"] for each in client.events("CardIssued") if each["card_id"] == new]
    assert told == [False, True]
    assert reached(client, new, "card_issued_holder") == "+79211234567"
    assert client.enter_code(asked, by_thief).code == "sign_in_over"
    assert client.signed_in()


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


def former_of(client: CardsClient) -> str:
    """Where the news of the latest change goes, or why it does not."""
    told = client.events("HolderContactChanged")[-1]
    return reached(client, told["contact_change_id"], "holder_contact_changed_holder")


@pytest.mark.parametrize("reason", ["stolen", "lost_with_phone"])
def test_a_phone_that_was_reported_stolen_is_told_nothing_of_its_change(
    client: CardsClient, reason: str
) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(person("OP-1", "hotline_operator"), f"/v1/cards/{card}/block", reason=reason)
    path = f"/v1/cards/{card}/change-contact"

    client.done(LEADER, path, contact=NEW, evidence="in_person")
    assert former_of(client) == "contact_stolen"

    client.world.set_time(at("2026-10-06 10:00"))
    newer = CONTACT | {"phone": "+79211234569"}
    client.done(LEADER, path, contact=newer, evidence="in_person")
    assert former_of(client) == NEW_PHONE  # which came after the theft
    renamed = {"contact": newer | {"name": "Анна"}, "evidence": "in_person"}
    client.done(LEADER, path, **renamed)
    assert former_of(client) == "contact_stolen"  # nothing has changed for who reads it
    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="lost").json
    assert reached(client, new["id"], "card_issued_holder") == newer["phone"]


def test_a_thief_with_the_phone_gets_nowhere_and_the_holder_does(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = client.issue("FP-1", contact=CONTACT)
    card = client.activate(issued, LEADER, evidence="in_person").json["id"]
    tokens, chat = client.sign_in(), client.bind().json
    thief = client.recognise(tokens["access_token"])
    path = change(client, thief)
    found = codes(client)
    proof = {f"{which}_code": client.code_of(found[f"{which}_contact"]) for which in ("old", "new")}
    client.done(person("OP-1", "hotline_operator"), f"/v1/cards/{card}/block", reason="stolen")

    # an access token lives for a quarter of an hour yet, and opens nothing that a phone proves
    for step, body in (
        (path, proof), ("/v1/contact-changes", {"contact": NEW}),
        (f"/v1/cards/{card}/unblock", {}),
    ):  # fmt: skip
        refused = client.post(thief, step, **body)
        assert (refused.status, refused.code) == (409, "contact_stolen")
    renewed = client.post(None, "/v1/tokens/refresh", refresh_token=tokens["refresh_token"])
    assert renewed.status == 401
    assert client.post(BOT, f"/v1/devices/{chat['device_id']}/token").status == 401
    later = clock.wall() + timedelta(hours=1)
    with monkeypatch.context() as hour:
        hour.setattr(clock, "wall", lambda: later)
        asked = client.ask_for_code()
        assert asked.status == 202
        assert client.message_of(asked.json["id"])["refused"] == "unknown_contact"

    recovered = {"contact": NEW, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **recovered)
    me = client.signed_in(NEW_PHONE)
    assert me.id == thief.id
    client.done(me, f"/v1/cards/{card}/unblock")
    assert client.done(me, f"/v1/cards/{card}/hand-over-code")["qr_secret"]


def test_a_phone_that_was_found_proves_its_holder_again(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    me = client.signed_in()
    client.done(me, f"/v1/cards/{card}/block", reason="lost_with_phone")
    client.done(LEADER, f"/v1/cards/{card}/unblock")

    assert client.signed_in().id == me.id
    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="damaged").json["id"]
    assert reached(client, new, "card_issued_holder") == "+79211234567"


def test_a_new_card_after_a_theft_sends_no_code_to_the_phone_of_before(
    client: CardsClient,
) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(LEADER, f"/v1/cards/{card}/block", reason="stolen")
    client.done(LEADER, f"/v1/cards/{card}/revoke", reason="moved_away")

    again = client.issue("FP-1", contact=CONTACT)

    assert reached(client, again["id"], "card_issued_holder") == "contact_stolen"


@pytest.mark.parametrize("reason", ["stolen", "lost_with_phone"])
def test_a_replacement_sends_no_code_to_a_phone_lost_with_the_card(
    client: CardsClient, reason: str
) -> None:
    first = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    second = client.active_card_of(client.issue("FP-2", contact=NEW), NEW)
    client.done(LEADER, f"/v1/cards/{first}/block", reason=reason)
    new = client.post(LEADER, f"/v1/cards/{first}/replace", reason="lost").json["id"]
    other = client.post(LEADER, f"/v1/cards/{second}/replace", reason=reason).json["id"]

    for card in (new, other):
        assert reached(client, card, "card_issued_holder") == "contact_stolen"


def test_a_phone_whose_holder_has_no_card_any_more_is_free(client: CardsClient) -> None:
    gone = client.issue("FP-2", contact=NEW)
    client.done(LEADER, f"/v1/cards/{gone['id']}/revoke", reason="moved_away")
    former = client.sign_in(NEW_PHONE)
    client.issue("FP-1", contact=CONTACT)
    me = client.signed_in()
    path = change(client, me)
    found = codes(client)
    proof = {f"{which}_code": client.code_of(found[f"{which}_contact"]) for which in ("old", "new")}

    client.done(me, path, **proof)

    assert client.signed_in(NEW_PHONE).id == me.id
    assert (
        client.post(None, "/v1/tokens/refresh", refresh_token=former["refresh_token"]).status == 401
    )


def test_staff_gives_a_freed_phone_to_who_has_it_now(client: CardsClient) -> None:
    gone = client.issue("FP-2", contact=NEW)
    client.done(LEADER, f"/v1/cards/{gone['id']}/revoke", reason="moved_away")
    stolen = {"contact": NEW, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{gone['id']}/change-contact", **stolen)
    former = client.signed_in(NEW_PHONE)
    mine = client.issue("FP-1", contact=CONTACT)["id"]
    body = {"contact": NEW, "evidence": "in_person"}

    client.done(LEADER, f"/v1/cards/{mine}/change-contact", **body)

    assert client.signed_in(NEW_PHONE).id not in ("", former.id)
    client.issue("FP-3", contact=CONTACT)
    other = client.issue("FP-4")["id"]
    taken = client.post(LEADER, f"/v1/cards/{other}/change-contact", **body)
    assert taken.code == "contact_taken"


def test_a_former_number_is_bound_to_nothing(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    shared = client.post(
        OTHER_OFFICE, "/v1/cards", region="ZR", district_id="D03", holder_ref="FP-2", order=ORDER,
        contact=CONTACT,
    ).json["id"]  # fmt: skip
    body = {"decision": "different_person", "reason": "holder_asked"}
    client.done(LEADER, f"/v1/cards/{shared}/decide-duplicate", **body)
    changed = {"contact": NEW, "evidence": "in_person"}
    client.done(LEADER, f"/v1/cards/{shared}/change-contact", **changed)

    with client.world.service("cards"):
        index = phone_index("+79211234567", Vault.connect())
        bound = [row for row in client.world.rows("cards-data") if index in str(row)]
    assert {row["pk"]["S"].partition("#")[0] for row in bound} <= {"HOLDER", "UNIQUE"}
    (holder,) = (row for row in bound if row["pk"]["S"].startswith("HOLDER"))
    me = client.signed_in()
    assert me.id in holder["pk"]["S"]  # it is still the first one's, and no longer the second's


def test_a_card_replaced_as_stolen_sends_nothing_to_the_phone_either(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))

    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="stolen").json
    assert reached(client, new["id"], "card_issued_holder") == "contact_stolen"
    renewed = client.done(LEADER, f"/v1/cards/{new['id']}/renew-code")
    assert reached(client, renewed["id"], "card_issued_holder") == "contact_stolen"


def test_a_phone_that_was_stolen_with_a_replaced_card_proves_no_one(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    me = client.sign_in()

    client.post(LEADER, f"/v1/cards/{card}/replace", reason="stolen")

    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    renewed = client.post(None, "/v1/tokens/refresh", refresh_token=me["refresh_token"])
    assert renewed.status == 401


@pytest.mark.parametrize("held", [False, True])
def test_a_phone_that_is_stolen_after_the_card_was_lost_proves_no_one(
    client: CardsClient, held: bool
) -> None:
    if held:
        client.issue("FP-1", district_id="D05")
    card = issue(client, "FP-1", "D02", CONTACT["phone"]).json["id"]
    client.done(LEADER, f"/v1/cards/{card}/block", reason="lost")
    assert client.post(LEADER, f"/v1/cards/{card}/block", reason="other").code == "card_blocked"

    client.done(OPERATOR, f"/v1/cards/{card}/block", reason="lost_with_phone")

    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    again = client.post(LEADER, f"/v1/cards/{card}/block", reason="stolen")
    assert (again.status, again.code) == (409, "card_blocked")
    assert [each["unreachable"] for each in client.events("CardBlocked")] == [False, True]


def test_a_code_to_a_phone_that_the_office_has_changed_meanwhile_changes_nothing(
    client: CardsClient,
) -> None:
    card = client.issue("FP-1", contact=CONTACT)["id"]
    me = client.signed_in()
    path = change(client, me)
    sent = {use: client.code_of(each) for use, each in codes(client).items()}
    by_office = {"contact": CONTACT | {"phone": "+79211234569"}, "evidence": "signed_form"}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **by_office)

    late = client.post(me, path, old_code=sent["old_contact"], new_code=sent["new_contact"])

    assert (late.status, late.code) == (409, "sign_in_over")
    assert client.get(LEADER, f"/v1/cards/{card}/contact").json["phone"] == "+79211234569"


def test_a_stolen_phone_hears_nothing_of_its_card(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(LEADER, f"/v1/cards/{card}/block", reason="stolen")

    for template in (
        "card_blocked_holder",
        "card_replaced_holder",
        "placement_end_reported_holder",
    ):
        assert reached(client, card, template) == "contact_stolen"
    client.done(LEADER, f"/v1/cards/{card}/unblock")  # it was found
    assert reached(client, card, "card_activated_holder") == "+79211234567"


def test_who_finds_the_new_card_has_not_found_the_stolen_phone(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(LEADER, f"/v1/cards/{card}/block", reason="lost_with_phone")
    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="lost_with_phone").json["id"]
    client.done(LEADER, f"/v1/cards/{new}/block", reason="lost")  # on its way to her
    assert reached(client, new, "card_blocked_holder") == "contact_stolen"

    client.done(LEADER, f"/v1/cards/{new}/unblock")

    assert reached(client, new, "card_issued_holder") == "contact_stolen", "its code is for her"
    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"


def test_a_new_phone_is_not_taken_for_the_stolen_one_it_replaces(client: CardsClient) -> None:
    issued = client.issue("FP-1", contact=CONTACT)
    card = client.active_card_of(issued)
    me = client.signed_in()
    shown = issued | client.done(me, f"/v1/cards/{card}/hand-over-code")
    assert client.scanned(issued["number"], client.on_the_phone(shown)) == "ok"
    body = {"contact": NEW, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **body)

    # the thief's phone shows no good code, the plastic card is good
    assert client.scanned(issued["number"], client.on_the_phone(shown)) == "not_valid"
    assert client.scanned(issued["number"], issued["number"]) == "ok"
    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="stolen").json
    assert reached(client, new["id"], "card_issued_holder") == NEW_PHONE
    her = client.signed_in(NEW_PHONE)
    assert client.activate(new, her, contact=NEW).status == 200
    # the next theft is another one
    client.done(her, f"/v1/cards/{new['id']}/hand-over-code")
    third = client.post(LEADER, f"/v1/cards/{new['id']}/replace", reason="stolen").json
    assert reached(client, third["id"], "card_issued_holder") == "contact_stolen"


def test_a_theft_after_the_new_phone_shows_the_card_is_another_one(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    body = {"contact": NEW, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **body)
    client.done(client.signed_in(NEW_PHONE), f"/v1/cards/{card}/hand-over-code")

    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="stolen").json
    assert reached(client, new["id"], "card_issued_holder") == "contact_stolen"


def test_a_code_that_went_to_a_wrong_phone_is_void_and_a_new_one_goes_to_the_right_one(
    client: CardsClient,
) -> None:
    facts = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1", "order": ORDER}
    card = client.post(OFFICE, "/v1/cards", contact=CONTACT, **facts).json
    body = {"contact": NEW, "evidence": "signed_form"}
    client.done(OFFICE, f"/v1/cards/{card['id']}/change-contact", **body)

    assert [told["renewed"] for told in client.events("CardIssued")] == [False, True]
    item = {"reference": card["id"], "event_id": "e", "template": "card_issued_holder"}
    (found,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    assert found["address"] == NEW_PHONE
    her = client.signed_in(NEW_PHONE)
    assert client.activate(card, her, contact=NEW).code == "activation_code_wrong"
    new = card | {"activation_code": found["variables"]["activation_code"]}
    assert client.activate(new, her, contact=NEW).status == 200


def reached(client: CardsClient, card: str, template: str) -> str:
    """The address a message about a card goes to, or why it does not."""
    item = {"reference": card, "event_id": "e", "template": template}
    (found,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    return str(found.get("address") or found["refused"])
