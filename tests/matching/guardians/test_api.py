"""Guardians through the API: who sees whom, and the way to ready."""

from dataclasses import replace
from typing import Any

import pytest

from shared.principal import Principal
from tests.matching.api_client import (
    FEDERAL,
    FEDERAL_2,
    HQ,
    HQ_Y,
    OPERATOR,
    MatchingClient,
    person,
    pointer,
    read_text,
    rep,
)

# who sees whom


@pytest.mark.requirement("X-05")
def test_an_application_belongs_to_the_federal_side_until_it_is_assigned(
    client: MatchingClient,
) -> None:
    guardian = client.applied()
    assert _ids(client, FEDERAL, "/applications") == [guardian]
    assert _ids(client, HQ, "/guardians") == []
    assert client.api(HQ).get(f"/guardians/{guardian}").status == 404
    assert client.api(HQ).get("/applications").status == 403
    assert client.api(None).get("/applications").status == 401

    assigned = client.assigned()

    assert _ids(client, HQ, "/guardians") == [assigned]
    assert _ids(client, FEDERAL, "/guardians", region="ZR") == [assigned]
    assert _ids(client, HQ_Y, "/guardians") == []
    assert client.api(HQ_Y).get(f"/guardians/{assigned}").status == 404
    assert client.api(HQ).get("/guardians", query={"region": "YY"}).status == 404


def test_during_a_talk_the_headquarters_sees_this_one_application(client: MatchingClient) -> None:
    guardian = client.vetted()
    question = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
    client.do(FEDERAL, f"/guardians/{guardian}/clarification", question)

    assert client.told("ClarificationRequested")[0]["region"] == "ZR"
    assert _ids(client, HQ, "/guardians") == [guardian]
    blocked = client.post(FEDERAL, f"/guardians/{guardian}/approval")
    assert (blocked.status, blocked.code) == (409, "guardian_is_clarification")
    assert [step["action"] for step in blocked.json["next_steps"]] == [
        "close_clarification",
        "correct_application",
        "withdraw",
    ]

    talk = {"held_on": "2026-09-01", "result": "satisfied", "note": "Всё понятно"}
    client.do(HQ, f"/guardians/{guardian}/clarification/result", talk)

    assert _ids(client, HQ, "/guardians") == []
    assert client.do(FEDERAL_2, f"/guardians/{guardian}/approval")["status"] == "approved"


def test_a_status_is_found_by_key_and_no_register_is_cut(client: MatchingClient) -> None:
    ready = [client.ready(district_ids=[]) for _ in range(3)]
    assigned = client.assigned()
    paused = ready.pop()
    client.do(HQ, f"/guardians/{paused}/pause", {"reason": "holidays"})

    assert _ids(client, HQ, "/guardians", status="paused") == [paused]
    assert _ids(client, HQ, "/guardians", status="assigned") == [assigned]


def test_a_district_is_kept_once_and_asked_for_by_its_name(client: MatchingClient) -> None:
    twice = ["D02", "D01", "D02"]
    offers = [{"category": "household_help", "district_ids": twice}]
    guardian = client.ready(district_ids=twice, capabilities=offers)

    view = client.get(HQ, f"/guardians/{guardian}")
    assert view["district_ids"] == view["capabilities"][0]["district_ids"] == ["D02", "D01"]
    unknown = client.api(HQ).get("/guardians", query={"district_id": "D99"})
    assert (unknown.status, unknown.json["errors"][0]["code"]) == (422, "unknown_district")


def test_possibilities_change_by_version(client: MatchingClient) -> None:
    guardian = client.ready()
    view = client.api(rep(guardian)).get(f"/guardians/{guardian}")
    possible = {
        "capabilities": [{"category": "food_aid", "district_ids": ["D02"], "max_families": 2}],
        "capacity_families": 3,
        "radius_km": 30,
        "languages": ["ru", "en"],
        "schedule": [{"day": "sat", "part": "morning"}, {"day": "sat", "part": "morning"}],
        "preferences": ["elderly"],
        "exclusions": ["no_lift", "animals_at_home"],
    }
    path = f"/guardians/{guardian}/possibilities"

    assert client.api(rep(guardian)).put(path, possible).status == 428
    assert client.api(rep(guardian)).put(path, possible, if_match=view.etag).status == 200
    assert client.api(rep(guardian)).put(path, possible, if_match=view.etag).status == 412
    after = client.get(HQ, f"/guardians/{guardian}")
    assert after["free_capacity"] == 3
    assert after["terms"] == {
        "radius_km": 30,
        "languages": ["en", "ru"],
        "schedule": [{"day": "sat", "part": "morning"}],
        "preferences": ["elderly"],
        "exclusions": ["animals_at_home", "no_lift"],
    }
    client.world.settle()
    (told,) = client.told("PossibilitiesChanged")
    assert (told["categories"], told["free_capacity"]) == (["food_aid"], 3)
    assert client.api(HQ).put(path, possible, if_match=after["version"]).status == 200
    client.world.settle()
    assert len(client.told("PossibilitiesChanged")) == 1
    wrong = possible | {"exclusions": ["everything"]}
    refused = client.api(HQ).put(path, wrong, if_match=after["version"] + 1)
    assert pointer(refused) == "/exclusions/0"


def test_a_pause_and_a_return_are_told(client: MatchingClient) -> None:
    guardian = client.ready()

    client.do(rep(guardian), f"/guardians/{guardian}/pause", {"reason": "holidays"})
    client.do(HQ, f"/guardians/{guardian}/resumption")

    assert client.told("GuardianSuspended")[0]["reason"] == "holidays"
    assert [ready["again"] for ready in client.told("GuardianReady")] == [False, True]
    assert client.post(rep(guardian), f"/guardians/{guardian}/resumption").status == 403


def test_people_without_a_part_in_this_learn_nothing(client: MatchingClient) -> None:
    guardian = client.assigned()
    partner = person("P-1", "partner_manager", "ZR")

    for caller in (OPERATOR, partner):
        assert client.api(caller).get(f"/guardians/{guardian}").status == 404
        assert client.api(caller).get("/guardians").status == 403
    assert client.api(None).get(f"/guardians/{guardian}").status == 401


def _ids(client: MatchingClient, who: Principal, path: str, **query: Any) -> list[str]:
    return [item["guardian_id"] for item in client.get(who, path, **query)["items"]]


def test_next_steps_are_those_of_the_caller(client: MatchingClient) -> None:
    vetted = client.vetted()

    def steps(who: Principal, guardian: str) -> set[str]:
        return set(client.get(who, f"/guardians/{guardian}")["next_steps"])

    assert "approve" in steps(FEDERAL_2, vetted) and "approve" not in steps(FEDERAL, vetted)
    assert steps(rep(vetted), vetted) == {"change_possibilities", "withdraw"}
    listed = {each["guardian_id"]: each for each in client.get(FEDERAL, "/applications")["items"]}
    assert set(listed[vetted]["next_steps"]) == steps(FEDERAL, vetted)

    ready = client.ready(signed=False)
    assert "sign_participation_agreement" in steps(HQ, ready) & steps(rep(ready), ready)
    assert "sign_participation_agreement" not in steps(FEDERAL, ready)
    client.do(HQ, f"/guardians/{ready}/participation-agreement", read_text())
    assert "sign_participation_agreement" not in steps(HQ, ready)
    assert "sign_participation_agreement" in steps(rep(ready), ready)
    assert "record_training" in steps(HQ, ready) - steps(rep(ready), ready)
    (row,) = client.get(HQ, "/guardians")["items"]
    assert set(row["next_steps"]) == steps(HQ, ready)


def test_a_list_offers_of_each_guardian_what_its_own_page_offers(client: MatchingClient) -> None:
    guardians = [client.ready() for _ in range(3)]
    for own in guardians:
        colleague = replace(HQ, org=own)

        listed = client.get(colleague, "/guardians")["items"]

        steps = {each["guardian_id"]: each["next_steps"] for each in listed}
        pages = {each: client.get(colleague, f"/guardians/{each}") for each in guardians}
        assert steps == {each: page["next_steps"] for each, page in pages.items()}
        assert {*steps[own]} < {*steps[guardians[own == guardians[0]]]}
