"""A kind of help that a stage adds goes the whole way without a release; no guardian offers it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.configuration.code_lists import read_code_lists
from tests.cross_service.region import HQ, OPERATOR, RegionClient, rep
from tests.support.reference import reference_data

ADDED = """
[aid_category.add]
transport = {ru = "Подвезти", en = "Transport"}
"""
RETIRED = f'[aid_category]\nretire = ["transport"]\n{ADDED}'


@contextmanager
def stage(folder: Path, text: str) -> Iterator[None]:
    """The stage has this file of codes."""
    (folder / "test").mkdir(exist_ok=True)
    (folder / "test" / "code_lists.toml").write_text(text, "utf-8")
    with reference_data(codes=read_code_lists("test", folder)):
        yield


@pytest.fixture
def asking(client: RegionClient, tmp_path: Path) -> Iterator[RegionClient]:
    """A region where families may ask for transport."""
    with stage(tmp_path, ADDED):
        yield client


def test_without_the_stage_s_file_the_category_is_refused(client: RegionClient) -> None:
    request = {
        "region": "ZR",
        "district_id": "D01",
        "initiated_by": "self",
        "applicant_relation": "parent",
    }

    refused = client.post(
        OPERATOR, "/intake/requests", request | {"needs": [{"category": "transport"}]}
    )

    assert refused.status == 422
    (error,) = refused.json["errors"]
    assert (error["pointer"], error["code"]) == ("/needs/0/category", "unknown_code")


@pytest.mark.requirement("S4-02")
def test_a_need_of_the_stage_s_category_is_seen_by_all_and_covered_by_none(
    asking: RegionClient,
) -> None:
    guardian = asking.ready("household_help")
    case = asking.waiting("household_help", "transport")

    (family,) = asking.get(HQ, "/matching/families")["items"]
    assert family["categories"] == ["household_help", "transport"]
    (candidate,) = asking.get(HQ, f"/matching/families/{case}/candidates")["candidates"]
    assert (candidate["coverage"], candidate["uncovered"]) == (0.5, ["transport"])

    body = {"case_id": case, "guardian_id": guardian}
    assert asking.post(HQ, "/matching/matches", body).json["code"] == "needs_not_covered"
    known = {"reason": "partial", "uncovered": ["transport"]}
    match = asking.do(HQ, "/matching/matches", body | {"override": known})["id"]

    shown = asking.get(rep(guardian), f"/matching/matches/{match}")
    assert [need["category"] for need in shown["needs"]] == ["household_help", "transport"]
    assert shown["uncovered"] == ["transport"]


def test_a_family_that_needs_nothing_else_waits_in_sight(asking: RegionClient) -> None:
    guardian = asking.ready("household_help")
    case = asking.waiting("transport")

    found = asking.get(HQ, f"/matching/families/{case}/candidates")
    rules = {each["guardian_id"]: each["rule"] for each in found["unsuitable"]}
    assert rules == {guardian: "no_needed_category"}
    assert asking.get(HQ, "/matching/regions/ZR/suggestions")["without"] == [case]


def test_what_guardians_offer_changes_by_a_release_alone(asking: RegionClient) -> None:
    guardian = asking.ready("household_help")
    offer = {"capabilities": [{"category": "transport"}]}
    path = f"/guardians/{guardian}/possibilities"

    refused = asking.api("matching", rep(guardian)).put(path, offer, if_match=1)

    assert refused.status == 422
    (error,) = refused.json["errors"]
    assert error["pointer"] == "/capabilities/0/category"
    assert error["detail"].startswith("Выберите одно из значений: Бытовая помощь; ")


def test_a_category_retired_meanwhile_can_still_be_named(
    client: RegionClient, tmp_path: Path
) -> None:
    with stage(tmp_path, ADDED):
        guardian = client.ready("household_help")
        case = client.waiting("household_help", "transport")

    with stage(tmp_path, RETIRED):
        known = {"reason": "partial", "uncovered": ["transport"]}
        body = {"case_id": case, "guardian_id": guardian, "override": known}
        client.do(HQ, "/matching/matches", body)
