"""Who a reference leads to at the moment of sending, and what is let out about them."""

from typing import Any

from tests.cards.api_client import CONTACT, HOLDER, LEADER, CardsClient


def reached(client: CardsClient, reference: str, template: str) -> dict[str, Any]:
    """What notifications hear of a recipient."""
    item = {"reference": reference, "event_id": "evt_1", "template": template}
    (answer,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    return dict(answer)


def test_a_message_about_a_partner_goes_to_its_own_person(client: CardsClient) -> None:
    partner, _ = client.active_partner(contact=CONTACT)
    answer = reached(client, partner, "partner_offer_ending_partner")
    said = {"first_name": CONTACT["name"], "partner": "Гастроном «Берёзка»"}
    assert (answer["address"], answer["variables"]) == ("+79211234567", said)
    # What a holder's messages name is not known of a partner.
    for template in ("card_issued_holder", "partner_news_due_holder"):
        assert reached(client, partner, template)["refused"] == "undeclared_variables"


def test_news_are_for_cards_that_are_good_at_the_moment_of_sending(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    card = client.active_card()
    offer = client.offer(partner, 9, "2026-11-01").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{offer}/publish")
    (news,) = (each for each in client.events("PartnerNewsDue") if each["news"] == "discount")
    assert "address" in reached(client, news["reference"], "partner_news_due_holder")

    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")

    answer = reached(client, news["reference"], "partner_news_due_holder")
    assert answer["refused"] == "no_consent"
    assert "address" in reached(client, card["id"], "card_blocked_holder")
