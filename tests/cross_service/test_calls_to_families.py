"""Calls that headquarters is asked to make to a family end when the family forbids them."""

from tests.cross_service.region import EVIDENCE, HQ, OPERATOR, RegionClient
from tests.intake.api_client import request


def work(client: RegionClient) -> set[str]:
    """The kinds of open work of headquarters."""
    items = client.get(HQ, "/notifications/inbox")["items"]
    return {item["kind"] for item in items}


def test_who_takes_back_that_it_may_be_called_is_not_called_any_more(client: RegionClient) -> None:
    phone = {"name": "Мария", "channel": "phone_task", "phone": client.phone()}
    asked = client.do(OPERATOR, "/intake/requests", request(contact=phone))
    client.understood(asked["case_id"])
    client.flagged(asked["case_id"])
    assert {"tell_by_phone"} <= work(client)
    family = f"/intake/families/{asked['family_id']}"
    no = {"purpose": "contact", "given": False, **EVIDENCE}

    client.do(HQ, f"{family}/consents", no)

    left = work(client)
    assert "tell_by_phone" not in left
    assert "agree_on_contact" in left
    client.do(HQ, f"{family}/consents", no | {"given": True})
    assert "agree_on_contact" not in work(client)
