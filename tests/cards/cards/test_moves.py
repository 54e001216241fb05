"""A holder moves within the region, or the district of her card was mistyped."""

from typing import Any

import pytest

from shared.principal import Principal
from tests.cards.api_client import (
    BOT,
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    OFFICE,
    STRANGER,
    CardsClient,
    person,
)
from tests.support.api import Answer

LEADER_D02 = person("CL-2", "community_leader", districts=("D02",))


def move(client: CardsClient, card: dict[str, Any], to: str, who: Principal = LEADER) -> Answer:
    return client.post(who, f"/v1/cards/{card['id']}/move", district_id=to)


def of(client: CardsClient, who: Principal, path: str = "/v1/cards") -> list[str]:
    return [str(card["id"]) for card in client.get(who, path).json["items"]]


@pytest.mark.parametrize("who", [LEADER, LEADER_D02, HOLDER])
def test_a_card_is_in_the_lists_of_the_district_that_its_holder_has_moved_to(
    client: CardsClient, who: Principal
) -> None:
    card = client.active_card()
    assert (of(client, LEADER_D02), of(client, LEADER_D05)) == ([card["id"]], [])

    assert move(client, card, "D05", who).status == 200

    assert (of(client, LEADER_D02), of(client, LEADER_D05)) == ([], [card["id"]])
    assert client.get(LEADER_D02, f"/v1/cards/{card['id']}").status == 404
    shown = client.get(LEADER_D05, f"/v1/cards/{card['id']}").json
    assert (shown["district_id"], shown["status"]) == ("D05", "active")
    assert client.at_the_till(card["number"]).status == "active"
    (told,) = client.events("CardMoved")
    assert (told["former_district_id"], told["district_id"]) == ("D02", "D05")
    # What comes after it is in the new district, too.
    new = client.post(LEADER_D05, f"/v1/cards/{card['id']}/replace", reason="damaged").json["id"]
    assert client.get(LEADER_D05, f"/v1/cards/{new}").json["district_id"] == "D05"


def test_who_may_not_see_a_card_does_not_move_it_and_it_stays_in_the_region(
    client: CardsClient,
) -> None:
    card = client.active_card()

    assert move(client, card, "D05", OFFICE).status in (403, 404)
    assert move(client, card, "D05", STRANGER).status == 404
    assert move(client, card, "D05", LEADER_D05).status == 404  # not hers yet
    assert move(client, card, "D05", BOT).status in (403, 404)
    assert move(client, card, "D99").status == 422
    assert of(client, LEADER_D02) == [card["id"]]


def test_a_move_to_where_the_card_is_tells_nothing_and_a_card_that_ended_stays(
    client: CardsClient,
) -> None:
    card = client.active_card()
    assert move(client, card, "D02").status == 200
    assert client.events("CardMoved") == []

    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")
    refused = move(client, card, "D05")
    assert (refused.status, refused.code) == (409, "card_revoked")


@pytest.mark.parametrize(("district", "moves"), [("D02", []), ("D05", [("D02", "D05")])])
def test_who_activates_in_another_district_has_moved_and_its_leader_has_the_work(
    client: CardsClient, district: str, moves: list[tuple[str, str]]
) -> None:
    card = client.issue()

    assert client.activate(card, district_id=district).status == 200

    told = client.events("CardMoved")
    assert [(each["former_district_id"], each["district_id"]) for each in told] == moves
    assert len(client.events("CardActivated")) == 1


def test_a_card_that_is_held_at_its_activation_waits_where_its_holder_lives(
    client: CardsClient,
) -> None:
    client.issue("FP-8", district_id="D03", contact=CONTACT)
    card = client.issue("FP-9")

    assert client.activate(card, STRANGER, contact=CONTACT, district_id="D05").json["status"] == (
        "held"
    )

    (held,) = client.events("CardHeld")
    (moved,) = client.events("CardMoved")
    assert held["district_id"] == moved["district_id"] == "D05"


def test_a_leader_who_has_moved_a_card_away_gets_the_same_answer_again(
    client: CardsClient,
) -> None:
    card = client.active_card()
    path = f"/v1/cards/{card['id']}/move"
    first = client.post(LEADER_D02, path, "same-key", district_id="D05")

    again = client.post(LEADER_D02, path, "same-key", district_id="D05")

    assert (first.status, first.json) == (again.status, again.json) and first.status == 200


def test_a_held_card_waits_for_the_leader_of_the_new_district(client: CardsClient) -> None:
    client.issue("FP-8", district_id="D03")
    order = {"order_ref": "17-р", "ordered_on": "2026-10-05"}
    where = {"region": "ZR", "district_id": "D02"}
    twin = client.post(OFFICE, "/v1/cards", **where, holder_ref="FP-8", order=order).json
    assert twin["status"] == "held"

    assert move(client, twin, "D05").status == 200

    held = "/v1/held-cards"
    assert (of(client, LEADER_D02, held), of(client, LEADER_D05, held)) == ([], [twin["id"]])
    body = {"decision": "different_person", "reason": "offices_asked"}
    path = f"/v1/cards/{twin['id']}/decide-duplicate"
    assert client.post(LEADER_D05, path, **body).status == 200


def test_who_has_moved_hears_of_the_partners_of_the_new_district(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    came = client.active_card("FP-1", person("FP-1", "foster_parent"))
    went = client.active_card("FP-2", person("FP-2", "foster_parent"))
    for card, to in ((came, "D01"), (went, "D01"), (went, "D05")):
        assert move(client, card, to).status == 200

    offer = client.offer(partner, 9, "2026-11-01").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/publish")

    news = [each for each in client.events("PartnerNewsDue") if each["news"] == "discount"]
    assert [each["reference"].partition(".")[2] for each in news] == [came["id"]]
    assert [each["district_id"] for each in news] == ["D01"]
