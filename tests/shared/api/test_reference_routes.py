"""`GET …/reference`: the same in every service, and nobody's name in it."""

import json

import pytest

from infra.configuration.regions import read_stage
from shared.reference import code_lists
from shared.reference.code_lists import ListChanges, StageLists
from tests.support.memory_aws import SERVICES
from tests.support.reference import reference_data
from tests.support.world import World

PARTS = {"code", "title", "iso", "federal_district", "zone", "districts"}


@pytest.mark.parametrize("service", SERVICES)
def test_anybody_sees_regions_and_districts(world: World, service: str) -> None:
    answer = world.api(service).get("/reference")

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=300")
    regions = {each["code"]: each for each in answer.json["regions"]}
    assert {code: each["zone"] for code, each in regions.items()} == {
        "YN": "Europe/Kaliningrad", "YY": "Asia/Vladivostok", "ZR": "Europe/Samara"
    }  # fmt: skip
    assert regions["ZR"]["federal_district"] == "Приволжский"
    assert regions["ZR"]["districts"][1] == {
        "code": "D02",
        "name": "Берёзовский район",
        "aliases": ["Берёзовка"],
        "centre": {"latitude": 53.3, "longitude": 50.2},
        "neighbours": ["D01", "D03", "D04", "D06", "D07"],
        "zone": None,
    }


def test_one_region_costs_its_own_read_only(world: World) -> None:
    with reference_data() as provider:
        query = {"region": "YN", "list": "match_side"}
        answer = world.api("intake").get("/reference", query=query)

        assert [each["code"] for each in answer.json["regions"]] == ["YN"]
        assert provider.reads == ["regions", "regions/YN"], "a closed list is not read"


@pytest.mark.parametrize("service", SERVICES)
def test_anybody_sees_the_lists_of_codes(world: World, service: str) -> None:
    lists = {each["name"]: each for each in world.api(service).get("/reference").json["lists"]}

    assert set(lists) == set(code_lists.shipped())
    assert (lists["aid_category"]["open"], lists["match_side"]["open"]) == (True, False)
    assert lists["aid_category"]["codes"][0] == {
        "code": "household_help",
        "label_ru": "Бытовая помощь",
        "label_en": "Household help",
        "active": True,
    }


def test_one_list_is_shown_as_the_stage_has_it(world: World) -> None:
    retired = StageLists(lists={"legal_basis": ListChanges(retire=("programme",))})
    with reference_data(codes=retired):
        answer = world.api("cards").get("/reference", query={"list": "legal_basis"})

    (found,) = answer.json["lists"]
    assert {each["code"]: each["active"] for each in found["codes"]} == {
        "law_442fz": True,
        "programme": False,
    }


def test_a_list_that_is_not_ours_is_refused(world: World) -> None:
    answer = world.api("intake").get("/reference", query={"list": "colours"})

    assert (answer.status, answer.code) == (422, "unknown_list")
    assert answer.json["errors"][0]["pointer"] == "/list"


def test_a_region_that_is_not_ours_is_refused(world: World) -> None:
    answer = world.api("intake").get("/reference", query={"region": "QQ"})

    assert (answer.status, answer.code) == (422, "unknown_region")
    assert answer.json["errors"][0]["pointer"] == "/region"


def test_whoever_leads_a_region_is_not_told(world: World) -> None:
    named = {
        code: region.model_copy(update={"lead": ("usr_lead",), "links": {"hq_phone": "8 800"}})
        for code, region in read_stage("local").items()
    }
    with reference_data(named):
        answer = world.api("cards").get("/reference")

    assert all(set(each) == PARTS for each in answer.json["regions"])
    assert "usr_lead" not in json.dumps(answer.json)


def test_a_service_that_never_read_its_reference_data_says_come_again(world: World) -> None:
    with reference_data() as provider:
        provider.items.clear()
        answer = world.api("intake").get("/reference")

    assert (answer.status, answer.code) == (503, "unavailable")
    assert answer.headers["Retry-After"]
