"""One holder per person, found by the phone that is hers alone."""

from typing import Any

import pytest

from services.cards.holders.repository import Holders
from services.cards.holders.values import holder_id
from shared.principal import Principal
from tests.cards.api_client import CONTACT, HOLDER, LEADER, OFFICE, PHONE, STRANGER, CardsClient
from tests.cards.offices import code_of
from tests.support.api import Answer
from tests.support.world import at

OTHER_PHONE = "+79211234568"


def holder(client: CardsClient, file_number: str) -> dict[str, Any]:
    """A holder's row."""
    with client.world.service("cards"):
        identifier = holder_id("ZR", file_number)
        found = Holders(client.world.stores["cards"]).find(identifier)
    return {} if found is None else found.model_dump()


def test_the_cards_of_a_file_number_are_one_persons(client: CardsClient) -> None:
    first = client.issue("FP-1", contact=CONTACT)
    client.done(LEADER, f"/v1/cards/{first['id']}/revoke", reason="issued_in_error")
    second = client.issue("FP-1", contact=CONTACT)

    me = client.signed_in()

    own = client.get(me, "/v1/my-cards").json["items"]
    assert {card["id"] for card in own} == {first["id"], second["id"]}
    assert me.id == holder(client, "FP-1")["id"]


def test_a_phone_proves_one_person_alone(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact=CONTACT)

    assert client.signed_in().id == holder(client, "FP-1")["id"]
    assert holder(client, "FP-2")["contact"] is None


def couple(client: CardsClient) -> tuple[dict[str, Any], str]:
    """The card of a holder whose phone another uses as well, and the other's id."""
    card = client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact=CONTACT)
    assert client.signed_in().id == holder(client, "FP-1")["id"]
    return card, holder(client, "FP-2")["id"]


@pytest.mark.parametrize("by_time", [False, True])
def test_who_is_left_of_a_couple_with_one_phone_signs_in_by_it(
    client: CardsClient, by_time: bool
) -> None:
    card, other = couple(client)
    if by_time:
        ended = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1"}
        client.post(OFFICE, "/v1/placement-ends", **ended, ended_on="2026-10-05")
        client.world.advance(at("2026-11-05 00:00"))
    else:
        client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")
    assert client.signed_in().id == other
    client.done(LEADER, f"/v1/cards/{card['id']}/erase")

    assert client.signed_in().id == other
    assert (holder(client, "FP-1")["contact"], holder(client, "FP-2")["shared"]) == (None, None)


@pytest.mark.parametrize("before", [False, True], ids=["", "as was reported before"])
@pytest.mark.parametrize("stolen", [False, True])
def test_so_does_the_other_when_one_has_a_new_phone_unless_it_was_stolen(
    client: CardsClient, stolen: bool, before: bool
) -> None:
    card, other = couple(client)
    if before:
        client.done(LEADER, f"/v1/cards/{card['id']}/block", reason="lost_with_phone")
    body = {"contact": CONTACT | {"phone": OTHER_PHONE}, "evidence": "in_person", "stolen": stolen}
    client.done(LEADER, f"/v1/cards/{card['id']}/change-contact", **body)

    assert client.signed_in(OTHER_PHONE).id == holder(client, "FP-1")["id"]
    assert (holder(client, "FP-2")["contact"] is None) is (stolen or before)
    if not (stolen or before):
        assert client.signed_in().id == other


def test_a_couple_with_one_phone_may_activate_in_one_moment(client: CardsClient) -> None:
    first, second = client.issue("FP-1"), client.issue("FP-2")
    client.just_before_the_next_commit(lambda: client.activate(first, STRANGER, contact=CONTACT))

    assert client.activate(second, contact=CONTACT).json["status"] == "active"

    assert client.signed_in().id == holder(client, "FP-1")["id"]


@pytest.mark.parametrize("whose", [0, 1])
def test_a_phone_that_was_stolen_from_one_of_a_couple_proves_and_tells_neither(
    client: CardsClient, whose: int
) -> None:
    couple(client)
    pair = [card["id"] for card in client.get(LEADER, "/v1/cards").json["items"]]
    tokens = client.sign_in()
    client.done(LEADER, f"/v1/cards/{pair[whose]}/block", reason="lost_with_phone")

    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    renewed = client.renew(tokens)
    assert renewed.status == 401
    assert {code_of(client, card).get("refused") for card in pair} == {"contact_stolen"}
    client.done(LEADER, f"/v1/cards/{pair[whose]}/unblock")
    assert [code_of(client, card).get("refused") for card in pair] == [None, None]


@pytest.mark.parametrize("how", ["changed", "blocked and changed", "erased"])
def test_a_stolen_phone_tells_nothing_of_the_other_either_when_it_is_no_ones(
    client: CardsClient, how: str
) -> None:
    card, _ = couple(client)
    cards = [each["id"] for each in client.get(LEADER, "/v1/cards").json["items"]]
    (other,) = {*cards} - {card["id"]}
    path = f"/v1/cards/{card['id']}"
    if how != "changed":
        client.done(LEADER, f"{path}/block", reason="stolen")
    if how == "erased":
        client.done(LEADER, f"{path}/revoke", reason="moved_away")
        client.done(LEADER, f"{path}/erase")
    else:
        new = CONTACT | {"phone": OTHER_PHONE}
        client.done(
            LEADER, f"{path}/change-contact", contact=new, evidence="in_person", stolen=True
        )
        assert code_of(client, card["id"])["address"] == OTHER_PHONE

    assert code_of(client, other).get("refused") == "contact_stolen"
    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    # The number is of the person for whom an office gives it next.
    client.issue("FP-3", contact=CONTACT)
    assert client.signed_in().id == holder(client, "FP-3")["id"]


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_phone_that_one_of_a_couple_reports_stolen_with_the_new_one_proves_the_other_no_more(
    client: CardsClient, taken_over: bool
) -> None:
    if taken_over:
        gone = client.issue("FP-3", contact=CONTACT | {"phone": OTHER_PHONE})
        client.done(LEADER, f"/v1/cards/{gone['id']}/revoke", reason="moved_away")
    card, _ = couple(client)
    cards = [each["id"] for each in client.get(LEADER, "/v1/cards").json["items"]]
    (other,) = {*cards} - {card["id"], *([gone["id"]] if taken_over else [])}
    tokens = client.sign_in()
    new = CONTACT | {"phone": OTHER_PHONE}

    path = f"/v1/cards/{other}/change-contact"
    client.done(LEADER, path, contact=new, evidence="in_person", stolen=True)

    assert client.renew(tokens).status == 401
    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    assert code_of(client, card["id"]).get("refused") == "contact_stolen"
    assert client.signed_in(OTHER_PHONE).id == holder(client, "FP-2")["id"]


def test_not_when_one_takes_the_phone_of_who_has_no_card_any_more(client: CardsClient) -> None:
    couple(client)
    third = client.issue("FP-3", contact=CONTACT | {"phone": OTHER_PHONE})
    client.done(LEADER, f"/v1/cards/{third['id']}/revoke", reason="moved_away")
    me = client.signed_in()
    new = client.post(me, "/v1/contact-changes", contact=CONTACT | {"phone": OTHER_PHONE}).json
    sent = {each["use"]: each["sign_in_id"] for each in client.events("SignInRequested")}
    old_code, new_code = (client.code_of(sent[use]) for use in ("old_contact", "new_contact"))
    path = f"/v1/contact-changes/{new['id']}/confirm"
    client.done(me, path, old_code=old_code, new_code=new_code)

    assert client.signed_in(OTHER_PHONE).id == me.id
    assert holder(client, "FP-2")["contact"] is None
    client.issue("FP-4", contact=CONTACT)
    assert holder(client, "FP-4")["contact"], "the number she had may be another's"


def test_a_stolen_phone_does_not_pass_to_the_other_when_a_card_ends(client: CardsClient) -> None:
    card, _ = couple(client)
    client.done(LEADER, f"/v1/cards/{card['id']}/block", reason="lost_with_phone")

    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")

    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    assert holder(client, "FP-2")["contact"] is None


def test_a_holder_without_a_phone_has_no_row_and_no_way_to_sign_in(client: CardsClient) -> None:
    card = client.issue("FP-1")

    assert holder(client, "FP-1") == {}
    asked = client.ask_for_code().json["id"]
    assert client.message_of(asked)["refused"] == "unknown_contact"
    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")
    client.done(LEADER, f"/v1/cards/{card['id']}/erase")
    assert holder(client, "FP-1") == {}


def test_a_card_activated_with_a_leaders_help_belongs_to_its_holder(client: CardsClient) -> None:
    card = client.issue("FP-1")
    helped = client.activate(card, LEADER, evidence="in_person")
    assert helped.status == 200

    me = client.signed_in()

    assert [own["id"] for own in client.get(me, "/v1/my-cards").json["items"]] == [card["id"]]
    assert client.get(me, f"/v1/cards/{card['id']}").status == 200
    handed = client.done(me, f"/v1/cards/{card['id']}/hand-over-code")
    assert handed["qr_secret"]
    client.done(me, f"/v1/cards/{card['id']}/block", reason="lost")


def test_a_leader_blocks_a_card_and_never_gets_its_secret(client: CardsClient) -> None:
    card = client.issue("FP-1")
    helped, repeated, again = (
        client.activate(card, LEADER, evidence="in_person", **more).json
        for more in ({}, {}, {"consent_community": False})
    )

    for shown in (helped, repeated, again):
        assert shown["qr_secret"] is None and shown["handle"] is None
    assert client.post(LEADER, f"/v1/cards/{card['id']}/hand-over-code").status == 403
    client.done(LEADER, f"/v1/cards/{card['id']}/block", reason="stolen")


def steps(refused: Answer) -> list[str]:
    return [each["action"] for each in refused.json.get("next_steps", ())]


@pytest.mark.parametrize(("by", "can"), [(LEADER, False), (OFFICE, True)])
def test_an_office_changes_the_phone_only_by_a_card_that_it_issued(
    client: CardsClient, by: Principal, can: bool
) -> None:
    order = {"order_ref": "15-О", "ordered_on": "2026-09-15"}
    facts: Any = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1", "order": order}
    first = client.post(by, "/v1/cards", **facts, contact=CONTACT).json
    client.done(LEADER, f"/v1/cards/{first['id']}/revoke", reason="moved_away")

    refused = client.post(OFFICE, "/v1/cards", **facts, contact=CONTACT | {"phone": OTHER_PHONE})

    assert refused.code == "contact_differs"
    assert steps(refused) == ["change_contact"] * can
    body = {"contact": CONTACT | {"phone": OTHER_PHONE}, "evidence": "in_person"}
    changed = client.post(OFFICE, f"/v1/cards/{first['id']}/change-contact", **body)
    assert (changed.status == 200) is can


def test_an_activation_does_not_change_the_phone_that_proves_the_holder(
    client: CardsClient,
) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    me = client.signed_in()

    other = CONTACT | {"phone": OTHER_PHONE}
    helped = client.activate(card, LEADER, contact=other, evidence="in_person")
    assert (helped.code, steps(helped)) == ("contact_differs", ["change_contact"])
    for who in (me, HOLDER):  # by codes to both phones, and by no step of a card
        refused = client.activate(card, who, contact=other)
        assert (refused.code, steps(refused)) == ("contact_differs", [])
    mail = {"name": "Мария", "channel": "email", "address": "maria@example.org"}
    assert client.activate(card, contact=mail).code == "contact_differs"
    assert client.activate(card, me).status == 200
    assert client.signed_in(PHONE).id == me.id


def test_an_erased_holder_is_a_stranger(client: CardsClient) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    tokens = client.sign_in()
    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")
    client.done(LEADER, f"/v1/cards/{card['id']}/erase")

    assert holder(client, "FP-1")["contact"] is None
    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    renewed = client.renew(tokens)
    assert renewed.status == 401
    client.issue("FP-2", contact=CONTACT)
    assert client.signed_in().id == holder(client, "FP-2")["id"]
