"""What a family wants to give, and what is kept for one, is somebody's work until it is settled."""

from tests.cross_service.region import EVIDENCE, HQ, RegionClient
from tests.cross_service.test_volunteer_work import inbox
from tests.matching.resources.test_api import CM
from tests.matching.volunteers.test_api import VC, VC_Y

GIFT = {
    "kind": "goods", "category": "goods_aid", "quantity": 3, "unit": "kit", "on": "2026-09-20",
    "opted_in": True,
}  # fmt: skip


def test_a_gift_is_collected_by_headquarters_and_a_kept_part_asked_after_by_the_coordinator(
    client: RegionClient,
) -> None:
    case = client.registered()
    client.do(HQ, f"/intake/cases/{case}/withdraw", {"reason": "not_said"} | EVIDENCE)
    client.at("2026-09-16 10:00")
    family = client.family_token(case)
    first, second = (
        str(client.do(family, "/matching/gifts", GIFT | {"kind": kind})["id"])
        for kind in ("goods", "time")
    )
    collect = ("collect_gift", family.id)
    assert inbox(client, HQ) == [collect, collect]
    client.do(family, f"/matching/gifts/{second}/withdrawal", {})
    assert inbox(client, HQ) == [collect]

    offered = client.get(VC, "/matching/resources")["items"][0]["resource_id"]
    parts = f"/matching/resources/{offered}/reservations"
    given, freed = (client.do(CM, parts, {"quantity": 1})["id"] for _ in range(2))
    assert client.get(VC, parts)["items"][0]["reserved_by"] == CM.id
    client.at("2026-09-27 23:59")
    assert inbox(client) == []
    client.at("2026-09-28 00:00")
    assert inbox(client) == [("settle_reservation", offered)] * 2
    assert inbox(client, VC_Y) == []
    client.do(family, f"/matching/gifts/{first}/withdrawal", {})
    assert inbox(client, HQ) == [collect], "what is promised of it is still to be collected"
    client.do(CM, f"{parts}/{given}/giving")
    assert inbox(client) == [("settle_reservation", offered)]
    client.do(VC, f"{parts}/{freed}/release")
    assert inbox(client) == []
    assert inbox(client, HQ) == [], "nothing of it is promised any more"


def test_a_gift_that_was_given_or_is_not_wanted_is_not_to_be_collected(
    client: RegionClient,
) -> None:
    case = client.registered()
    client.do(HQ, f"/intake/cases/{case}/withdraw", {"reason": "not_said"} | EVIDENCE)
    client.at("2026-09-16 10:00")
    family = client.family_token(case)
    client.do(family, "/matching/gifts", GIFT)
    offered = client.get(VC, "/matching/resources")["items"][0]["resource_id"]
    parts = f"/matching/resources/{offered}/reservations"
    first, rest = (client.do(CM, parts, {"quantity": each})["id"] for each in (1, 2))

    client.do(CM, f"{parts}/{first}/giving")
    assert inbox(client, HQ) == [("collect_gift", family.id)]
    client.do(CM, f"{parts}/{rest}/giving")
    assert inbox(client, HQ) == []

    client.do(family, "/matching/gifts", GIFT)
    assert inbox(client, HQ) == [("collect_gift", family.id)]
    offered = client.get(VC, "/matching/resources")["items"][0]["resource_id"]
    client.do(VC, f"/matching/resources/{offered}/withdrawal")
    assert inbox(client, HQ) == [], "the coordinator has no use for it"
