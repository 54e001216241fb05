"""Offices of several districts that issue cards, and a leader who decides whose they are."""

from typing import Any

from tests.cards.api_client import CONTACT, LEADER, OFFICE, CardsClient, person
from tests.support.api import Answer

ORDER = {"order_ref": "17-р", "ordered_on": "2026-10-05"}
PHONE_2, PHONE_3 = "+79211234568", "+79211234569"
OFFICE_3 = person("DO-03", "district_office", districts=("D03",))
OFFICE_5 = person("DO-05", "district_office", districts=("D05",))
OFFICES = {"D02": OFFICE, "D03": OFFICE_3, "D05": OFFICE_5}


def issue(client: CardsClient, ref: str, district: str, phone: str | None = None) -> Answer:
    """A card that the office of a district issues."""
    contact = {} if phone is None else {"contact": CONTACT | {"phone": phone}}
    return client.post(
        OFFICES[district], "/v1/cards",
        region="ZR", district_id=district, holder_ref=ref, order=ORDER, **contact,
    )  # fmt: skip


def decide(client: CardsClient, card: str, decision: str, who: Any = LEADER) -> Answer:
    body = {"decision": decision, "reason": "offices_asked"}
    return client.post(who, f"/v1/cards/{card}/decide-duplicate", **body)


def held(client: CardsClient, who: Any = LEADER) -> list[dict[str, Any]]:
    return list(client.get(who, "/v1/held-cards").json["items"])


def code_of(client: CardsClient, card: str) -> dict[str, Any]:
    """What notifications would be told of where the code of a card goes."""
    item = {"reference": card, "event_id": "evt_1", "template": "card_issued_holder"}
    (found,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    return dict(found)
