"""The external system of record: its numbers are kept, it hears of changes, nobody waits for it."""

from datetime import datetime, timedelta

import pytest

from services.notifications.channels import hooks
from services.notifications.webhook_deliveries.domain import PAUSES
from tests.cross_service.region import HQ, OPERATOR, RegionClient
from tests.intake.api_client import request
from tests.notifications.fake_receiver import receiver

HEARD = ["intake.RequestReceived", "intake.CareRequired", "intake.AidRecorded"]


@pytest.mark.requirement("S4-49")
def test_the_region_works_while_the_system_of_record_is_off_and_it_hears_of_all_afterwards(
    client: RegionClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.world.environment["PRIVATE_WEBHOOKS"] = "yes"
    monkeypatch.setattr(hooks, "READ_SECONDS", 0.15)
    hooks._pool.cache_clear()
    with receiver(late_seconds=0.4) as system:
        at = {"region": "ZR", "url": f"{system.url}/onf", "event_types": HEARD}
        endpoint = client.do(HQ, "/notifications/webhook-endpoints", at)
        path = f"/notifications/webhook-endpoints/{endpoint['id']}"
        system.answers = [503] * 2

        body = request(external_ref={"system": "onf_help", "id": "A-17"})
        first = client.do(OPERATOR, "/intake/requests", body)
        again = client.do(OPERATOR, "/intake/requests", body)
        case = first["case_id"]
        client.understood(case)
        marker = {"long_term_need": True, "reason": "alone_with_children"}
        client.do(HQ, f"/intake/cases/{case}/care-requirement", marker)

        assert (again["id"], again["existing"], first["existing"]) == (first["id"], True, False)
        assert client.get(HQ, f"/intake/cases/{case}")["status"] == "care_required"
        off = client.get(HQ, f"{path}/deliveries")["items"]
        assert {each["status"] for each in off} == {"waiting"}

        back = datetime.fromisoformat(client.moment()) + PAUSES[0] + timedelta(minutes=1)
        client.world.advance(back)

        sync = client.get(HQ, f"{path}/deliveries")["items"]
        assert {each["status"] for each in sync} == {"delivered"}
        said = [system.verified(endpoint["secret"], at) for at in range(len(system.got))]
    heard = {each["type"]: each["data"] for each in said}
    assert set(heard) == {"intake.RequestReceived", "intake.CareRequired"}
    assert heard["intake.RequestReceived"]["request_id"] == first["id"]
    assert heard["intake.CareRequired"]["case_id"] == case
    assert "A-17" not in str(said)
