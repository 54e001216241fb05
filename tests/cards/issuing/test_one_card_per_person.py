"""One living card per person: the same file or phone at two offices waits for a leader."""

from typing import Any

import pytest

from tests.cards.api_client import CONTACT, LEADER, OFFICE, STRANGER, CardsClient, person
from tests.cards.offices import OFFICE_3, ORDER, PHONE_2, PHONE_3, decide, held, issue


@pytest.mark.parametrize(
    ("ref", "phone", "because"),
    [
        ("ЛД 101", PHONE_2, "same_file"),
        ("лд101", None, "same_file"),
        ("77", PHONE_3, "same_phone"),
        ("ЛД101", PHONE_3, "same_file_and_phone"),
    ],
)
def test_the_second_card_of_another_office_is_held_and_gives_nothing(
    client: CardsClient, ref: str, phone: str | None, because: str
) -> None:
    first = issue(client, "ЛД101", "D02", PHONE_3).json
    second = issue(client, ref, "D03", phone)

    assert (second.status, second.json["status"]) == (201, "held")
    assert second.json["held_because"] == because
    assert (second.json["activation_code"], second.json["code_valid_until"]) == (None, None)
    assert first["status"] == "issued" and first["held_because"] is None
    assert client.at_the_till(second.json["number"]).status == "held"
    assert client.scanned(second.json["number"], second.json["number"]) == "not_valid"
    assert [told["card_id"] for told in client.events("CardIssued")] == [first["id"]]
    (told,) = client.events("CardHeld")
    assert (told["card_id"], told["because"]) == (second.json["id"], because)
    assert told["other_card_ids"] == [first["id"]]
    assert not told["activated"]
    assert client.post(LEADER, "/v1/prints", card_ids=[second.json["id"]]).code == "card_held"


def test_whoever_has_its_code_after_all_activates_nothing(client: CardsClient) -> None:
    issue(client, "1024", "D02")
    second = issue(client, "1024", "D03").json
    with client.world.service("cards"):
        from services.cards.cards import vault_records
        from services.cards.cards.repository import Cards
        from shared.principal import system
        from shared.privacy.vault import Vault

        card = Cards.connect().get(second["id"])
        code = vault_records.open_card(card, system("test"), "test", Vault.connect())["code"]

    refused = client.activate(second | {"activation_code": code}, STRANGER)

    assert (refused.status, refused.code) == (409, "card_held")
    assert client.activate(second | {"activation_code": "0" * 8}, STRANGER).status == 422


def test_a_card_that_waits_is_not_issued_twice(client: CardsClient) -> None:
    issue(client, "1024", "D02")
    issue(client, "1024", "D03")
    again = issue(client, "1024", "D03")

    assert (again.status, again.code) == (409, "card_held")
    assert len(held(client)) == 1


def test_letters_of_an_ended_card_are_declined_and_the_later_one_is_still_the_only(
    client: CardsClient,
) -> None:
    ended = client.active_card("1024")
    client.done(LEADER, f"/v1/cards/{ended['id']}/revoke", reason="moved_away")
    assert issue(client, "1024", "D02").status == 201

    client.done(LEADER, f"/v1/cards/{ended['id']}/withdraw-consent")

    assert issue(client, "1024", "D02").code == "holder_has_card"


def test_the_same_call_gives_the_same_answer_whatever_was_decided(client: CardsClient) -> None:
    issue(client, "1024", "D02")
    facts = {"region": "ZR", "district_id": "D03", "holder_ref": "1024", "order": ORDER}
    first = client.post(OFFICE_3, "/v1/cards", "one", **facts)
    assert client.post(OFFICE_3, "/v1/cards", "one", **facts).json == first.json
    decide(client, first.json["id"], "different_person")

    again = client.post(OFFICE_3, "/v1/cards", "one", **facts)

    assert again.json == first.json
    assert len(client.events("CardHeld")) == 1


def test_the_same_office_is_refused_as_before_and_a_couple_has_two_cards(
    client: CardsClient,
) -> None:
    first = issue(client, "1024", "D02", PHONE_2)
    assert issue(client, " 1024.0", "D02", PHONE_2).code == "holder_has_card"
    assert issue(client, "1025", "D02", PHONE_2).json["status"] == "issued"
    assert client.activate(first.json, STRANGER, contact=CONTACT | {"phone": PHONE_2}).status == 200
    assert held(client) == []


def test_the_office_of_a_district_with_the_same_code_in_another_region_is_another_one(
    client: CardsClient,
) -> None:
    first = issue(client, "FP-1", "D02", PHONE_2).json["id"]
    parties = {"region": "YY", "club_id": "C-Y", "authority_id": "RA-Y"}
    authority = person("RA-Y", "regional_authority", region="YY")
    assert client.post(authority, "/v1/programmes", **parties, started_on="2026-09-01").status < 300
    office = person("DO-Y", "district_office", region="YY", districts=("D02",))

    second = client.post(
        office, "/v1/cards",
        region="YY", district_id="D02", holder_ref="FP-2", order=ORDER,
        contact=CONTACT | {"phone": PHONE_2},
    )  # fmt: skip

    assert (second.json["status"], second.json["held_because"]) == ("held", "same_phone")
    (waits,) = held(client, person("CL-Y", "community_leader", region="YY"))
    assert [each["id"] for each in waits["others"]] == [first]


def test_an_office_to_which_the_holder_moved_is_refused_too(client: CardsClient) -> None:
    card = issue(client, "1024", "D02").json
    assert client.activate(card, STRANGER, district_id="D05").status == 200

    assert issue(client, "1024", "D05").code == "holder_has_card"
    assert issue(client, "1024", "D03").json["status"] == "held"


@pytest.mark.parametrize("decision", ["different_person", "same_person"])
def test_the_number_of_a_card_that_ended_elsewhere_is_asked_about_and_the_new_card_goes_on(
    client: CardsClient, decision: str
) -> None:
    old = issue(client, "1024", "D02", PHONE_2).json
    before = client.sign_in(PHONE_2)
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="moved_away")

    new = issue(client, "1024", "D03", PHONE_2).json
    assert (new["status"], new["held_because"]) == ("held", "ended_file")
    ((shown,),) = [each["others"] for each in held(client)]
    assert (shown["id"], shown["ended"]) == (old["id"], True)
    assert decide(client, new["id"], decision).json["status"] == "issued"

    again = "same_person_again" if decision == "same_person" else decision
    assert [told["decision"] for told in client.events("CardHoldDecided")] == [again]
    me = client.signed_in(PHONE_2)  # the phone is of who has a card
    assert [each["id"] for each in client.get(me, "/v1/my-cards").json["items"]] == [new["id"]]
    assert client.renew(before).status == 401
    renewed = client.done(LEADER, f"/v1/cards/{new['id']}/renew-code")
    assert client.activate(renewed, me, contact=CONTACT | {"phone": PHONE_2}).status == 200
    assert client.get(me, f"/v1/cards/{old['id']}").status == 404

    # at the first office the number is another person's, or the same one's, who has a card now
    first = issue(client, "1024", "D02", PHONE_3)
    if decision == "different_person":
        assert first.json["status"] == "issued"
    else:
        assert first.code == "holder_has_card"
        body = {"reason": "damaged"}
        new = client.post(LEADER, f"/v1/cards/{new['id']}/replace", **body).json
        ended = {"region": "ZR", "holder_ref": "1024", "district_id": "D02"}
        told = client.post(OFFICE, "/v1/placement-ends", **ended, ended_on="2026-10-05")
        assert told.status == 200, "of the card that she has now"
        client.done(LEADER, f"/v1/cards/{new['id']}/revoke", reason="moved_away")
        back = issue(client, "1024", "D02", PHONE_3).json
        assert back["held_because"] == "ended_file"
        decide(client, back["id"], "same_person")
        assert issue(client, "1024", "D03").code == "holder_has_card"
        assert issue(client, "1024", "D05").json["held_because"] == "same_file"


def test_a_number_that_gets_a_card_while_a_leader_decides_counts_as_living(
    client: CardsClient,
) -> None:
    old = issue(client, "1024", "D02", PHONE_2).json
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="moved_away")
    new = issue(client, "1024", "D03", PHONE_3).json["id"]
    client.just_before_the_next_commit(lambda: issue(client, "1024", "D02", PHONE_2))

    assert decide(client, new, "same_person").json["status"] == "revoked"


def test_a_number_is_held_at_an_office_that_knows_its_person_by_another(
    client: CardsClient,
) -> None:
    old = issue(client, "1024", "D02", PHONE_2).json["id"]
    new = issue(client, "77", "D03", PHONE_2).json["id"]
    client.done(LEADER, f"/v1/cards/{old}/revoke", reason="moved_away")
    decide(client, new, "same_person")

    assert issue(client, "1024", "D03", PHONE_3).json["held_because"] == "same_file"


def test_a_number_that_was_erased_at_one_office_is_free_at_another(client: CardsClient) -> None:
    old = issue(client, "1024", "D02", PHONE_2).json
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="holder_refused")
    client.done(LEADER, f"/v1/cards/{old['id']}/erase")

    assert issue(client, "1024", "D02").code == "subject_erased"
    assert issue(client, "1024", "D03", PHONE_3).json["status"] == "issued"


def test_a_replaced_card_still_stands_for_its_person(client: CardsClient) -> None:
    old = issue(client, "1024", "D02", PHONE_2).json
    new = client.post(LEADER, f"/v1/cards/{old['id']}/replace", reason="lost").json

    issue(client, "1024", "D03", PHONE_2)

    (shown,) = held(client)
    assert [each["id"] for each in shown["others"]] == [new["id"]]
    assert client.post(
        OFFICE_3, "/v1/placement-ends",
        region="ZR", holder_ref="1024", district_id="D03", ended_on="2026-10-05",
    ).code == "end_of_held_card"  # fmt: skip


def test_a_file_and_a_phone_of_two_people_are_both_shown(client: CardsClient) -> None:
    file = issue(client, "1024", "D02", PHONE_2).json["id"]
    phone = issue(client, "77", "D05", PHONE_3).json["id"]
    issue(client, "1024", "D03", PHONE_3)

    (shown,) = held(client)
    assert [each["id"] for each in shown["others"]] == [file, phone]
    assert shown["because"] == "same_file_and_phone"


def test_a_leader_says_which_of_two_people_it_is_and_the_other_stays_a_stranger(
    client: CardsClient,
) -> None:
    file = issue(client, "1024", "D02", PHONE_2).json["id"]
    phone = issue(client, "77", "D05", PHONE_3).json["id"]
    card = issue(client, "1024", "D03", PHONE_3).json["id"]
    path = f"/v1/cards/{card}/decide-duplicate"
    body = {"decision": "same_person", "reason": "offices_asked"}
    assert client.post(LEADER, path, **body).code == "same_as_missing"
    assert client.post(LEADER, path, **body, same_as=[card]).code == "unknown_card"

    other = body | {"decision": "different_person"}
    assert client.post(LEADER, path, **other, same_as=[phone]).code == "same_as_needless"

    client.done(LEADER, path, **body, same_as=[phone])

    client.done(LEADER, f"/v1/cards/{phone}/revoke", reason="holder_refused")
    client.done(LEADER, f"/v1/cards/{file}/revoke", reason="moved_away")
    client.done(LEADER, f"/v1/cards/{phone}/erase")
    assert {each["card_id"] for each in client.events("CardErased")} == {phone, card}
    assert client.get(LEADER, f"/v1/cards/{file}/contact").status == 200
    assert issue(client, "1024", "D02", PHONE_2).json["status"] == "issued"


# a phone that is given at the activation


def test_a_phone_of_another_office_holds_a_card_when_it_is_activated(client: CardsClient) -> None:
    issue(client, "1024", "D02", PHONE_2)
    card = issue(client, "77", "D03").json

    answer = client.activate(card, STRANGER, contact=CONTACT | {"phone": PHONE_2})

    assert (answer.status, answer.json["status"], answer.json["qr_secret"]) == (200, "held", None)
    assert client.at_the_till(card["number"]).status == "held"
    assert client.events("CardActivated") == []
    (told,) = client.events("CardHeld")
    assert (told["because"], told["activated"]) == ("same_phone", True)
    again = client.activate(card, STRANGER, contact=CONTACT | {"phone": PHONE_2})
    assert again.code == "card_held"
    (shown,) = held(client)
    assert shown["activated"]

    decide(client, card["id"], "different_person")

    assert client.at_the_till(card["number"]).status == "active"
    assert [told["card_id"] for told in client.events("CardActivated")] == [card["id"]]
    assert len(client.events("LettersConsentGiven")) == 1
    assert client.done(STRANGER, f"/v1/cards/{card['id']}/hand-over-code")["qr_secret"]
    assert len(client.events("CardIssued")) == 2


def test_what_an_office_asks_costs_a_bounded_number_of_calls(client: CardsClient) -> None:
    calls: list[str] = []
    sizes: list[int] = []
    table = client.world.dynamodb
    for name in ("get_item", "query", "put_item", "update_item", "transact_write_items"):
        inner = getattr(table, name)

        def counted(inner: Any = inner, name: str = name, **request: Any) -> Any:
            calls.append(name)
            sizes.append(len(request.get("TransactItems", ())))
            return inner(**request)

        table.__dict__[name] = counted

    def asks(*order: str) -> tuple[str, int]:
        calls.clear()
        answer = issue(client, *order)
        return str(answer.json.get("status")), len(calls)

    asks("1", "D02", PHONE_2)  # a container's first call reads the reference data
    fresh = asks("1024", "D02", PHONE_3)
    both = asks("1024", "D03", PHONE_2)
    again = asks("1024", "D03", PHONE_2)
    ended = issue(client, "5", "D02", "+79211234570").json["id"]
    client.done(LEADER, f"/v1/cards/{ended}/revoke", reason="moved_away")
    taken = asks("1024", "D05", "+79211234570")

    # With a new file and phone: programme, key of the holder, the commit; the answer is opened.
    assert fresh == ("issued", 7)
    assert both[0] == taken[0] == "held" and max(both[1], taken[1]) <= 20
    assert again[1] <= 16
    assert max(sizes) <= 16


# two at once


@pytest.mark.parametrize(
    ("ref", "phone", "because"),
    [("1024", None, "same_file"), ("77", PHONE_2, "same_phone")],
)
def test_of_two_offices_at_once_the_second_is_held(
    client: CardsClient, ref: str, phone: str | None, because: str
) -> None:
    client.just_before_the_next_commit(lambda: issue(client, "1024", "D02", PHONE_2))

    second = issue(client, ref, "D03", phone)

    assert (second.json["status"], second.json["held_because"]) == ("held", because)
    assert len(client.events("CardIssued")) == 1


def test_a_card_that_ends_meanwhile_and_one_that_comes_back_are_seen(client: CardsClient) -> None:
    old = issue(client, "1024", "D02", PHONE_2).json
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="moved_away")
    table, commit = client.world.dynamodb, client.world.dynamodb.transact_write_items
    commits = iter(range(10))

    def overtaken(**request: Any) -> Any:
        if next(commits) == 1:  # after the first try, and all that was read since
            del table.__dict__["transact_write_items"]
            assert issue(client, "1024", "D02", PHONE_2).json["status"] == "issued"
            table.__dict__["transact_write_items"] = overtaken
        return commit(**request)

    table.__dict__["transact_write_items"] = overtaken
    second = issue(client, "77", "D03", PHONE_2)

    assert second.json["status"] == "held"
    assert (
        len([c for c in client.get(LEADER, "/v1/cards").json["items"] if c["status"] == "issued"])
        == 1
    )


# rows of before
