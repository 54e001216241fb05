"""Calls that headquarters is asked to make to a family: each can be made, or ends."""

from tests.cross_service.region import EVIDENCE, HQ, OPERATOR, RegionClient, rep
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


def test_a_call_that_was_asked_for_is_written_down_though_an_ending_is_decided(
    client: RegionClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.in_care(case, guardian)
    path = f"/matching/matches/{match}"
    client.at("2026-09-28 12:00")
    client.do(rep(guardian), f"{path}/notices", {"reason": "guardian_resources_exhausted"})

    assert "call_family" in work(client)
    assert "record_call" in client.get(HQ, path)["next_steps"]
    client.do(HQ, f"{path}/calls", {"kind": "two_weeks", "result": "fine"})
    assert "call_family" not in work(client)
    not_made = {"reason": "not_made", "not_made": True}
    client.do(HQ, f"{path}/calls/two_weeks/correction", not_made)
    assert "call_family" in work(client)
    client.do(HQ, f"{path}/calls", {"kind": "two_weeks", "result": "problem"})
    assert "call_family" not in work(client)
    assert client.get(HQ, path)["status"] == "ending"
    # When the care is over no call can be written down any more, so none is asked for.
    client.at("2026-10-01 12:05")
    client.do(HQ, f"{path}/ending", {"reason": "guardian_resources_exhausted"})
    client.do(HQ, f"{path}/calls/two_weeks/correction", not_made)
    assert "call_family" not in work(client)
