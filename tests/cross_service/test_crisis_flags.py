"""A crisis flag of the community, which does not exist yet, becomes work for headquarters."""

import json

from shared import clock
from shared.events.base import to_cloud_event
from shared.events.community import CrisisFlagged
from tests.cross_service.region import HQ, RegionClient


def test_a_flag_that_the_family_agreed_to_is_an_urgent_request_to_review(
    client: RegionClient,
) -> None:
    flag = CrisisFlagged(
        region="ZR",
        flag_id="flg_1",
        member_ref="mem_1",
        kind="conflict",
        severity="urgent",
        raised_by="activist",
        consent=True,
        district_id="D01",
    )
    with client.world.service("intake"):
        detail = to_cloud_event(
            flag,
            event_id="evt_flag",
            time=clock.now(),
            sequence=1,
            correlation_id="cor_flag",
            causation_id=None,
        )
    body = json.dumps({"detail-type": flag.detail_type(), "detail": json.loads(detail)})
    client.world.queue.messages["intake"] += [body, body]
    client.world.settle()

    items = client.get(HQ, "/notifications/inbox")["items"]

    # Who raised the flag knows the family; the programme has no contact of it yet.
    assert [(item["kind"], item["urgent"]) for item in items] == [
        ("review_request", True),
        ("agree_on_contact", False),
    ]
    assert client.messages_to("family") == []
    (case,) = client.get(HQ, "/intake/cases", status="received")["items"]
    client.do(HQ, f"/intake/cases/{case['id']}/take")
