"""What phones show and what is printed live apart: each has a generation of its own."""

from typing import Any

from tests.cards.api_client import HOLDER, LEADER, CardsClient


def printed(client: CardsClient, card: dict[str, Any]) -> str:
    """The text of the QR on the card's page, which is what a print order draws too."""
    return str(client.get(HOLDER, f"/v1/cards/{card['id']}/page").json["qr_text"])


def test_a_stolen_phone_is_refused_for_good_and_a_found_card_works_from_paper(
    client: CardsClient,
) -> None:
    card = client.active_card()
    paper, stolen = printed(client, card), client.on_the_phone(card)
    assert client.scanned(card["number"], stolen) == "ok"

    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="stolen")
    client.done(HOLDER, f"/v1/cards/{card['id']}/unblock")

    assert client.scanned(card["number"], stolen) == "not_valid"
    assert client.scanned(card["number"], paper) == "ok"
    fresh = client.done(HOLDER, f"/v1/cards/{card['id']}/hand-over-code")
    assert client.scanned(card["number"], client.on_the_phone(fresh)) == "ok"
    assert client.scanned(card["number"], stolen) == "not_valid"


def test_a_new_phone_leaves_the_printed_card_good(client: CardsClient) -> None:
    card = client.active_card()
    paper, old = printed(client, card), client.on_the_phone(card)

    new = client.done(HOLDER, f"/v1/cards/{card['id']}/hand-over-code")

    assert client.scanned(card["number"], paper) == "ok"
    assert client.scanned(card["number"], client.on_the_phone(new)) == "ok"
    assert client.scanned(card["number"], old) == "not_valid"


def test_a_new_print_order_voids_older_paper_and_no_phone(client: CardsClient) -> None:
    card = client.active_card()
    paper = printed(client, card)

    client.post(LEADER, "/v1/prints", card_ids=[card["id"]])
    client.world.copies = 2
    client.world.settle()

    assert client.at_the_till(card["number"]).print_generation == 2
    assert client.scanned(card["number"], paper) == "not_valid"
    assert client.scanned(card["number"], printed(client, card)) == "ok"
    assert client.scanned(card["number"], client.on_the_phone(card)) == "ok"
