"""Two offices issue a card to who may be one person: a leader is asked, decides, and is obeyed."""

from typing import Any

import pytest

from services.cards.holders.values import holder_id
from shared.principal import Principal
from tests.cross_service.region import AUTHORITY, LEADER, RegionClient, holder

ORDER = {"order_ref": "17-р", "ordered_on": "2026-09-14"}


def office(district: str) -> Principal:
    role = "district_office"
    return Principal(f"DO-{district}", "person", role, (role,), ("ZR",), districts=(district,))


def signed_in(person: str) -> Principal:
    return Principal(person, "person", "foster_parent", ("foster_parent",), audience="cards")


def issue(client: RegionClient, district: str, phone: str) -> dict[str, Any]:
    body = {
        "region": "ZR", "district_id": district, "holder_ref": "ЛД 101", "order": ORDER,
        "contact": {"name": "Вера", "channel": "sms", "phone": phone},
    }  # fmt: skip
    return dict(client.do(office(district), "/cards/cards", body))


def inbox(client: RegionClient, who: Principal, *, done: bool = False) -> list[tuple[str, str]]:
    found = client.get(who, "/notifications/inbox", **({"done": True} if done else {}))["items"]
    return [(item["kind"], item["reference"]) for item in found]


@pytest.fixture
def held(client: RegionClient) -> dict[str, Any]:
    """The card of the second office."""
    programme = {"region": "ZR", "club_id": "C", "authority_id": "RA", "started_on": "2026-09-01"}
    client.do(AUTHORITY, "/cards/programmes", programme)
    issue(client, "D01", "+79031112201")
    return issue(client, "D02", "+79031112202")


def test_a_leader_is_asked_and_nothing_leaves_before_the_answer(
    client: RegionClient, held: dict[str, Any]
) -> None:
    assert held["status"] == "held"
    assert inbox(client, LEADER) == [("decide_held_card", held["id"])]
    assert [m.to for m in client.messages_to("foster_parent")] == ["+79031112201"]
    assert inbox(client, office("D02")) == []
    (asked,) = client.messages_to("community_leader")
    # Her own token names her, whatever letters the number of her file has.
    with client.world.service("cards"):
        first = holder_id("ZR", "ЛД101")
    (hers,) = client.get(signed_in(first), "/notifications/own-messages")["items"]
    assert hers["status"] == "sent"
    assert "таким же номером" in asked.text


@pytest.mark.parametrize("decision", ["different_person", "same_person"])
def test_the_decision_ends_the_work_and_the_office_hears_of_it(
    client: RegionClient, held: dict[str, Any], decision: str
) -> None:
    body = {"decision": decision, "reason": "offices_asked"}
    client.do(LEADER, f"/cards/cards/{held['id']}/decide-duplicate", body)

    assert inbox(client, LEADER) == []
    assert inbox(client, LEADER, done=True) == [("decide_held_card", held["id"])]
    assert inbox(client, office("D02")) == [("tell_of_decision", held["id"])]
    assert inbox(client, office("D01")) == []
    (told,) = client.messages_to("district_office")
    codes = [m for m in client.messages_to("foster_parent") if m.to == "+79031112202"]
    if decision == "same_person":
        assert "прежняя карта" in told.text and codes == []
        return
    assert "другой человек" in told.text
    (code,) = codes
    number = {"number": held["number"], "district_id": "D02", "consent_community": False}
    digits = "".join(c for c in code.text.partition("код")[2] if c.isdigit())[:8]
    contact = {"name": "Вера", "channel": "sms", "phone": "+79031112202"}
    more = {"activation_code": digits, "contact": contact, "consent_processing": True}
    client.do(holder("FP-9"), "/cards/cards/activate", number | more)
    assert inbox(client, office("D02")) == []
