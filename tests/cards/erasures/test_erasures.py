"""What is left of a holder's cards is erased, card by card, and the file stays whose it is."""

import pytest

from tests.cards.api_client import CONTACT, HOLDER, LEADER, CardsClient
from tests.cards.offices import PHONE_2, PHONE_3, code_of, decide, issue


def test_erasing_an_old_card_leaves_the_file_to_the_living_one(client: CardsClient) -> None:
    old = client.active_card()
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="issued_in_error")
    between = client.issue()
    client.done(LEADER, f"/v1/cards/{between['id']}/revoke", reason="issued_in_error")
    living = client.issue()["id"]
    client.done(HOLDER, f"/v1/cards/{old['id']}/erase")

    client.world.settle()
    assert [told["card_id"] for told in client.events("CardErased")] == [old["id"]], "no other"
    assert client.get(LEADER, f"/v1/cards/{living}/contact").json["phone"] == "+79211234567"
    again = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    assert client.post(LEADER, "/v1/cards", **again).code == "holder_has_card"


def test_with_the_holder_all_earlier_cards_are_erased_and_each_is_told(client: CardsClient) -> None:
    cards = [client.active_card()["id"]]
    for _ in range(8):
        new = client.post(LEADER, f"/v1/cards/{cards[-1]}/replace", reason="lost").json
        cards.append(new["id"])
    client.done(LEADER, f"/v1/cards/{cards[-1]}/revoke", reason="holder_refused")
    client.done(LEADER, f"/v1/cards/{cards[-1]}/erase")
    at_once = [row for row in client.world.rows("cards-keys") if "wrapped" in row]
    assert len(at_once) == len(cards) - 5

    told = client.events("CardErased")
    assert {each["card_id"] for each in told} == set(cards) and len(told) == len(cards)
    assert all(each["holder_too"] for each in told)
    assert not [row for row in client.world.rows("cards-keys") if "wrapped" in row]


def test_a_holder_is_erased_whole_though_lists_lag_behind(client: CardsClient) -> None:
    cards = [client.active_card()["id"]]
    for _ in range(6):
        new = client.post(LEADER, f"/v1/cards/{cards[-1]}/replace", reason="lost").json
        cards.append(new["id"])
    with client.world.dynamodb.lagging_indexes():
        client.done(LEADER, f"/v1/cards/{cards[-1]}/revoke", reason="holder_refused")
        client.done(LEADER, f"/v1/cards/{cards[-1]}/erase")
        client.world.settle()
        assert sorted(told["card_id"] for told in client.events("CardErased")) == sorted(cards)
    assert kept(client) == []
    again = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    assert client.post(LEADER, "/v1/cards", **again).code == "subject_erased"


def kept(client: CardsClient) -> list[str]:
    """What can still be read of anybody, or finds anybody by a phone."""
    keys = [row["pk"]["S"] for row in client.world.rows("cards-keys") if "wrapped" in row]
    rows = (row["pk"]["S"] for row in client.world.rows("cards-data"))
    return [*keys, *(key for key in rows if key.startswith(("UNIQUE#contact|", "PHONE#")))]


def two_offices(client: CardsClient, ref: str, *, again: bool) -> tuple[str, str]:
    """One person's cards at two offices, with a phone each; the second lives when it is `again`."""
    first = issue(client, "1024", "D02", PHONE_2).json["id"]
    if again:
        client.done(LEADER, f"/v1/cards/{first}/revoke", reason="moved_away")
    phone = PHONE_3 if ref == "1024" else PHONE_2
    second = issue(client, ref, "D03", phone).json["id"]
    decide(client, second, "same_person")
    return first, second


@pytest.mark.parametrize("again", [True, False], ids=["again", "second"])
@pytest.mark.parametrize("begins", [0, 1], ids=["at the first", "at the second"])
@pytest.mark.parametrize("before", [False, True], ids=["now", "decided before"])
def test_a_person_of_two_offices_is_erased_at_both(
    client: CardsClient, again: bool, begins: int, before: bool
) -> None:
    pair = two_offices(client, "1024", again=again)
    rows = client.world.dynamodb.rows("cards-data")
    links = [key for key in rows if key[1].startswith("ALSO#")]
    assert len(links) == 1
    if before:
        del rows[links[0]]
    living = pair[1] if again else pair[0]
    client.done(LEADER, f"/v1/cards/{living}/revoke", reason="holder_refused")

    client.done(LEADER, f"/v1/cards/{pair[begins]}/erase")

    told = client.events("CardErased")
    assert sorted(each["card_id"] for each in told) == sorted(pair)
    assert kept(client) == []
    for district in ("D02", "D03"):
        assert issue(client, "1024", district).code == "subject_erased"


def test_also_where_the_offices_have_other_numbers_and_the_phone_has_changed(
    client: CardsClient,
) -> None:
    first, second = two_offices(client, "77", again=False)
    new = {"contact": CONTACT | {"phone": PHONE_3}, "evidence": "signed_form"}
    client.done(LEADER, f"/v1/cards/{first}/change-contact", **new)
    client.done(LEADER, f"/v1/cards/{first}/revoke", reason="holder_refused")

    client.done(LEADER, f"/v1/cards/{first}/erase")

    assert {each["card_id"] for each in client.events("CardErased")} == {first, second}
    assert kept(client) == []


@pytest.mark.parametrize("again", [True, False], ids=["again", "second"])
def test_while_she_has_a_card_at_one_office_only_what_the_other_keeps_is_erased(
    client: CardsClient, again: bool
) -> None:
    first, second = two_offices(client, "1024", again=again)
    living, ended, office = (second, first, "D02") if again else (first, second, "D03")

    client.done(LEADER, f"/v1/cards/{ended}/erase")

    (told,) = client.events("CardErased")
    assert (told["card_id"], told["holder_too"]) == (ended, False)
    assert client.get(LEADER, f"/v1/cards/{living}").json["status"] == "issued"
    assert code_of(client, living)["variables"]["activation_code"]
    contacts = [row["pk"]["S"] for row in client.world.rows("cards-data")
                if row["sk"]["S"] == "contact"]  # fmt: skip
    assert contacts == ["VAULT#holder|ZR|1024@D03" if again else "VAULT#holder|ZR|1024"]
    ended_phone = PHONE_2 if again else PHONE_3
    assert issue(client, "555", "D05", ended_phone).json["status"] == "issued"
    assert issue(client, "1024", office).code == "holder_has_card"
    client.done(LEADER, f"/v1/cards/{living}/revoke", reason="moved_away")
    assert issue(client, "1024", office).status == 201


def test_a_person_who_has_a_card_again_meanwhile_is_erased_no_further(client: CardsClient) -> None:
    first, second = two_offices(client, "1024", again=True)
    client.done(LEADER, f"/v1/cards/{second}/revoke", reason="moved_away")
    erased = client.post(LEADER, f"/v1/cards/{second}/erase")
    card = issue(client, "1024", "D02", PHONE_2).json["id"]

    client.world.settle()

    assert erased.status == 200
    assert code_of(client, card)["variables"]["activation_code"]
    assert [each["card_id"] for each in client.events("CardErased")] == [second]
    assert first != card


def test_the_phone_of_an_erased_card_is_its_other_users_while_the_person_has_one_elsewhere(
    client: CardsClient,
) -> None:
    ended = issue(client, "1024", "D02", PHONE_2).json["id"]
    client.done(LEADER, f"/v1/cards/{ended}/revoke", reason="issued_in_error")
    decide(client, issue(client, "1024", "D03").json["id"], "same_person")
    other = issue(client, "77", "D03", PHONE_2).json["id"]

    client.done(LEADER, f"/v1/cards/{ended}/erase")

    me = client.signed_in(PHONE_2)
    assert [each["id"] for each in client.get(me, "/v1/my-cards").json["items"]] == [other]
