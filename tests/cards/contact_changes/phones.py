"""Phones that holders change, and the codes and messages that come to them."""

from typing import Any

from tests.cards.api_client import (
    CONTACT,
    CardsClient,
    person,
)

NEW_PHONE = "+79211234568"
NEW = CONTACT | {"phone": NEW_PHONE}
ORDER = {"order_ref": "17-р", "ordered_on": "2026-10-05"}
OPERATOR = person("OP-1", "hotline_operator")
OTHER_OFFICE = person("DO-03", "district_office", districts=("D03",))


def codes(client: CardsClient) -> dict[str, str]:
    """The sign-ins of the latest change, by their use."""
    told = client.events("SignInRequested")
    return {each["use"]: each["sign_in_id"] for each in told}


def change(client: CardsClient, me: Any, contact: Any = NEW) -> str:
    answer = client.post(me, "/v1/contact-changes", contact=contact)
    assert answer.status == 202, answer.text
    return f"/v1/contact-changes/{answer.json['id']}/confirm"


def former_of(client: CardsClient) -> str:
    """Where the news of the latest change goes, or why it does not."""
    told = client.events("HolderContactChanged")[-1]
    return reached(client, told["contact_change_id"], "holder_contact_changed_holder")


def reached(client: CardsClient, card: str, template: str) -> str:
    """The address a message about a card goes to, or why it does not."""
    item = {"reference": card, "event_id": "e", "template": template}
    (found,) = client.world.call("cards", "resolve_recipients", {"items": [item]})["recipients"]
    return str(found.get("address") or found["refused"])
