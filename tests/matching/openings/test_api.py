"""A guardian that can do more is seen beside the families that wait."""

from typing import Any

import pytest

from services.matching.openings import queries, reactions
from services.matching.openings.repository import Openings
from shared.events.intake import FamiliesMerged
from tests.matching.api_client import FEDERAL, HQ, HQ_Y, MatchingClient, checked, family_of, rep


def test_families_that_wait_are_looked_at_again_when_a_guardian_can_do_more(
    client: MatchingClient,
) -> None:
    client.world.copies = 2
    cases = [client.waiting("D01", "household_help") for _ in range(2)]
    animals = client.waiting("D02", "animal_care")
    client.waiting("D12", "material_aid")

    guardian = client.ready(capacity_families=1)

    (first,) = client.told("WaitingFamiliesSuited")
    assert (first["guardian_id"], first["families"]) == (guardian, 2)
    assert first["case_ids"] == cases

    def change(*kinds: str) -> None:
        path = f"/guardians/{guardian}"
        body = {
            "capabilities": [{"category": kind} for kind in kinds],
            "district_ids": ["D01"],
            "capacity_families": 2,
        }
        version = client.get(HQ, path)["version"]
        answer = client.api(rep(guardian)).put(f"{path}/possibilities", body, if_match=version)
        assert answer.status == 200, answer.text
        client.world.settle()

    change("household_help", "animal_care")
    second = client.told("WaitingFamiliesSuited")[1]
    assert (second["families"], second["case_ids"]) == (3, [*cases, animals])
    change("household_help")
    change("household_help", "food_aid")
    assert len(client.told("WaitingFamiliesSuited")) == 2, "fewer or the same are no news"
    client.proposed(cases[0], guardian)
    change("household_help", "animal_care")
    third = client.told("WaitingFamiliesSuited")[2]
    assert third["case_ids"] == [cases[1], animals], "who is bound does not wait"


def test_the_family_that_a_guardian_has_just_left_is_no_news(client: MatchingClient) -> None:
    guardian, case = client.ready(capacity_families=1), client.waiting()
    match = client.active(case, guardian)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    again = client.proposed(case, guardian)
    client.do(HQ, f"/matches/{again}/cancellation", {"reason": "mistake"})

    assert client.waiting_cases() == [case]
    assert client.told("WaitingFamiliesSuited") == []


@pytest.mark.parametrize("freed_by", ["decline", "cancel", "end"])
def test_a_place_that_is_free_again_is_told_when_families_have_come_meanwhile(
    client: MatchingClient, freed_by: str
) -> None:
    guardian, first = client.ready(capacity_families=1), client.waiting()
    if freed_by == "end":
        match = client.active(first, guardian)
    else:
        match = client.proposed(first, guardian)
    later = client.waiting()
    assert client.told("WaitingFamiliesSuited") == []

    if freed_by == "decline":
        client.do(rep(guardian), f"/matches/{match}/decline", {"reason": "other"})
    elif freed_by == "cancel":
        client.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})
    else:
        client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})

    (told,) = client.told("WaitingFamiliesSuited")
    assert later in told["case_ids"]


def test_what_is_proved_anew_brings_a_guardian_back_to_the_families_that_wait(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    checks, today = f"/guardians/{guardian}/checks", client.now().date()
    client.do(FEDERAL, checks, checked("registry", today, passed=False))
    case = client.waiting()

    client.do(FEDERAL, checks, checked("registry", today))

    assert [each["case_ids"] for each in client.told("WaitingFamiliesSuited")] == [[case]]


@pytest.mark.parametrize("ended_by", ["a pause", "a proposal"])
def test_families_are_news_again_when_the_work_about_them_had_ended(
    client: MatchingClient, ended_by: str
) -> None:
    first, other = client.waiting(), client.waiting()
    guardian = client.ready(capacity_families=1)
    if ended_by == "a pause":
        client.do(HQ, f"/guardians/{guardian}/pause", {"reason": "other"})
        client.do(HQ, f"/guardians/{guardian}/resumption")
    else:
        match = client.proposed(first, guardian)
        client.do(rep(guardian), f"/matches/{match}/decline", {"reason": "too_far"})

    again = client.told("WaitingFamiliesSuited")[1:]
    suited = [first, other] if ended_by == "a pause" else [other]
    assert [each["case_ids"] for each in again] == [suited]


def test_more_places_are_news_when_a_proposal_had_ended_the_work(client: MatchingClient) -> None:
    first, other = client.waiting(), client.waiting()
    guardian = client.ready(capacity_families=1)
    client.proposed(first, guardian)

    def places(number: int) -> list[list[str]]:
        path = f"/guardians/{guardian}"
        view = client.get(HQ, path)
        same = {name: view[name] for name in ("capabilities", "district_ids")}
        body = same | {"capacity_families": number}
        answer = client.api(HQ).put(f"{path}/possibilities", body, if_match=view["version"])
        assert answer.status == 200, answer.text
        client.world.settle()
        return [each["case_ids"] for each in client.told("WaitingFamiliesSuited")[1:]]

    assert places(2) == [[other]]
    assert places(3) == [[other]], "once"


def test_a_guardian_that_rests_or_helps_nobody_who_waits_is_no_news(
    client: MatchingClient,
) -> None:
    client.ready()
    assert client.told("WaitingFamiliesSuited") == []
    client.waiting()
    client.assigned()

    assert client.told("WaitingFamiliesSuited") == []


def test_a_guardian_that_rests_while_families_are_gone_through_is_no_news(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.waiting()
    guardian, look = client.ready(capacity_families=1), queries.SuitedFamilies.of
    pause = {"reason": "holidays"}
    client.do(HQ, f"/guardians/{guardian}/pause", pause)
    told = client.told("WaitingFamiliesSuited")
    rests = [True]

    def overtaken(*looked: Any) -> Any:
        found = look(*looked)
        if rests:
            rests.clear()
            assert client.post(HQ, f"/guardians/{guardian}/pause", pause).status == 200
        return found

    monkeypatch.setattr(queries.SuitedFamilies, "of", overtaken)
    client.do(HQ, f"/guardians/{guardian}/resumption")

    assert (rests, client.told("WaitingFamiliesSuited")) == ([], told)


def test_a_guardian_that_rests_in_the_moment_of_the_news_is_taken_back(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.waiting()
    guardian, save, pause = client.ready(), Openings.save, {"reason": "holidays"}
    client.do(HQ, f"/guardians/{guardian}/pause", pause)
    gone, rests = client.told("SuitedFamiliesGone"), [True]

    def overtaken(*saved: Any, **more: Any) -> Any:
        if rests:
            rests.clear()
            assert client.post(HQ, f"/guardians/{guardian}/pause", pause).status == 200
        return save(*saved, **more)

    monkeypatch.setattr(Openings, "save", overtaken)
    client.do(HQ, f"/guardians/{guardian}/resumption")

    assert (rests, len(client.told("SuitedFamiliesGone"))) == ([], len(gone) + 1)


@pytest.mark.parametrize("leaves", ["pause", "withdrawal", "assignment"])
def test_of_a_guardian_that_takes_no_families_now_nothing_is_kept(
    client: MatchingClient, leaves: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for most in ("MAX_FAMILIES", "MOST_LOOKED_AT"):
        monkeypatch.setattr(queries, most, 1)
    client.waiting()
    client.waiting()
    guardian = client.ready()
    who, body = {
        "pause": (HQ, {"reason": "holidays"}),
        "withdrawal": (rep(guardian), {"reason": "other"}),
        "assignment": (FEDERAL, {"region": "YY"}),
    }[leaves]
    client.do(who, f"/guardians/{guardian}/{leaves}", body)

    assert [each["guardian_id"] for each in client.told("SuitedFamiliesGone")] == [guardian]


def test_districts_that_headquarters_gives_a_guardian_are_possibilities_too(
    client: MatchingClient,
) -> None:
    guardian = client.ready(district_ids=["D12"])
    case = client.waiting("D07", "household_help")
    assert client.told("WaitingFamiliesSuited") == []
    before = len(client.told("PossibilitiesChanged"))

    client.do(
        FEDERAL, f"/guardians/{guardian}/assignment", {"region": "ZR", "district_ids": ["D07"]}
    )

    assert len(client.told("PossibilitiesChanged")) == before + 1
    assert [each["case_ids"] for each in client.told("WaitingFamiliesSuited")] == [[case]]


def test_a_family_that_is_bound_in_another_case_is_none_that_a_guardian_suits(
    client: MatchingClient,
) -> None:
    guardian, other = client.ready(), client.ready()
    bound, same, free = (client.waiting() for _ in range(3))
    pair = {"family_id": family_of(bound), "merged_family_id": family_of(same)}
    client.hear(FamiliesMerged(region="ZR", reason="same_people", **pair))
    client.proposed(bound, other)

    listed = client.get(HQ, f"/guardians/{guardian}/suited-families")["items"]

    assert [each["case_id"] for each in listed] == [free]
    assert same in client.waiting_cases()


def test_all_the_families_that_a_guardian_suits_are_listed_longest_waiting_first(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_LOOKED_AT", 4)
    monkeypatch.setattr(queries, "MAX_FAMILIES", 4)
    monkeypatch.setattr(reactions, "MOST_NAMED", 1)
    animals = [client.waiting("D01", "animal_care") for _ in range(2)]
    suited = [client.waiting("D01", "household_help", "food_aid") for _ in range(3)]
    animals += [client.waiting("D01", "animal_care") for _ in range(6)]
    suited += [client.waiting("D01", "household_help") for _ in range(2)]
    guardian = client.ready()
    (told,) = client.told("WaitingFamiliesSuited")
    assert (told["families"], told["case_ids"], told["more_waiting"]) == (2, suited[:1], True)
    client.proposed(suited.pop(1), client.ready(), reason="partial", uncovered=["food_aid"])
    path = f"/guardians/{guardian}/suited-families"

    for limit in (1, 2, 3, 50):
        seen, cursor = list[str](), dict[str, str]()
        while True:
            page = client.get(HQ, path, limit=limit, **cursor)
            assert len(page["items"]) <= limit
            seen += [each["case_id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == suited, limit
    page = client.get(HQ, path, limit=50)
    assert (len(page["items"]), bool(page["next_cursor"])) == (2, True), "of the four looked at"

    first = client.get(HQ, path)["items"][0]
    assert (first["number"], first["coverage"], first["uncovered"]) == (
        "10000008", 0.5, ["food_aid"],
    )  # fmt: skip
    for who in (rep(guardian), HQ_Y):
        assert client.api(who).get(path).status == 404
    client.do(HQ, f"/guardians/{guardian}/pause", {"reason": "holidays"})
    assert client.get(HQ, path)["items"] == []
