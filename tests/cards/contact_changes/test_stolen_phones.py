"""A phone that was stolen, lost or given up proves no one and is told nothing."""

from datetime import timedelta

import pytest

from services.cards.holders.vault_records import phone_index
from shared import clock
from shared.privacy.vault import Vault
from tests.cards.api_client import (
    BOT,
    CONTACT,
    LEADER,
    OFFICE,
    CardsClient,
    person,
)
from tests.cards.contact_changes.phones import (
    NEW,
    NEW_PHONE,
    OPERATOR,
    ORDER,
    OTHER_OFFICE,
    change,
    codes,
    former_of,
    reached,
)
from tests.cards.offices import code_of, issue
from tests.support.world import at


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

    # An access token lives for a quarter of an hour yet, and opens nothing.
    change_it = ("/v1/contact-changes", {"contact": NEW})
    for step, body in ((path, proof), change_it, (f"/v1/cards/{card}/unblock", {})):
        refused = client.post(thief, step, **body)
        assert (refused.status, refused.code) == (401, "sign_in_again")
    renewed = client.renew(tokens)
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


@pytest.mark.parametrize("stolen", [True, False])
def test_a_phone_that_is_signed_out_is_shown_nothing_that_outlives_its_token(
    client: CardsClient, stolen: bool
) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    other, in_chat = client.signed_in(), client.recognise(client.bind().json["access_token"])
    sheet = client.post(other, "/v1/prints", card_ids=[card]).json["id"]
    body = {"contact": NEW, "evidence": "in_person", "stolen": stolen}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **body)

    for who in (other, in_chat):
        answers = [
            *(client.get(who, f"/v1/cards/{card}/{shown}") for shown in ("page", "contact")),
            client.get(who, "/v1/my-cards"),
            client.post(who, f"/v1/cards/{card}/hand-over-code"),
            client.post(who, "/v1/contact-changes", contact=CONTACT),
            client.post(who, "/v1/prints", card_ids=[card]),
            client.get(who, f"/v1/prints/{sheet}"),
        ]
        assert {(each.status, each.code) for each in answers} == {(401, "sign_in_again")}
    her = client.signed_in(NEW_PHONE)
    assert client.get(her, f"/v1/cards/{card}/contact").json["phone"] == NEW_PHONE
    device = client.get(her, "/v1/devices").json["items"][0]["id"]
    client.done(her, f"/v1/devices/{device}/revoke")
    assert client.get(her, f"/v1/cards/{card}/page").status == 401


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
    assert client.renew(former).status == 401


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


def test_a_stolen_phone_proves_no_one_also_where_the_new_one_was_anothers(
    client: CardsClient,
) -> None:
    gone = client.issue("FP-9", contact=NEW)["id"]
    client.done(LEADER, f"/v1/cards/{gone}/revoke", reason="moved_away")
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    partner = client.issue("FP-2", contact=CONTACT)["id"]

    body = {"contact": NEW, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **body)

    asked = client.ask_for_code().json["id"]
    assert client.message_of(asked)["refused"] == "unknown_contact"
    assert reached(client, partner, "card_issued_holder") == "contact_stolen"
    assert client.get(client.signed_in(NEW_PHONE), f"/v1/cards/{card}").status == 200


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


@pytest.mark.parametrize("used", [True, False], ids=["in use", "never activated"])
def test_a_card_replaced_as_stolen_sends_nothing_to_the_phone_either(
    client: CardsClient, used: bool
) -> None:
    issued = client.issue("FP-1", contact=CONTACT)
    card = client.active_card_of(issued) if used else issued["id"]

    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="stolen").json
    assert reached(client, new["id"], "card_issued_holder") == "contact_stolen"
    renewed = client.done(LEADER, f"/v1/cards/{new['id']}/renew-code")
    assert reached(client, renewed["id"], "card_issued_holder") == "contact_stolen"


def test_a_phone_that_was_stolen_with_a_replaced_card_proves_no_one(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    me = client.sign_in()

    client.post(LEADER, f"/v1/cards/{card}/replace", reason="stolen")

    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    renewed = client.renew(me)
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

    assert (late.status, late.code) == (401, "sign_in_again")
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


def test_the_code_that_a_former_phone_has_read_is_void_also_of_a_card_that_was_off(
    client: CardsClient,
) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    path = f"/v1/cards/{card['id']}"
    client.done(LEADER, f"{path}/block", reason="lost")
    client.done(LEADER, f"{path}/change-contact", contact=NEW, evidence="in_person", stolen=True)
    assert len(client.events("CardIssued")) == 1, "a card that is off needs no code yet"

    client.done(LEADER, f"{path}/unblock")

    told = code_of(client, card["id"])
    assert told["address"] == NEW_PHONE
    holder = client.signed_in(NEW_PHONE)
    assert client.activate(card, holder, contact=NEW).code == "activation_code_wrong"
    new = card | {"activation_code": told["variables"]["activation_code"]}
    assert client.activate(new, holder, contact=NEW).status == 200


def test_who_finds_the_new_card_has_not_found_the_stolen_phone(client: CardsClient) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(LEADER, f"/v1/cards/{card}/block", reason="lost_with_phone")
    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="lost_with_phone").json["id"]
    client.done(LEADER, f"/v1/cards/{new}/block", reason="lost")  # on its way to her
    assert reached(client, new, "card_blocked_holder") == "contact_stolen"

    client.done(LEADER, f"/v1/cards/{new}/unblock")

    assert reached(client, new, "card_issued_holder") == "contact_stolen", "its code is for her"
    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"


def test_a_theft_that_is_reported_twice_is_not_over_when_the_new_card_turns_out_to_be_there(
    client: CardsClient,
) -> None:
    card = client.active_card_of(client.issue("FP-1", contact=CONTACT))
    client.done(OPERATOR, f"/v1/cards/{card}/block", reason="stolen")
    new = client.post(LEADER, f"/v1/cards/{card}/replace", reason="lost").json["id"]
    client.done(OPERATOR, f"/v1/cards/{new}/block", reason="stolen")  # she calls once more

    client.done(LEADER, f"/v1/cards/{new}/unblock")

    assert reached(client, new, "card_issued_holder") == "contact_stolen", "its code is for her"
    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    client.world.set_time(at("2026-10-06 10:00"))
    body = {"contact": NEW, "evidence": "in_person"}
    client.done(LEADER, f"/v1/cards/{new}/change-contact", **body)
    assert reached(client, new, "card_issued_holder") == NEW_PHONE
    # and now it is the new phone, which is found
    client.world.set_time(at("2026-10-07 10:00"))
    client.done(OPERATOR, f"/v1/cards/{new}/block", reason="lost_with_phone")
    assert reached(client, new, "card_issued_holder") == "contact_stolen"
    client.done(LEADER, f"/v1/cards/{new}/unblock")
    assert reached(client, new, "card_issued_holder") == NEW_PHONE
    assert client.signed_in(NEW_PHONE)


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


def test_a_theft_after_the_new_phone_has_activated_the_card_is_another_one(
    client: CardsClient,
) -> None:
    issued = client.issue("FP-1", contact=CONTACT)
    path = f"/v1/cards/{issued['id']}"
    client.done(LEADER, f"{path}/change-contact", contact=NEW, evidence="in_person", stolen=True)
    code = code_of(client, issued["id"])["variables"]["activation_code"]
    her = client.signed_in(NEW_PHONE)
    assert client.activate(issued | {"activation_code": code}, her, contact=NEW).status == 200

    new = client.post(LEADER, f"{path}/replace", reason="stolen").json

    assert reached(client, new["id"], "card_issued_holder") == "contact_stolen"
    assert client.get(her, f"/v1/cards/{new['id']}").status == 401


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
