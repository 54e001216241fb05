"""Rows of earlier versions are read as what they meant."""

import json
from typing import Any

from shared.privacy.vault import Vault
from tests.cards.api_client import HOLDER, LEADER, CardsClient
from tests.support.world import at


def stored(client: CardsClient, card_id: str) -> dict[str, Any]:
    """The row of a card, which a test may change."""
    return client.world.dynamodb.rows("cards-data")[f"CARD#{card_id}", "CARD"]


def as_before(client: CardsClient, card_id: str, *, reminded: bool) -> None:
    """Write a card as it was stored when the reminder was a flag of the code."""
    row = stored(client, card_id)
    doc = json.loads(row["doc"]["S"])
    del doc["fired"]
    doc["code"]["reminded"] = reminded
    row["doc"]["S"] = json.dumps(doc)


def test_a_reminder_that_went_out_goes_out_no_more(client: CardsClient) -> None:
    reminded, waiting = client.issue("FP-1")["id"], client.issue("FP-2")["id"]
    as_before(client, reminded, reminded=True)
    as_before(client, waiting, reminded=False)

    client.world.advance(at("2026-10-19 10:05"))

    assert [event["card_id"] for event in client.events("CardActivationDue")] == [waiting]


def test_a_new_code_is_reminded_of_and_stored_in_the_new_form(client: CardsClient) -> None:
    card = client.issue()
    as_before(client, card["id"], reminded=True)

    client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")

    doc = json.loads(stored(client, card["id"])["doc"]["S"])
    assert doc["fired"] == [] and "reminded" not in doc["code"]
    client.world.advance(at("2026-10-19 10:05"))
    assert len(client.events("CardActivationDue")) == 1


def sealed_as_before(client: CardsClient, card: dict[str, Any]) -> None:
    """Seal a card as it was sealed when number and code lay under the holder's key."""
    row = stored(client, card["id"])
    doc = json.loads(row["doc"]["S"])
    del doc["own_key"]
    row["doc"]["S"] = json.dumps(doc)
    with client.world.service("cards"):
        fields = {"number": card["number"], "code": card["activation_code"]}
        for write in Vault.connect().seal("holder|ZR|FP-02", card["id"], fields):
            client.world.stores["cards"].put(write)


def test_an_older_card_is_erased_without_the_key_of_a_holder_whose_new_card_lives(
    client: CardsClient,
) -> None:
    old = client.active_card()
    sealed_as_before(client, old)
    new = client.post(LEADER, f"/v1/cards/{old['id']}/replace", reason="lost").json
    assert client.get(HOLDER, f"/v1/cards/{old['id']}/page").json["number"] == old["number"]

    client.done(HOLDER, f"/v1/cards/{old['id']}/erase")

    assert client.get(HOLDER, f"/v1/cards/{old['id']}/page").status == 404
    assert client.activate(new).status == 200


def test_an_older_card_gets_a_new_code(client: CardsClient) -> None:
    card = client.issue()
    sealed_as_before(client, card)

    renewed = client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")

    assert renewed["number"] == card["number"]
    assert client.activate(renewed).status == 200
