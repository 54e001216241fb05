"""Candidates and suggestions through the API of matching."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from services.matching.assignment import solver
from services.matching.ranking import queries
from shared import ids
from shared.events.intake import CareDetailsChanged
from shared.events.notifications import FeedbackReceived
from tests.matching.api_client import FEDERAL, HQ, MatchingClient, application, family_of


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0, "Семья ждёт 0 ч"),
        (71, "Семья ждёт 71 ч"),
        (72, "Семья ждёт 3 дн."),
        (1535, "Семья ждёт 63 дн."),
    ],
)
def test_a_long_wait_is_said_in_days(client: MatchingClient, hours: int, said: str) -> None:
    guardian, case, urgent = client.ready(), client.waiting(), client.waiting()
    details = {"case_id": urgent, "family_id": family_of(urgent), "size_band": "one_or_two"}
    client.hear(CareDetailsChanged(region="ZR", district_id="D01", urgent=True, **details))
    client.world.set_time(client.now() + timedelta(hours=hours))

    def waiting(of: str) -> str:
        found = client.get(HQ, f"/families/{of}/candidates", guardian_id=guardian)["asked"]
        (text,) = [each["text"] for each in found["reasons"] if each["part"] == "waiting"]
        return str(text)

    assert (waiting(case), waiting(urgent)) == (
        said if said.endswith(".") else f"{said}.",
        f"{said}, и это срочно.",
    )


def test_a_region_is_suggested_guardians_and_sees_who_waits(client: MatchingClient) -> None:
    guardian = client.ready()
    case, hopeless = client.waiting(), client.waiting("D05", "animal_care")

    found = client.get(HQ, "/regions/ZR/suggestions")

    assert [(s["case_id"], s["guardian_id"]) for s in found["suggestions"]] == [(case, guardian)]
    (suggested,) = found["suggestions"]
    assert (suggested["number"], suggested["title"]) == ("10000008", application()["title"])
    assert found["without"] == [hopeless]
    assert (found["gap"], found["method"], found["more_waiting"]) == (0.0, "flow", False)
    assert client.api(HQ).get("/regions/YY/suggestions").status == 404
    assert client.api(FEDERAL).get("/families", query={"region": "ZR"}).status == 403


def test_each_part_of_the_score_has_its_reason_in_words(client: MatchingClient) -> None:
    guardian = client.ready(preferences=["elderly", "close_by"], languages=["en"])
    other = client.ready(district_ids=["D04"], exclusions=["no_lift"], radius_km=30)
    case = client.waiting("D01", "household_help", "animal_care")
    details = {"region": "ZR", "case_id": case, "family_id": family_of(case), "district_id": "D01"}
    judged = {"urgent": True, "traits": ("elderly",), "size_band": "one_or_two"}
    client.hear(CareDetailsChanged(**details, **judged))
    client.world.copies = 2
    path = f"/families/{case}/candidates"
    for score in (5, 4, 5):
        shown = client.get(HQ, path, guardian_id=guardian)["asked"]["feedback"]
        assert shown is None, "an answer that comes twice is one answer"
        form = {"form_id": ids.new("frm"), "form": "care_feedback", "case_id": case}
        said = {"needs_met": "yes", "wants_call": False, "commented": False}
        client.hear(
            FeedbackReceived(
                region="ZR", match_id="mat_1", guardian_id=guardian, score=score, **form, **said
            )
        )
    client.world.set_time(client.now() + timedelta(hours=30))

    found = client.get(HQ, f"/families/{case}/candidates", guardian_id=other)

    assert (found["number"], found["suitable_count"]) == ("10000008", 2)
    assert found["required"] is True
    first = found["candidates"][0]
    assert [(each["part"], each["text"]) for each in first["reasons"]] == [
        ("coverage", "Закрывает потребности семьи: 1 из 2."),
        ("waiting", "Семья ждёт 30 ч, и это срочно."),
        ("nearness", "В том же районе, 0 км."),
        ("load", "Занятых мест сейчас: 0."),
        ("feedback", "Семьи ставят в среднем 4,7 из 5."),
        ("language", "Не сказано, что говорит на языке семьи."),
        (
            "preferences",
            "Совпало с пожеланиями организации: семьи рядом с нами, семьи с пожилыми людьми.",
        ),
    ]
    assert [each["points"] for each in first["reasons"]] == [
        first["points"][each["part"]] for each in first["reasons"]
    ]
    texts = [each["text"] for each in found["asked"]["reasons"]]
    assert texts[2:] == [
        "Можно доехать, 26 км.",
        "Занятых мест сейчас: 0.",
        "Пока оценку поставили меньше трёх семей.",
        "Говорит на языке семьи.",
        "С пожеланиями организации ничего не совпало.",
    ]
    everywhere = client.ready(district_ids=[])
    asked = client.get(HQ, f"/families/{case}/candidates", guardian_id=everywhere)["asked"]
    assert (asked["nearness"], asked["km"]) == ("same_district", None), "wherever it is at home"
    assert asked["reasons"][2]["text"] == "Помогает во всём регионе."
    (waits,) = client.get(HQ, "/families")["items"]
    assert (waits["number"], waits["urgent"], waits["waiting_hours"]) == ("10000008", True, 30)

    client.hear(CareDetailsChanged(**details, **judged, home_conditions=("no_lift",)))
    found = client.get(HQ, f"/families/{case}/candidates", guardian_id=other)
    asked = found["asked"]
    assert (asked["rule"], asked["hindrances"]) == ("home_conditions", ["no_lift"])
    far = client.ready(district_ids=["D02"], radius_km=1)
    asked = client.get(HQ, f"/families/{case}/candidates", guardian_id=far)["asked"]
    assert (asked["rule"], asked["km"]) == ("too_far", 13)
    refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": other})
    assert (refused.status, refused.code) == (409, "candidate_home_conditions")


def test_an_answer_that_does_not_hold_all_who_wait_says_so(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_FAMILIES", 1)
    guardian = client.ready()
    first = client.waiting()
    assert client.get(HQ, "/regions/ZR/suggestions")["more_waiting"] is False
    second = client.waiting()

    found = client.get(HQ, "/regions/ZR/suggestions")

    assert [(s["case_id"], s["guardian_id"]) for s in found["suggestions"]] == [(first, guardian)]
    assert found["more_waiting"] is True
    assert second not in str(found)


def test_headquarters_sees_what_is_missing_and_a_wrong_answer_is_not_shown(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.ready(capacity_families=1)
    first = client.waiting()
    for _ in range(2):
        client.waiting("D05", "animal_care")

    found = client.get(HQ, "/regions/ZR/shortage")

    missing = {
        "district_id": "D05",
        "category": "animal_care",
        "families": 2,
        "without_guardian": 2,
    }
    assert found["missing"] == [missing]
    (best,) = found["one_more"]
    assert (best["district_id"], best["categories"]) == ("D05", ["animal_care"])
    assert best["more_families_helped"] == 2
    assert client.api(FEDERAL).get("/regions/ZR/shortage").status == 403
    suggested = client.get(HQ, "/regions/ZR/suggestions")
    assert suggested["checked_bound"] == suggested["value"] == suggested["bound"] > 0
    assert [each["case_id"] for each in suggested["suggestions"]] == [first]

    solve = solver.solve
    # The last one is a release of the function that knows of no newcomers.
    wrong: Any
    for path, wrong in (
        ("suggestions", {"value": 10**9, "bound": 10**9}),
        ("suggestions", {"guardians": []}),
        ("shortage", {"gains": []}),
    ):
        changed = partial(_changed, solve, wrong)
        monkeypatch.setattr(solver, "solve", changed)
        answer = client.api(HQ).get(f"/regions/ZR/{path}")
        assert (answer.status, answer.code) == (503, "assignment_unavailable"), path


def _changed(solve: Any, changes: dict[str, Any], *asked: Any) -> Any:
    return solve(*asked).model_copy(update=changes)


def test_while_the_solver_does_not_answer_a_region_is_asked_to_come_back(
    client: MatchingClient,
) -> None:
    client.world.functions.down.add("matching-solve-assignment")

    answer = client.api(HQ).get("/regions/ZR/suggestions")

    assert (answer.status, answer.code) == (503, "assignment_unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert "секунд: 30." in answer.json["detail"]
