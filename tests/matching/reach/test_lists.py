"""Candidates are found by district and kind of help: what is written for it, and what it reads."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from infra.configuration.regions import read_stage
from services.matching.ranking import queries
from services.matching.reach import repository
from services.matching.reach.domain import Entry, Ground
from services.matching.reach.repository import add_entry
from shared import ids
from shared.reference.regions import Centre, District
from shared.storage import rows
from tests.matching.api_client import HQ, HQ_Y, MatchingClient, application, rep
from tests.support.reference import reference_data

TITLE = application()["title"]
GUARDIANS, SIDE = 10_000, 10


def listed(client: MatchingClient, guardian: str) -> set[tuple[str, str]]:
    """Under which districts and kinds of help a guardian is found."""
    found = client.world.dynamodb.rows("matching-data")
    return {
        (pk.rpartition("#")[2], sk.partition("#")[0])
        for pk, sk in found
        if pk.startswith("REACH#ZR#") and sk.endswith(guardian)
    }


def test_the_lists_follow_every_change_of_a_guardian(client: MatchingClient) -> None:
    kinds = ("household_help", "repair_work", "food_aid")
    places = [f"D{number:02d}" for number in range(1, 13)]
    guardian = client.assigned(district_ids=["D01"])
    assert listed(client, guardian) == {("D01", "-")}
    guardian = client.ready(district_ids=["D01"])
    assert listed(client, guardian) == {("D01", "household_help"), ("D01", "repair_work")}

    path = f"/guardians/{guardian}"
    wide = {
        "capabilities": [{"category": each} for each in kinds],
        "district_ids": places,
        "capacity_families": 2,
    }
    etag = client.api(HQ).get(path).etag
    answer = client.api(HQ).put(f"{path}/possibilities", wide, if_match=int(etag.strip('"')))
    assert answer.status == 200, answer.text
    client.world.settle()
    assert listed(client, guardian) == {(place, kind) for place in places for kind in kinds}
    assert [each["free_capacity"] for each in client.told("PossibilitiesChanged")] == [2]

    client.do(HQ, f"{path}/pause", {"reason": "holidays"})
    assert listed(client, guardian) == {(place, "-") for place in places}
    client.do(HQ, f"{path}/resumption")
    assert len(listed(client, guardian)) == 36
    for radius, found in ((1, 3), (500, 36)):
        etag = client.api(HQ).get(path).etag
        near = wide | {"district_ids": ["D01"], "radius_km": radius}
        client.api(HQ).put(f"{path}/possibilities", near, if_match=int(etag.strip('"')))
        client.world.settle()
        assert len(listed(client, guardian)) == found, "who comes from far is listed there"
    client.do(rep(guardian), f"{path}/withdrawal", {"reason": "other"})
    assert listed(client, guardian) == set()


def test_two_changes_at_one_moment_leave_the_lists_of_the_last(
    client: MatchingClient,
) -> None:
    guardian = client.ready(district_ids=["D01"])
    before, path = listed(client, guardian), f"/guardians/{guardian}"

    def move(district: str) -> None:
        offered = {"capabilities": application()["capabilities"], "capacity_families": 2}
        version = int(client.api(HQ).get(path).etag.strip('"'))
        body = offered | {"district_ids": [district]}
        assert client.api(HQ).put(f"{path}/possibilities", body, if_match=version).status == 200

    def move_back() -> None:
        move("D01")
        client.world.settle()

    move("D02")
    client.just_before_the_next_commit(move_back, "LISTING")
    client.world.settle()

    assert listed(client, guardian) == before


def test_any_guardian_is_judged_when_it_is_asked_for_by_id(client: MatchingClient) -> None:
    here, other = client.ready(), client.ready(capabilities=[{"category": "food_aid"}])
    foreign = client.ready("YY", district_ids=[])
    case = client.waiting("D01", "household_help")
    path = f"/families/{case}/candidates"
    named = {"guardian_id": other, "title": TITLE, "rule": "no_needed_category"}

    found = client.get(HQ, path)
    assert (found["first"], found["standby"]) == (here, None)
    assert (found["suitable_count"], found["asked"]) == (1, None)
    assert found["unsuitable"] == [named]
    asked = client.get(HQ, path, guardian_id=other)["asked"]
    assert asked == named
    asked = client.get(HQ, path, guardian_id=foreign)["asked"]
    assert asked == {"guardian_id": foreign, "rule": "other_region"}, "another region names it"
    assert client.get(HQ, path, guardian_id=here)["asked"]["points"]["total"] == 100_399_410
    assert client.api(HQ).get(path, query={"guardian_id": ids.new("gua")}).status == 404


def test_the_candidates_come_page_by_page_and_the_last_page_says_so(
    client: MatchingClient,
) -> None:
    both = {client.ready(), client.ready()}
    path = f"/families/{client.waiting('D01', 'household_help')}/candidates"

    first = client.get(HQ, path, limit=1)
    rest = client.get(HQ, path, limit=1, cursor=first["next_cursor"])
    whole = client.get(HQ, path, limit=2)
    pages = [[each["guardian_id"] for each in page["candidates"]] for page in (first, rest, whole)]
    assert pages[0] + pages[1] == pages[2] == [whole["first"], whole["standby"]]
    assert {*pages[2]} == both
    assert rest["next_cursor"] is whole["next_cursor"] is None


def test_every_guardian_near_by_that_does_not_suit_is_listed_with_its_rule(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_UNSUITABLE", 2)
    monkeypatch.setattr(repository, "PAGE_LIMIT", 2)
    client.ready(district_ids=["D09"])
    paused = client.ready(district_ids=["D09"])
    client.do(HQ, f"/guardians/{paused}/pause", {"reason": "holidays"})
    other = [{"category": "food_aid"}]
    here = [client.ready(capabilities=other, district_ids=["D09"]) for _ in range(3)]
    all_over = client.ready(capabilities=other, district_ids=[])
    client.ready(capabilities=other, district_ids=["D12"])
    case = client.waiting("D09", "household_help")
    path = f"/families/{case}/unsuitable"

    shown = client.get(HQ, f"/families/{case}/candidates")
    assert (shown["more_unsuitable"], len(shown["unsuitable"])) == (True, 2)
    for limit in (1, 2, 3, 5, 50):
        seen, cursor = list[tuple[str, str]](), dict[str, str]()
        while True:
            page = client.get(HQ, path, limit=limit, **cursor)
            seen += [(each["guardian_id"], each["rule"]) for each in page["items"]]
            if page["next_cursor"] is None:
                break
            assert len(page["items"]) == limit
            assert len(seen) < 5, "no page is promised that has nothing"
            cursor = {"cursor": page["next_cursor"]}
        others = [(each, "no_needed_category") for each in (*sorted(here), all_over)]
        assert seen == [(paused, "paused"), *others], limit

    assert client.api(HQ_Y).get(path).status == 404
    monkeypatch.setattr(queries, "MOST_UNSUITABLE", 5)
    assert client.get(HQ, f"/families/{case}/candidates")["more_unsuitable"] is False
    client.settled(case, "household_help")
    client.closed(case)
    assert client.get(HQ, path)["items"] == []


@pytest.fixture
def large_region(client: MatchingClient) -> Iterator[dict[str, dict[tuple[str, str], Any]]]:
    """Ten thousand guardians in a hundred districts 40 km apart; the lists, by their partition.

    Every fiftieth of them comes from as far as a hundred kilometres.
    """
    template = client.ready()
    codes = [f"Q{number:02d}" for number in range(SIDE * SIDE)]
    districts = {
        code: District(
            code=code,
            name=code,
            centre=Centre(latitude=50 + 0.36 * (n // SIDE), longitude=50 + 0.56 * (n % SIDE)),
        )
        for n, code in enumerate(codes)
    }
    stage = read_stage("local")
    table = client.world.dynamodb.rows("matching-data")
    row = table[f"GUARDIAN#{template}", "GUARDIAN"]
    document = json.loads(row["doc"]["S"]) | {
        "guardian_id": "gua_TWIN",
        "district_ids": ["ONE", "OTHER"],
        "capabilities": [{"category": "KIND", "district_ids": []}],
    }
    text = json.dumps(document)
    kinds = ("household_help", "repair_work", "food_aid", "animal_care")
    lists: dict[str, dict[tuple[str, str], Any]] = defaultdict(dict)
    centres = {
        code: (each.centre.latitude, each.centre.longitude) for code, each in districts.items()
    }
    ground = Ground(centres, dict.fromkeys(centres, ()))
    for number in range(GUARDIANS):
        one, other = codes[number % 100], codes[(number * 7 + 1) % 100]
        twin, kind = f"gua_00{number:05d}", kinds[number % 7 % 4]
        own = text.replace("gua_TWIN", twin).replace("ONE", one).replace("OTHER", other)
        key = rows.Key(f"GUARDIAN#{twin}", "GUARDIAN")
        listed_in = {one, other}
        if number % 50 == 0:
            own = own.replace('"radius_km": null', '"radius_km": 100')
            listed_in = {each for place in (one, other) for each in ground.reaching(place, 100)}
        doc = {"doc": {"S": own.replace("KIND", kind)}}
        table[key.pk, key.sk] = row | rows.key_item(key) | doc
        for district in sorted(listed_in):
            write = add_entry(Entry("ZR", district, kind), twin)
            found = rows.item(write.key, write.attributes or {})
            lists[write.key.pk][write.key.pk, write.key.sk] = found
    region = stage["ZR"].model_copy(update={"districts": districts})
    with reference_data({**stage, "ZR": region}):
        yield lists


def test_one_case_among_ten_thousand_guardians_reads_its_own_lists(
    client: MatchingClient,
    large_region: dict[str, dict[tuple[str, str], Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = client.waiting("Q44", "food_aid")
    database, asked_of, batches = client.world.dynamodb, list[int](), list[int]()
    query, batch = database.query, database.batch_get_item

    def counting(**request: Any) -> Any:
        partition = request["ExpressionAttributeValues"][":p"]["S"]
        whole = database.tables["matching-data"]
        database.tables["matching-data"] = large_region.get(partition, {})  # as an index would
        answer = query(**request)
        database.tables["matching-data"] = whole
        asked_of.append(len(answer["Items"]))
        return answer

    def counting_batch(**request: Any) -> Any:
        answer = batch(**request)
        batches.append(sum(map(len, answer["Responses"].values())))
        return answer

    monkeypatch.setattr(database, "query", counting)
    monkeypatch.setattr(database, "batch_get_item", counting_batch)
    found = client.get(HQ, f"/families/{case}/candidates", limit=100)
    near, asked = found["suitable_count"], len(asked_of)
    rest = client.get(HQ, f"/families/{case}/candidates", limit=100, cursor=found["next_cursor"])

    assert 400 < near < 600
    assert len(found["unsuitable"]) == 100
    read = sum(batches) // 2
    from_far = read - near - 100
    assert 0 <= from_far < 40, (
        "beside those that suit 100 are read, and some whose radius ends here"
    )
    assert len(batches) == 2 * -(-read // 100)
    by_kind, by_district = (9 + 1) * 2, 2
    assert asked == by_kind + by_district, "each list is read in one page"
    assert sum(asked_of) <= 2 * (2 * near + 2 * 100)
    third = client.get(HQ, f"/families/{case}/candidates", limit=100, cursor=rest["next_cursor"])
    pages = [each for page in (found, rest, third) for each in page["candidates"]]
    shown = [each["guardian_id"] for each in pages]
    assert (len(found["candidates"]), len({*shown})) == (100, 300)
    assert {each["nearness"] for each in found["candidates"]} == {"same_district", "within_reach"}
