"""Who is next in line: looked up after a day and at once when a side declines."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.next_candidates import values
from tests.matching.api_client import HQ, MatchingClient, rep


def test_after_a_day_the_next_of_the_neighbouring_districts_are_prepared(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "MOST", 2)
    first, far = client.ready(), client.ready(district_ids=["D05"])
    near = client.ready(district_ids=["D02"])
    client.ready(district_ids=["D05"])
    case = client.waiting("D01", "household_help", "material_aid")
    match = client.proposed(case, first, reason="partial", uncovered=["material_aid"])
    assert client.get(HQ, f"/matches/{match}")["next_in_line"] is None

    client.world.advance(client.now() + timedelta(hours=24))

    (prepared,) = client.told("NextCandidatesPrepared")
    assert prepared["guardian_ids"] == [near, far]
    shown, _ = client.get(HQ, f"/matches/{match}")["next_in_line"]["candidates"]
    assert (shown["guardian_id"], shown["nearness"]) == (near, "neighbour")
    assert shown["title"]
    assert (shown["coverage"], shown["uncovered"]) == (0.5, ["material_aid"])
    assert client.get(rep(first), f"/matches/{match}")["next_in_line"] is None
    client.world.advance(client.now() + timedelta(hours=1))
    assert len(client.told("NextCandidatesPrepared")) == 1


def test_when_a_side_declines_the_standby_is_next_under_the_same_limit(
    client: MatchingClient,
) -> None:
    first, better, standby = client.ready(), client.ready(), client.ready(district_ids=["D02"])
    case = client.waiting("D01")
    pair = {"case_id": case, "guardian_id": first, "standby_id": standby}
    match = client.do(HQ, "/matches", pair)["id"]
    due = client.get(HQ, f"/matches/{match}")["introduction_due_at"]

    client.do(rep(first), f"/matches/{match}/decline", {"reason": "too_far"})

    (declined,) = client.told("MatchDeclined")
    assert declined["next_guardian_ids"] == [standby, better]
    assert declined["introduction_due_at"] == due
    line = client.get(HQ, f"/matches/{match}")["next_in_line"]["candidates"]
    assert [(each["guardian_id"], each["standby"]) for each in line] == [
        (standby, True),
        (better, False),
    ]
    client.proposed(case, standby)


@pytest.mark.parametrize("lapses", [False, True])
def test_who_is_next_is_told_when_a_proposal_is_taken_back_or_lapses(
    client: MatchingClient, lapses: bool
) -> None:
    first, other = client.ready(), client.ready()
    match = client.proposed(client.waiting(), first)

    if lapses:
        client.world.advance(client.now() + timedelta(days=7))
    else:
        client.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})

    (cancelled,) = client.told("MatchCancelled")
    assert cancelled["next_guardian_ids"] == [other]


def test_a_standby_that_has_no_place_any_more_is_not_next(client: MatchingClient) -> None:
    first, standby = client.ready(), client.ready(capacity_families=1)
    pair: dict[str, Any] = {"case_id": client.waiting(), "guardian_id": first}
    match = client.do(HQ, "/matches", pair | {"standby_id": standby})["id"]
    client.proposed(client.waiting(), standby)

    client.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})

    assert client.told("MatchCancelled")[0]["next_guardian_ids"] == []
    assert client.get(HQ, f"/matches/{match}")["next_in_line"]["candidates"] == []
