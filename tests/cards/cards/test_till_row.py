"""What the till reads of a card is written beside what the till counts there."""

from collections.abc import Callable

import pytest

from services.cards import till_read_model
from tests.cards.api_client import CONTACT, HOLDER, LEADER, OFFICE, CardsClient
from tests.support.dynamodb_expressions import Item

USED = {"till_day": {"N": "20731"}, "till_uses": {"N": "10"}}
Change = Callable[[CardsClient, str], object]

CHANGES: dict[str, Change] = {
    "lost and found": lambda client, card: [
        client.done(HOLDER, f"/v1/cards/{card}/{step}") for step in ("block", "unblock")
    ],
    "another phone": lambda client, card: client.done(HOLDER, f"/v1/cards/{card}/hand-over-code"),
    "printed": lambda client, card: [
        client.post(LEADER, "/v1/prints", card_ids=[card]),
        client.events("CardIssued"),
    ],
    "placement goes on": lambda client, card: [
        client.post(
            OFFICE, "/v1/placement-ends",
            region="ZR", holder_ref="FP-02", district_id="D02", ended_on="2026-10-05",
        ),
        client.done(LEADER, f"/v1/cards/{card}/dismiss-placement-end"),
    ],
}  # fmt: skip


def till_row(client: CardsClient, handle: str) -> Item:
    """The row under a card's handle."""
    return client.world.dynamodb.rows("cards-data")[till_read_model.card_key(handle)]


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_of_a_card_gives_it_fresh_uses(client: CardsClient, change: str) -> None:
    card = client.active_card()
    till_row(client, card["handle"]).update(USED)
    before = till_row(client, card["handle"])

    CHANGES[change](client, card["id"])

    after = till_row(client, card["handle"])
    assert after is not before, "the till's row was written"
    assert after["status"] == {"S": "active"}
    assert {name: after.get(name) for name in USED} == USED


def test_a_use_at_the_till_is_no_reason_to_refuse_a_block(client: CardsClient) -> None:
    card = client.active_card()

    def used() -> None:
        till_row(client, card["handle"]).update(USED)

    client.just_before_the_next_commit(used)
    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")

    row = till_row(client, card["handle"])
    assert (row["status"], row["till_uses"]) == ({"S": "blocked"}, USED["till_uses"])


def test_a_new_card_has_a_till_row_of_its_own(client: CardsClient) -> None:
    card = client.active_card()
    till_row(client, card["handle"]).update(USED)

    new = client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="lost").json

    fresh = client.activate(new, contact=CONTACT).json
    assert "till_uses" not in till_row(client, fresh["handle"])
