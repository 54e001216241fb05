"""Reasons come from lists: a stage adds one by its file, as docs/how-to/add-a-code.md says."""

from pathlib import Path
from typing import Any

import pytest

from infra.configuration.code_lists import read_code_lists
from tests.matching.api_client import HQ, MatchingClient, application, checked, rep
from tests.matching.volunteers.test_api import VC, registered, wish
from tests.support.api import Answer
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


GUARDIAN, MATCH = f"/guardians/gua_{'0' * 26}", f"/matches/mat_{'0' * 26}"
STORY = f"/stories/sto_{'0' * 26}"
TODAY = "2026-09-14"
HELD, TRAINED = {"held_on": TODAY}, {"completed_on": TODAY, "certificate_ref": "C-1"}
DRAFT = {"need_ids": ["ned_1"], "starts_on": TODAY, "template_version": "1"}
PAIR = {"case_id": f"cas_{'0' * 26}", "guardian_id": f"gua_{'0' * 26}"}


@pytest.mark.parametrize(
    ("path", "body", "pointer", "label"),
    [
        (f"{GUARDIAN}/checks", checked("x1", "2026-09-01"), "/code", "Документы в порядке"),
        (f"{GUARDIAN}/rejection", {"reason": "x1"}, "/reason", "Не хватает людей"),
        (f"{GUARDIAN}/pause", {"reason": "moved"}, "/reason", "Отпуск"),
        (f"{GUARDIAN}/withdrawal", {"reason": "holidays"}, "/reason", "Переезд"),
        (f"{GUARDIAN}/training", TRAINED | {"course": "x1"}, "/course", "Основы помощи семьям"),
        (f"{GUARDIAN}/interview", HELD | {"result": "x1"}, "/result", "Пройдено; Не пройдено"),
        (
            f"{GUARDIAN}/interview",
            HELD | {"result": "failed", "reason": "x1"},
            "/reason",
            "Собеседование не пройдено",
        ),
        (
            f"{GUARDIAN}/clarification/result",
            HELD | {"result": "x1"},
            "/result",
            "Вопросы остались",
        ),
        (f"{MATCH}/cancellation", {"reason": "too_far"}, "/reason", "Предложили по ошибке"),
        (f"{MATCH}/agreement", DRAFT | {"frequency": "x1"}, "/frequency", "Раз в неделю"),
        (f"{MATCH}/agreement/signatures", {"evidence": "x1"}, "/evidence", "На бумаге"),
        (f"{MATCH}/agreement/signatures", {"by": "x1"}, "/by", "Семья; Опекун"),
        (f"{MATCH}/notices", {"reason": "x1"}, "/reason", "Нужную помощь оказать нельзя"),
        (f"{MATCH}/calls", {"kind": "two_weeks", "result": "x1"}, "/result", "Всё хорошо"),
        (f"{STORY}/decline", {"reason": "x1"}, "/reason", "Попросила семья"),
        (
            "/matches",
            PAIR | {"override": {"reason": "x1"}},
            "/override/reason",
            "Помощь нужна срочно",
        ),
    ],
)
def test_every_code_is_of_a_list_of_its_own(
    client: MatchingClient, path: str, body: dict[str, Any], pointer: str, label: str
) -> None:
    refused = client.post(HQ, path, body)

    assert refused.status == 422, refused.text
    (error,) = refused.json["errors"]
    assert (error["pointer"], error["code"]) == (pointer, "unknown_code")
    assert label in error["detail"]


def test_a_query_is_refused_with_the_labels_too(client: MatchingClient) -> None:
    refused = client.api(HQ).get("/guardians", query={"status": "asleep"})

    (error,) = refused.json["errors"]
    assert (error["in"], error["pointer"], error["code"]) == ("query", "/status", "unknown_code")
    assert "Готов помогать; Помогает семьям" in error["detail"]


def test_what_a_guardian_has_said_it_may_keep_when_the_code_is_retired(
    client: MatchingClient, tmp_path: Path
) -> None:
    guardian, other = client.ready(preferences=["elderly"]), client.ready()
    members = [
        registered(client),
        registered(client, 2, kind="activist", skills=["driving", "legal"]),
    ]
    (tmp_path / "test").mkdir()
    retired = (
        '[guardian_preference]\nretire = ["elderly"]\n[volunteer_skill]\nretire = ["legal"]\n'
        '[volunteer_kind]\nretire = ["activist"]\n'
    )
    activist = {"kind": "activist", "sector": "citizens", "large_family": False}
    (tmp_path / "test" / "code_lists.toml").write_text(retired, "utf-8")
    wanted = {"capabilities": [{"category": "household_help"}], "preferences": ["elderly"]}

    def put(who: str) -> Answer:
        path, version = f"/guardians/{who}", client.get(HQ, f"/guardians/{who}")["version"]
        return client.api(rep(who)).put(f"{path}/possibilities", wanted, if_match=version)

    with reference_data(codes=read_code_lists("test", tmp_path)):
        assert put(guardian).status == 200
        (error,) = put(other).json["errors"]
        new = client.post(None, "/applications", application(preferences=["elderly"]))
        paths = [f"/volunteers/{each}/correction" for each in members]
        corrected = [client.post(VC, path, activist).status for path in paths]
        skilled = client.post(VC, "/volunteers", wish(skills=["legal"]))
        can = {"district_id": "D01", "skills": ["driving", "legal"], "availability": []}
        learnt, kept = (
            client.api(VC).put(f"/volunteers/{each}/availability", can, if_match=version)
            for each, version in zip(members, (1, 2), strict=True)
        )
    assert (error["pointer"], error["code"]) == ("/preferences/0", "unknown_code")
    assert new.json["errors"][0]["pointer"] == "/preferences/0"
    assert corrected == [422, 200]
    assert skilled.json["errors"][0]["pointer"] == "/skills/0"
    assert (learnt.json["errors"][0]["pointer"], kept.status) == ("/skills/1", 200)


def test_why_a_proposal_came_to_no_care_is_told_to_no_other_side(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=4)
    cases = [client.waiting() for _ in range(4)]
    refused, declined, cancelled, closed = (client.proposed(case, guardian) for case in cases)
    client.do(rep(guardian), f"/matches/{refused}/decline", {"reason": "no_people"})
    no = {"reason": "no_trust", "by": "family", "evidence": "phone_call"}
    client.do(HQ, f"/matches/{declined}/decline", no)
    client.do(HQ, f"/matches/{cancelled}/cancellation", {"reason": "better_guardian"})
    client.closed(cases[3], "consent_withdrawn")

    def shown(match: str, case: str) -> list[str | None]:
        sides = (client.api(HQ), client.api(rep(guardian)), client.as_family(case))
        return [each.get(f"/matches/{match}").json["over_reason"] for each in sides]

    found = [
        shown(*each) for each in zip((refused, declined, cancelled, closed), cases, strict=True)
    ]
    assert found == [
        ["no_people", "no_people", None],
        ["no_trust", None, "no_trust"],
        ["better_guardian", None, None],
        ["consent_withdrawn", None, None],
    ]
    listed = client.get(rep(guardian), "/matches")["items"]
    assert {each["over_reason"] for each in listed} == {"no_people", None}


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
