"""What is left of a holder's cards is erased, card by card, and the file stays whose it is."""

from tests.cards.api_client import HOLDER, LEADER, CardsClient


def test_erasing_an_old_card_leaves_the_file_to_the_living_one(client: CardsClient) -> None:
    old = client.active_card()
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="issued_in_error")
    client.issue()
    client.done(HOLDER, f"/v1/cards/{old['id']}/erase")

    again = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    assert client.post(LEADER, "/v1/cards", **again).code == "holder_has_card"


def test_with_the_holder_all_earlier_cards_are_erased_and_each_is_told(client: CardsClient) -> None:
    cards = [client.active_card()["id"]]
    for _ in range(8):
        new = client.post(LEADER, f"/v1/cards/{cards[-1]}/replace", reason="lost").json
        cards.append(new["id"])
    client.done(LEADER, f"/v1/cards/{cards[-1]}/revoke", reason="holder_refused")
    client.done(LEADER, f"/v1/cards/{cards[-1]}/erase")

    told = client.events("CardErased")
    assert {each["card_id"] for each in told} == set(cards) and len(told) == len(cards)
    assert all(each["holder_too"] for each in told)
    assert not [row for row in client.world.rows("cards-keys") if "wrapped" in row]
