"""No command of cards writes more items at once than every DynamoDB-like store takes."""

from typing import Any

from shared.storage.store import MAX_ITEMS
from tests.cards.api_client import AUTHORITY, CONTACT, HOLDER, LEADER, MANAGER, Desk
from tests.support.world import at


def test_every_command_at_its_largest_fits_one_small_transaction(desk: Desk) -> None:
    sizes: list[int] = []
    table, commit = desk.world.dynamodb, desk.world.dynamodb.transact_write_items

    def counted(**request: Any) -> Any:
        sizes.append(len(request["TransactItems"]))
        return commit(**request)

    table.__dict__["transact_write_items"] = counted

    districts = [f"D{n:02d}" for n in range(1, 13)]
    partner = desk.partner(district_ids=districts)
    for number in range(40):
        outlet = desk.outlet(partner, districts[number % 12])
        desk.key(partner, outlet)
    desk.offer(partner)
    desk.done(AUTHORITY, f"/v1/partners/{partner}/agreement", agreement_ref="14")
    desk.done(LEADER, f"/v1/partners/{partner}/publish")
    number = desk.offer(partner, 9, "2026-11-01").json["number"]
    desk.done(LEADER, f"/v1/partners/{partner}/offers/{number}/publish")
    desk.done(MANAGER, f"/v1/partners/{partner}/notice", last_day="2026-12-31")
    desk.done(MANAGER, f"/v1/partners/{partner}/end", reason="partner_left")
    card = desk.issue(contact=CONTACT, order={"order_ref": "1", "ordered_on": "2026-10-05"})
    desk.world.advance(at("2026-10-20 10:00"))
    card = desk.done(LEADER, f"/v1/cards/{card['id']}/renew-code")
    desk.activate(card)
    desk.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    new = desk.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="lost").json
    desk.activate(new)
    desk.done(LEADER, f"/v1/cards/{new['id']}/revoke", reason="other")
    desk.done(HOLDER, f"/v1/cards/{new['id']}/erase")
    desk.world.settle()

    assert len(sizes) > 100
    assert max(sizes) <= MAX_ITEMS <= 16
