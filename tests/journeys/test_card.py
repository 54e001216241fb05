"""A card from the office's order to the message about a new discount, through all services."""

import re
from typing import Any

import pytest

from tests.journeys.journey_world import JourneyWorld
from tests.support.world import at

PHONE = "+79211234567"
CONTACT = {"name": "Мария", "channel": "sms", "phone": PHONE}


def post(journey: JourneyWorld, user: str, path: str, **body: Any) -> Any:
    return journey.call(user, "POST", f"/cards/v1{path}", body or None, must=True).body


def told(journey: JourneyWorld) -> list[str]:
    """What the holder has read so far."""
    journey.settle()
    return [m["text"] for m in journey.messages() if m["recipient_role"] == "foster_parent"]


def partner(journey: JourneyWorld) -> str:
    """A store with seven percent, from the authority's word to its first till."""
    lead = {"region": "ZR", "title": "Гастроном", "category": "grocery", "district_ids": ["D02"]}
    found = str(post(journey, "RA-1", "/partners", **lead)["id"])
    path = f"/partners/{found}"
    post(journey, "CL-0", f"{path}/take")
    shop = {"title": "На площади", "district_id": "D02", "address": "площадь Труда, 1"}
    outlet = post(journey, "CL-0", f"{path}/outlets", **shop, latitude=53.2, longitude=50.1)[
        "number"
    ]
    discount(journey, found, 7, "2026-10-05")
    post(journey, "CL-0", f"{path}/keys", outlet_id=outlet)
    post(journey, "CL-0", f"{path}/agreement", agreement_ref="14")
    post(journey, "CL-0", f"{path}/publish")
    return found


def discount(journey: JourneyWorld, found: str, percent: int, since: str) -> str:
    terms = {"discount_percent": percent, "goods_scope": "Все товары", "valid_from": since}
    return str(post(journey, "CL-0", f"/partners/{found}/offers", **terms)["number"])


@pytest.mark.requirement("S0-37")
def test_the_holder_is_sent_the_code_a_welcome_and_news_of_the_discount(
    journey: JourneyWorld,
) -> None:
    journey.advance(at("2026-10-05 10:00"))
    parties = {"club_id": "C-00", "authority_id": "RA", "started_on": "2026-09-01"}
    post(journey, "RA-1", "/programmes", region="ZR", **parties)
    store = partner(journey)

    order = {"order_ref": "17-р", "ordered_on": "2026-10-05"}
    holder = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "contact": CONTACT}
    assert journey.call("CL-0", "POST", "/cards/v1/cards", holder).status == 409
    card = post(journey, "DO-02", "/cards", order=order, **holder)
    shown = journey.call("CL-0", "GET", f"/cards/v1/cards/{card['id']}").body
    assert shown["issued_at"].startswith("2026-10-05")
    (instructions,) = told(journey)
    assert re.search(rf"\b{card['activation_code']}\b", instructions)
    assert card["number"] not in instructions

    journey.advance(at("2026-10-07 12:00"))
    activation = {"number": card["number"], "activation_code": card["activation_code"]}
    agreed = {"consent_processing": True, "consent_community": True, "district_id": "D02"}
    post(journey, "FP-02", "/cards/activate", contact=CONTACT, **activation, **agreed)
    (_, welcome) = told(journey)
    assert "Добро пожаловать" in welcome

    newer = discount(journey, store, 9, "2026-11-01")
    post(journey, "CL-0", f"/partners/{store}/offers/{newer}/publish")
    (*_, news) = told(journey)
    assert "Гастроном" in news and "9 %" in news and "1 ноября" in news
