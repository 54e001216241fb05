"""Who calls what in notifications: an inbox with work in it, and a form to answer."""

from datetime import date
from typing import Any

from shared.events import intake, matching
from tests.fuzz.callers import Seat
from tests.notifications.fakes import (
    CASE,
    HQ,
    OF_MATCH,
    OPERATIONS,
    FakeGateway,
    FakeOwners,
    House,
)
from tests.support.world import World

GOOD = {"score": 5, "needs_met": "yes", "wants_call": False, "comment": "Спасибо"}
FIRST = {"If-Match": "0"}


def seats(world: World, gateway: FakeGateway, owners: FakeOwners) -> dict[str, Seat]:
    """Seed notifications and sit down at every operation."""
    house = House(world, gateway, owners)
    received = intake.RequestReceived(
        region="ZR", case_id=CASE, channel="hotline", district_id="D05"
    )
    for _ in range(3):
        house.tell(received)
    answered, link = _form(house, "two_weeks"), _form(house, "one_month")
    api = world.api("notifications", HQ)
    form = api.as_(None).post(f"/feedback/{answered}", GOOD, key="1").json["id"]
    items = [str(item["item_id"]) for item in api.get("/inbox").json["items"]]
    assert api.post(f"/inbox/{items[0]}/done", key="2").status == 200

    def at(item: str, **more: Any) -> Seat:
        return Seat(HQ, {"item_id": item}, **more)

    lines = {"values": {"hq_phone": "8 800 111-11-11"}}
    return {
        "show_reference": Seat(query={"region": "ZR"}),
        "list_inbox": Seat(HQ, query={"region": "ZR"}),
        "read_item": at(items[1]),
        "finish_item": at(items[1]),
        "reopen_item": at(items[0]),
        "open_form": Seat(path={"link": link}),
        "answer_form": Seat(path={"link": link}, body=GOOD),
        "list_answers": Seat(HQ, query={"region": "ZR"}),
        "get_answer": Seat(HQ, {"form_id": form}),
        "list_messages": Seat(HQ, query={"region": "ZR", "reference": CASE}),
        "get_lines": Seat(HQ, {"region": "ZR"}),
        "set_lines": Seat(
            OPERATIONS, {"region": "ZR"}, body=lines, keep=("values",), headers=FIRST
        ),
    }


def _form(house: House, kind: str) -> str:
    """The link in the message that a call is due."""
    due = date(2026, 9, 14)
    house.tell(matching.FollowUpDue(**OF_MATCH, kind=kind, due_on=due))
    text = house.gateway.to("family")[-1].text
    return text.rpartition("/feedback/")[2].split()[0]
