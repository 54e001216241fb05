"""No command of cards writes more items at once than every DynamoDB-like store takes."""

from typing import Any

from shared.reference.code_lists import ITEM_ID
from shared.storage.store import MAX_ITEMS
from tests.cards.api_client import AUTHORITY, CONTACT, HOLDER, LEADER, MANAGER, CardsClient
from tests.support.reference import reference_data
from tests.support.world import at


def test_every_command_at_its_largest_fits_one_small_transaction(client: CardsClient) -> None:
    sizes: list[int] = []
    table, commit = client.world.dynamodb, client.world.dynamodb.transact_write_items

    def counted(**request: Any) -> Any:
        sizes.append(len(request["TransactItems"]))
        return commit(**request)

    table.__dict__["transact_write_items"] = counted

    districts = [f"D{n:02d}" for n in range(1, 13)]
    partner = client.partner(district_ids=districts)
    for number in range(40):
        outlet = client.outlet(partner, districts[number % 12])
        client.key(partner, outlet)
    client.offer(partner)
    client.done(AUTHORITY, f"/v1/partners/{partner}/agreement", agreement_ref="14")
    client.done(LEADER, f"/v1/partners/{partner}/publish")
    number = client.offer(partner, 9, "2026-11-01").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")
    client.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-12-31")
    client.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")
    card = client.issue(contact=CONTACT, order={"order_ref": "1", "ordered_on": "2026-10-05"})
    client.world.advance(at("2026-10-20 10:00"))
    card = client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")
    client.activate(card)
    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    new = client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="lost").json
    client.activate(new)
    client.done(LEADER, f"/v1/cards/{new['id']}/revoke", reason="other")
    client.done(HOLDER, f"/v1/cards/{new['id']}/erase")
    client.world.settle()

    assert len(sizes) > 100
    assert max(sizes) <= MAX_ITEMS <= 16


def test_codes_are_read_once_and_only_for_open_lists(client: CardsClient) -> None:
    with reference_data() as stage:
        card = client.issue(contact=CONTACT)
        client.activate(card, LEADER, evidence="in_person")
        assert ITEM_ID not in stage.reads
        client.done(LEADER, f"/v1/cards/{card['id']}/block", reason="lost")
        client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="other")

    assert stage.reads.count(ITEM_ID) == 1
