"""The register of a region: every filter, and all of them together, by keys."""

from itertools import product
from typing import Any

import pytest

from tests.matching.api_client import FEDERAL, HQ, HQ_Y, NAME, MatchingClient, pointer

DISTRICTS = (None, "D01", "D03", "D11")
KINDS = (None, "food_aid", "repair_work")
STATUSES = (None, "assigned", "clarification", "ready", "caring", "paused", "withdrawn")


def read(client: MatchingClient, limit: int, **query: Any) -> list[str]:
    """The guardians of a filter over all pages; no page is short before the last."""
    query = {name: value for name, value in query.items() if value is not None}
    seen, cursor = list[str](), dict[str, str]()
    while True:
        page = client.get(HQ, "/guardians", limit=limit, **query, **cursor)
        of_lists = {*query} & {"category", "district_id"}
        assert page["items"] or not (cursor and of_lists), "none is promised that has nothing"
        seen += [item["guardian_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return seen
        assert len(page["items"]) == limit
        cursor = {"cursor": page["next_cursor"]}


def offered(*kinds: str, **more: Any) -> dict[str, Any]:
    """Capabilities by kind."""
    return {"capabilities": [{"category": each} for each in kinds]} | more


@pytest.fixture
def region(client: MatchingClient) -> MatchingClient:
    """Guardians in each status that a region sees, for districts and for the whole region."""
    client.ready(**offered("food_aid", district_ids=["D01", "D03"]))
    client.ready(**offered("food_aid", "repair_work", district_ids=[]))
    own = [{"category": "food_aid", "district_ids": ["D03"]}, {"category": "repair_work"}]
    client.ready(capabilities=own, district_ids=["D01"])
    client.assigned(**offered("repair_work", district_ids=["D03"]))
    asked = client.applied(**offered("repair_work", district_ids=["D11"]))
    client.do(FEDERAL, f"/guardians/{asked}/vetting")
    talk = {"invited_role": "head", "question": "Сколько вас?"}
    client.do(FEDERAL, f"/guardians/{asked}/clarification", talk)
    for step, reason in (("pause", "holidays"), ("withdrawal", "other")):
        resting = client.ready(**offered("food_aid", district_ids=["D03"]))
        client.do(
            HQ if step == "pause" else FEDERAL, f"/guardians/{resting}/{step}", {"reason": reason}
        )
    caring = client.ready(**offered("household_help", "food_aid", district_ids=["D01"]))
    client.active(client.waiting("D01", "household_help"), caring)
    client.applied(**offered("food_aid"))
    client.ready("YY", **offered("food_aid", district_ids=[]))
    return client


def test_every_filter_finds_by_its_keys_what_the_whole_register_says(
    region: MatchingClient,
) -> None:
    whole = region.get(HQ, "/guardians")["items"]
    assert {item["status"] for item in whole} == {each for each in STATUSES if each}

    def fits(item: Any, kind: str | None, district: str | None, status: str | None) -> bool:
        offers = [each for each in item["capabilities"] if kind in (None, each["category"])]
        areas = [each["district_ids"] or item["district_ids"] for each in offers]
        there = any(not area or district in (None, *area) for area in areas)
        return there and status in (None, item["status"])

    for kind, district, status in product(KINDS, DISTRICTS, STATUSES):
        wanted = [each["guardian_id"] for each in whole if fits(each, kind, district, status)]
        for limit in (1, 50):
            found = read(region, limit, category=kind, district_id=district, status=status)
            assert sorted(found) == sorted(wanted), (kind, district, status, limit)


def test_who_has_changed_before_its_lists_is_in_no_part_where_it_is_no_more(
    client: MatchingClient,
) -> None:
    offer = offered("food_aid", district_ids=["D01"])
    narrowed, elsewhere, resting, moved = (client.ready(**offer) for _ in range(4))
    for guardian, kind, district in (
        (narrowed, "repair_work", "D01"),
        (elsewhere, "food_aid", "D03"),
    ):
        body = offered(kind, district_ids=[district], capacity_families=2)
        path = f"/guardians/{guardian}/possibilities"
        version = client.get(HQ, f"/guardians/{guardian}")["version"]
        assert client.api(HQ).put(path, body, if_match=version).status == 200
    client.post(HQ, f"/guardians/{resting}/pause", {"reason": "holidays"})
    client.post(FEDERAL, f"/guardians/{moved}/assignment", {"region": "YY"})

    assert read(client, 50, category="food_aid", district_id="D01") == [resting]
    assert read(client, 50, category="food_aid", district_id="D01", status="ready") == []
    nowhere = client.api(HQ).get("/guardians", query={"district_id": "D99"})
    assert pointer(nowhere) == "/district_id"


def test_what_the_register_gives_names_nobody_and_is_the_region_s_own(
    region: MatchingClient,
) -> None:
    found = region.api(HQ).get("/guardians", query={"category": "food_aid", "limit": 1})

    assert NAME not in found.text
    assert "+7916" not in found.text
    assert found.json["items"][0]["title"]
    cursor = {"category": "food_aid", "limit": 1, "cursor": found.json["next_cursor"]}
    for query in (cursor | {"category": "repair_work"}, cursor | {"status": "ready"}):
        assert region.api(HQ).get("/guardians", query=query).code == "bad_cursor"
    assert region.api(HQ_Y).get("/guardians", query=cursor).code == "bad_cursor"
    (there,) = region.get(HQ_Y, "/guardians", category="food_aid", district_id="D01")["items"]
    assert there["region"] == "YY"
    assert region.api(HQ).get("/guardians", query={"region": "YY"}).status == 404
