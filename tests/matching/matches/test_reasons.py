"""Reasons come from lists: a stage adds one by its file, as docs/how-to/add-a-code.md says."""

from pathlib import Path

import pytest

from infra.code_lists import read_code_lists
from tests.matching.api_client import HQ, MatchingClient, rep
from tests.support.reference import reference_data

ADDED = """
[match_decline_reason.add]
road_closed = {ru = "Дорогу замело снегом", en = "The road is under snow"}
"""


@pytest.mark.requirement("X-14")
def test_a_reason_outside_the_list_is_refused_with_its_labels(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    match = client.proposed(client.waiting(), guardian)

    refused = client.post(rep(guardian), f"/matches/{match}/decline", {"reason": "bad_family"})

    assert refused.status == 422
    (error,) = refused.json["errors"]
    assert (error["pointer"], error["code"]) == ("/reason", "unknown_code")
    assert error["detail"].startswith("Выберите одно из значений: Слишком далеко; ")
    assert client.get(HQ, f"/matches/{match}")["status"] == "proposed"


def test_a_code_of_the_stage_needs_no_release(client: MatchingClient, tmp_path: Path) -> None:
    guardian = client.ready()
    match = client.proposed(client.waiting(), guardian)
    path, reason = f"/matches/{match}/decline", {"reason": "road_closed"}
    assert client.post(rep(guardian), path, reason).status == 422
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "code_lists.toml").write_text(ADDED, "utf-8")

    with reference_data(codes=read_code_lists("test", tmp_path)):
        client.do(rep(guardian), path, reason)
        shown = client.api(HQ).get("/reference", query={"list": "match_decline_reason"})

    assert client.told("MatchDeclined")[0]["reason"] == "road_closed"
    assert client.get(HQ, f"/matches/{match}")["over_reason"] == "road_closed"
    assert shown.json["lists"][0]["codes"][-1] == {
        "code": "road_closed",
        "label_ru": "Дорогу замело снегом",
        "label_en": "The road is under snow",
        "active": True,
    }
