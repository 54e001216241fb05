"""Candidates are found by district and kind of help: what is written for it, and what it reads."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from infra.regions import read_stage
from services.matching.reach.domain import Entry
from services.matching.reach.repository import add_entry
from shared import ids
from shared.reference.regions import Centre, District
from shared.storage import rows
from tests.matching.api_client import HQ, MatchingClient, application, rep
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
    guardian = client.assigned(districts=["D01"])
    assert listed(client, guardian) == {("D01", "-")}
    guardian = client.ready(districts=["D01"])
    assert listed(client, guardian) == {("D01", "household_help"), ("D01", "repair_work")}

    path = f"/guardians/{guardian}"
    wide = {
        "capabilities": [{"category": each} for each in kinds],
        "districts": places,
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
    client.do(rep(guardian), f"{path}/withdrawal", {"reason": "other"})
    assert listed(client, guardian) == set()


def test_any_guardian_is_judged_when_it_is_asked_for_by_id(client: MatchingClient) -> None:
    here, other = client.ready(), client.ready(capabilities=[{"category": "food_aid"}])
    foreign = client.ready("YY", districts=[])
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


@pytest.fixture
def large_region(client: MatchingClient) -> Iterator[dict[str, dict[tuple[str, str], Any]]]:
    """Ten thousand guardians in a hundred districts 40 km apart; the lists, by their partition."""
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
        "districts": ["ONE", "OTHER"],
        "capabilities": [{"category": "KIND", "districts": []}],
    }
    text = json.dumps(document)
    kinds = ("household_help", "repair_work", "food_aid", "animal_care")
    lists: dict[str, dict[tuple[str, str], Any]] = defaultdict(dict)
    for number in range(GUARDIANS):
        one, other = codes[number % 100], codes[(number * 7 + 1) % 100]
        twin, kind = f"gua_00{number:05d}", kinds[number % 7 % 4]
        own = text.replace("gua_TWIN", twin).replace("ONE", one).replace("OTHER", other)
        key = rows.Key(f"GUARDIAN#{twin}", "GUARDIAN")
        doc = {"doc": {"S": own.replace("KIND", kind)}}
        table[key.pk, key.sk] = row | rows.key_item(key) | doc
        for district in (one, other):
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
    database, queries, batches = client.world.dynamodb, list[int](), list[int]()
    query, batch = database.query, database.batch_get_item

    def counting(**request: Any) -> Any:
        partition = request["ExpressionAttributeValues"][":p"]["S"]
        whole = database.tables["matching-data"]
        database.tables["matching-data"] = large_region.get(partition, {})  # as an index would
        answer = query(**request)
        database.tables["matching-data"] = whole
        queries.append(len(answer["Items"]))
        return answer

    def counting_batch(**request: Any) -> Any:
        answer = batch(**request)
        batches.append(sum(map(len, answer["Responses"].values())))
        return answer

    monkeypatch.setattr(database, "query", counting)
    monkeypatch.setattr(database, "batch_get_item", counting_batch)
    found = client.get(HQ, f"/families/{case}/candidates", limit=100)
    near, asked = found["suitable_count"], len(queries)
    rest = client.get(HQ, f"/families/{case}/candidates", limit=100, cursor=found["next_cursor"])

    assert 400 < near < 600
    assert len(found["unsuitable"]) == 100
    assert sum(batches) == 2 * (near + 100), "beside those that suit no more than 100 are read"
    assert len(batches) == 2 * -(-(near + 100) // 100)
    by_kind, by_district = (9 + 1) * 2, 3
    assert asked == by_kind + by_district, "each list is read in one page"
    assert sum(queries) <= 2 * (2 * near + 2 * 100)
    shown = [each["guardian_id"] for each in (*found["candidates"], *rest["candidates"])]
    assert (len(found["candidates"]), len({*shown})) == (100, 200)
    assert {each["nearness"] for each in found["candidates"]} == {"same_district", "within_reach"}
