"""Rows of earlier versions are read as what they meant."""

import json
from typing import Any

from tests.cards.api_client import LEADER, CardsClient
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
