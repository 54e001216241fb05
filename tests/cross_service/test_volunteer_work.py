"""What the volunteer coordinator is asked to do, and that the work ends with the deed."""

from typing import Any

from tests.cross_service.region import RegionClient
from tests.matching.volunteers.test_api import VC, VC_Y, wish

TASK = {"category": "repair_work", "district_id": "D02", "place": "Берёзовая, 5"}


def inbox(client: RegionClient, who: Any = VC) -> list[tuple[str, str]]:
    """The open work, as kind and reference."""
    items = client.get(who, "/notifications/inbox")["items"]
    return sorted((item["kind"], item["reference"]) for item in items)


def test_new_volunteers_and_tasks_that_hang_are_work_of_the_coordinator_of_the_region(
    client: RegionClient,
) -> None:
    def task(starts_at: str) -> str:
        path = f"/matching/volunteers/{volunteer}/tasks"
        return str(client.do(VC, path, TASK | {"starts_at": starts_at})["id"])

    volunteer, other = (
        str(client.do(VC, "/matching/volunteers", wish(number))["id"]) for number in (1, 2)
    )
    assert inbox(client) == sorted([("decide_volunteer", volunteer), ("decide_volunteer", other)])
    assert inbox(client, VC_Y) == []
    client.do(VC, f"/matching/volunteers/{volunteer}/approval", {})
    client.do(VC, f"/matching/volunteers/{other}/leaving", {"reason": "moved"})
    assert inbox(client) == []

    far, near = task("2026-09-20T06:00:00Z"), task("2026-09-14T16:00:00Z")
    client.at("2026-09-14 14:59")
    assert inbox(client) == []
    client.at("2026-09-14 15:01")
    assert inbox(client) == [("ask_volunteer", near)], "halfway to a task of today"
    client.do(VC, f"/matching/volunteer-tasks/{near}/decline", {"reason": "no_time"})
    assert inbox(client) == [("find_volunteer", near)]
    (found,) = client.get(VC, "/notifications/inbox")["items"]
    assert "Начало: 14 сентября в 20:00." in found["text"]
    closed = {"reason": "done"}
    client.do(VC, f"/notifications/inbox/{found['item_id']}/done", closed)

    client.at("2026-09-19 10:01")
    assert inbox(client) == [("ask_volunteer", far)], "a day before the start"
    client.do(VC, f"/matching/volunteer-tasks/{far}/acceptance")
    assert inbox(client) == []
    client.at("2026-09-21 10:01")
    assert inbox(client) == [("settle_task", far)]
    client.at("2026-09-25 10:00")
    assert inbox(client) == [("settle_task", far)], "asked once"
    client.do(VC, f"/matching/volunteer-tasks/{far}/done")
    assert inbox(client) == []
    assert client.get(VC, "/notifications/inbox/counts")["open"] == 0
