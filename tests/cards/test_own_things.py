"""Who holds a card, or belongs to a business, decides nothing about it in another role."""

from dataclasses import replace

import pytest

from tests.cards.api_client import HOLDER, LEADER, MANAGER, STRANGER, CardsClient
from tests.cards.offices import PHONE_2, PHONE_3, decide, held, issue

# One account with two roles.
LEADER_WITH_CARD = replace(LEADER, id=HOLDER.id)
LEADER_OF_SHOP = replace(LEADER, id="CL-9", org=MANAGER.org)


def test_a_leader_ends_no_doubt_about_a_card_beside_her_own(client: CardsClient) -> None:
    own = client.active_card()["id"]
    second = issue(client, "FP-02", "D05", PHONE_2).json["id"]
    assert held(client)[0]["others"][0]["id"] == own

    for decision in ("different_person", "same_person"):
        refused = decide(client, second, decision, LEADER_WITH_CARD)
        assert (refused.status, refused.code) == (403, "own_card")

    assert "другого лидера" in refused.json["detail"]
    assert decide(client, second, "different_person").status == 200


def test_a_leader_ends_no_doubt_about_her_own_card(client: CardsClient) -> None:
    issue(client, "1024", "D02", PHONE_3)
    card = client.issue("77", district_id="D05")
    client.activate(card, contact={"name": "Мария", "channel": "sms", "phone": PHONE_3})
    (waits,) = held(client, LEADER_WITH_CARD)
    assert waits["id"] == card["id"]

    assert decide(client, card["id"], "different_person", LEADER_WITH_CARD).code == "own_card"
    assert decide(client, card["id"], "different_person", HOLDER).code == "forbidden"
    assert decide(client, card["id"], "different_person").status == 200


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("dismiss-placement-end", {}),
        ("replace", {"reason": "lost"}),
        ("renew-code", {}),
        (
            "change-contact",
            {
                "contact": {"name": "Мария", "channel": "sms", "phone": PHONE_2},
                "evidence": "in_person",
                "stolen": False,
            },
        ),
    ],
)
def test_a_leader_says_nothing_for_her_own_card(
    client: CardsClient, step: str, body: dict[str, object]
) -> None:
    own, other = client.active_card()["id"], client.active_card("FP-09", STRANGER)["id"]

    refused = client.post(LEADER_WITH_CARD, f"/v1/cards/{own}/{step}", **body)

    assert (refused.status, refused.code) == (403, "own_card")
    assert client.post(LEADER_WITH_CARD, f"/v1/cards/{other}/{step}", **body).status != 403
    steps = client.get(LEADER_WITH_CARD, f"/v1/cards/{own}").json["next_steps"]
    assert steps == ["block", "move", "revoke"]


def test_a_leader_makes_no_business_that_of_her_own_organisation(client: CardsClient) -> None:
    partner, _ = client.ready_partner()
    path, another = f"/v1/partners/{partner}/agreement", replace(LEADER, id="CL-9", org="shop-09")
    agreed = {"agreement_ref": "15/2026", "manager_org": "shop-09"}

    refused = client.post(another, path, **agreed)

    assert (refused.status, refused.code) == (403, "own_partner")
    assert client.get(LEADER, f"/v1/partners/{partner}").json["org"] == MANAGER.org
    client.done(another, path, **agreed | {"manager_org": "shop-08"})
    client.done(LEADER, path, **agreed)


@pytest.mark.parametrize(("named", "status"), [(None, 201), (MANAGER.org, 201), ("shop-02", 422)])
def test_a_manager_proposes_a_business_for_her_own_organisation(
    client: CardsClient, named: str | None, status: int
) -> None:
    lead = {"region": "ZR", "title": "Слон", "category": "grocery", "district_ids": ["D01"]}

    answer = client.post(MANAGER, "/v1/partners", **lead, manager_org=named)

    assert answer.status == status
    if status == 422:
        (error,) = answer.json["errors"]
        assert (error["code"], error["pointer"]) == ("not_your_organisation", "/manager_org")


def test_who_belongs_to_a_business_does_not_confirm_it_for_the_club(client: CardsClient) -> None:
    partner, _ = client.ready_partner()
    path = f"/v1/partners/{partner}"

    refused = client.post(LEADER_OF_SHOP, f"{path}/publish")

    assert (refused.status, refused.code) == (403, "own_partner")
    assert "другого лидера" in refused.json["detail"]
    steps = client.get(LEADER_OF_SHOP, path).json["next_steps"]
    assert not {"publish", "record_agreement", "decline"}.intersection(steps)
    client.done(LEADER, f"{path}/publish")
    offer = client.offer(partner, 9, "2026-10-12").json["number"]
    confirm = f"{path}/offers/{offer}/publish"
    assert client.post(LEADER_OF_SHOP, confirm).code == "own_partner"
    assert client.post(MANAGER, confirm).code == "forbidden"
    client.done(LEADER, confirm)
