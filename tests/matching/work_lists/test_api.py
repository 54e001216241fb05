"""A coordinator's work through the API: what is due, what of it today, at which stage."""

from typing import Any

import pytest

from shared import clock
from tests.matching.api_client import FEDERAL, HQ, HQ_Y, MatchingClient, application, pointer, rep


@pytest.fixture
def work(client: MatchingClient) -> dict[str, str]:
    """A match at each of three stages on the evening of one day, and a family that waits."""
    client.at("2026-09-14 10:00")
    offers = [{"category": "household_help"}]
    guardian = client.ready(capabilities=offers, district_ids=["D01", "D02"], capacity_families=9)
    active = client.active(client.waiting("D01"), guardian)
    client.at("2026-09-15 12:00")
    met = client.introduced(client.proposed(client.waiting("D01"), guardian))
    client.at("2026-09-25 14:00")
    proposed = client.proposed(client.waiting("D02"), guardian)
    client.waiting("D02")
    client.at("2026-09-28 13:00")
    return {"active": active, "introduced": met, "proposed": proposed, "guardian": guardian}


def listed(client: MatchingClient, **query: Any) -> list[str]:
    return [each["match_id"] for each in client.get(HQ, "/work", **query)["items"]]


def test_work_is_listed_by_the_time_that_is_left(
    client: MatchingClient, work: dict[str, str]
) -> None:
    met, proposed, active = work["introduced"], work["proposed"], work["active"]
    rows = client.get(HQ, "/work")["items"]

    assert [(each["match_id"], each["work"]) for each in rows] == [
        (met, "get_agreement_signed"),
        (proposed, "hold_introduction"),
        (active, "make_two_week_call"),
    ]
    assert [each["hours_left"] < 0 for each in rows] == [True, False, False]
    assert {(each["number"], each["guardian_title"]) for each in rows} == {
        ("10000008", application()["title"])
    }
    assert (rows[1]["hours_left"], rows[1]["due_at"]) == (0, "2026-09-28T10:00:00Z")
    assert listed(client, due="overdue") == [met]
    assert listed(client, due="today") == [met, proposed, active]
    assert listed(client, stage="introduced") == [met]
    assert listed(client, stage="introduced", due="today") == [met]
    assert listed(client, district_id="D02") == [proposed]
    assert listed(client, district_id="D02", due="overdue") == []
    assert listed(client, stage="ending") == []

    counts = client.get(HQ, "/work-counts")
    assert (counts["waiting"], counts["overdue"], counts["today"]) == (1, 1, 2)
    shown = {each["stage"]: each for each in counts["stages"]}
    assert (shown["introduced"]["overdue"], shown["active"]["today"]) == (1, 1)
    assert list(shown) == ["proposed", "introduced", "agreed", "active", "ending"]

    # What is over has no work.
    path = f"/matches/{proposed}/decline"
    client.do(rep(work["guardian"]), path, {"reason": "too_far"})
    assert listed(client) == [met, active]
    assert listed(client, stage="proposed") == []
    declined = client.get(HQ, "/matches", status="declined")["items"]
    assert [each["match_id"] for each in declined] == [proposed]
    opened = client.get(HQ, "/matches", status="active")["items"]
    assert [each["match_id"] for each in opened] == [active]


def test_what_is_due_on_another_day_is_listed_last_and_not_as_due_today(
    client: MatchingClient, work: dict[str, str]
) -> None:
    later = client.proposed(client.waiting("D01"), work["guardian"])

    assert listed(client)[-1] == later
    assert later not in listed(client, due="today")
    proposals = client.get(HQ, "/work-counts")["stages"][0]
    assert (proposals["overdue"], proposals["today"], proposals["later"]) == (0, 1, 1)
    unknown = client.api(HQ).get("/work", query={"district_id": "D99"})
    assert (unknown.status, pointer(unknown)) == (422, "/district_id")


def test_pages_are_full_say_when_nothing_changed_and_are_the_region_s_own(
    client: MatchingClient, work: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(HQ, "/work", limit="2")
    rest = client.get(HQ, "/work", limit="2", cursor=first["next_cursor"])
    assert (len(first["items"]), len(rest["items"])) == (2, 1)

    # The hours that are left are a part of the page, and an hour may end between two readings.
    moment = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: moment)
    page = client.api(HQ).get("/work")
    again = client.api(HQ).with_(If_None_Match=page.etag).get("/work")
    assert (again.status, again.text) == (304, "")

    assert client.get(HQ_Y, "/work")["items"] == []
    assert client.get(HQ_Y, "/work-counts")["waiting"] == 0
    assert client.api(HQ_Y).get("/work", query={"region": "ZR"}).status == 404
    for path in ("/work", "/work-counts"):
        assert client.api(FEDERAL).get(path, query={"region": "ZR"}).status == 403
    both = client.api(HQ).get("/work", query={"stage": "active", "district_id": "D01"})
    assert (both.status, both.json["errors"][0]["pointer"]) == (422, "/district_id")
    over = client.api(HQ).get("/work", query={"stage": "ended"})
    assert (over.status, over.json["errors"][0]["pointer"]) == (422, "/stage")
