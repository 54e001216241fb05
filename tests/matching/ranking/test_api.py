"""Candidates and suggestions through the API of matching."""

import pytest

from services.matching.assignment import solver
from services.matching.ranking import queries
from tests.matching.api_client import FEDERAL, HQ, MatchingClient


def test_a_region_is_suggested_guardians_and_sees_who_waits(client: MatchingClient) -> None:
    guardian = client.ready()
    case, hopeless = client.waiting(), client.waiting("D05", "animal_care")

    found = client.get(HQ, "/regions/ZR/suggestions")

    assert [(s["case_id"], s["guardian_id"]) for s in found["suggestions"]] == [(case, guardian)]
    assert found["without"] == [hopeless]
    assert (found["gap"], found["method"], found["more_waiting"]) == (0.0, "flow", False)
    assert client.api(HQ).get("/regions/YY/suggestions").status == 404
    assert client.api(FEDERAL).get("/families", query={"region": "ZR"}).status == 403


def test_an_answer_that_does_not_hold_all_who_wait_says_so(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_FAMILIES", 1)
    guardian = client.ready()
    first, second = client.waiting(), client.waiting()

    found = client.get(HQ, "/regions/ZR/suggestions")

    assert [(s["case_id"], s["guardian_id"]) for s in found["suggestions"]] == [(first, guardian)]
    assert found["more_waiting"] is True
    assert second not in found["without"]


def test_headquarters_sees_what_is_missing_and_a_wrong_answer_is_not_shown(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.ready(capacity_families=1)
    first = client.waiting()
    for _ in range(2):
        client.waiting("D05", "animal_care")

    found = client.get(HQ, "/regions/ZR/shortage")

    missing = {"district": "D05", "category": "animal_care", "families": 2, "without_guardian": 2}
    assert found["missing"] == [missing]
    (best,) = found["one_more"]
    assert (best["district"], best["categories"]) == ("D05", ["animal_care"])
    assert best["more_families_helped"] == 2
    assert client.api(FEDERAL).get("/regions/ZR/shortage").status == 403
    suggested = client.get(HQ, "/regions/ZR/suggestions")
    assert suggested["checked_bound"] == suggested["value"] == suggested["bound"] > 0
    assert [each["case_id"] for each in suggested["suggestions"]] == [first]

    solve = solver.solve
    wrong = {"value": 10**9, "bound": 10**9}
    monkeypatch.setattr(solver, "solve", lambda *asked: solve(*asked).model_copy(update=wrong))
    answer = client.api(HQ).get("/regions/ZR/suggestions")
    assert (answer.status, answer.code) == (503, "assignment_unavailable")


def test_while_the_solver_does_not_answer_a_region_is_asked_to_come_back(
    client: MatchingClient,
) -> None:
    client.world.functions.down.add("matching-solve-assignment")

    answer = client.api(HQ).get("/regions/ZR/suggestions")

    assert (answer.status, answer.code) == (503, "assignment_unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert "30 секунд" in answer.json["detail"]
