"""Of families that wait no more, or that a guardian suits no more, nothing is left to propose."""

from datetime import timedelta

import pytest

from services.matching.openings import queries, reactions
from shared import ids
from shared.events.intake import CareDetailsChanged, CareRequirementLifted, CaseReopened
from tests.matching.api_client import FEDERAL, HQ, MatchingClient, checked, of_case, rep


@pytest.mark.parametrize("copies", [1, 3])
def test_when_no_family_that_a_guardian_suits_waits_any_more_it_is_told_once(
    client: MatchingClient, copies: int
) -> None:
    client.world.copies = copies
    closed, lifted, proposed = (client.waiting("D01", "household_help") for _ in range(3))
    guardian, other = client.ready(), client.ready()
    client.ready(capabilities=[{"category": "animal_care"}])

    client.closed(closed)
    client.proposed(proposed, other)
    assert client.told("SuitedFamiliesGone") == [], "one still waits"
    client.hear(CareRequirementLifted(**of_case(lifted), reason="not_needed"))

    gone = [each["guardian_id"] for each in client.told("SuitedFamiliesGone")]
    assert sorted(gone) == sorted([guardian, other])
    client.closed(client.waiting("D01", "household_help"))
    assert len(client.told("SuitedFamiliesGone")) == 2
    client.waiting("D01", "household_help")
    path, version = f"/guardians/{guardian}", client.get(HQ, f"/guardians/{guardian}")["version"]
    body = {"capabilities": [{"category": "household_help"}], "district_ids": ["D01"]}
    body |= {"capacity_families": 9}
    client.api(rep(guardian)).put(f"{path}/possibilities", body, if_match=version)
    client.world.settle()
    assert client.told("WaitingFamiliesSuited")[-1]["guardian_id"] == guardian


@pytest.mark.parametrize("instead", ["animal_care", "food_aid"])
def test_a_guardian_that_suits_none_of_them_any_more_need_not_be_proposed(
    client: MatchingClient, instead: str
) -> None:
    client.waiting("D01", "household_help")
    guardian = client.ready()
    assert client.told("SuitedFamiliesGone") == []

    path, body = f"/guardians/{guardian}", {"district_ids": ["D01"], "capacity_families": 2}
    version = client.get(HQ, path)["version"]
    body["capabilities"] = [{"category": instead}]
    client.api(rep(guardian)).put(f"{path}/possibilities", body, if_match=version)
    client.world.settle()

    assert [each["guardian_id"] for each in client.told("SuitedFamiliesGone")] == [guardian]


def test_whose_proof_has_run_out_cannot_be_proposed_any_more(client: MatchingClient) -> None:
    client.waiting()
    guardian = client.ready()
    client.world.advance(client.now() + timedelta(days=340))
    client.waiting()
    (warned,) = client.told("RequirementExpiring")
    assert not warned["expired"]
    assert client.told("SuitedFamiliesGone") == []

    client.world.advance(client.now() + timedelta(days=30))

    assert [each["guardian_id"] for each in client.told("SuitedFamiliesGone")] == [guardian]
    assert len(client.told("WaitingFamiliesSuited")) == 1


def test_of_more_families_than_were_looked_at_it_is_not_said_that_none_waits(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_FAMILIES", 1)
    first, _ = client.waiting(), client.waiting()
    client.ready()

    client.closed(first)

    assert client.told("SuitedFamiliesGone") == []


def test_the_work_ends_with_the_last_family_also_where_more_waited_than_were_looked_at(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_FAMILIES", 1)
    first, second, third = (client.waiting() for _ in range(3))
    client.waiting("D01", "animal_care")
    guardian, other = client.ready(), client.ready()

    client.closed(first)
    client.proposed(second, other)
    assert client.told("SuitedFamiliesGone") == [], "the third still waits"
    client.closed(third)

    gone = {each["guardian_id"] for each in client.told("SuitedFamiliesGone")}
    assert gone == {guardian, other}, "of those that wait it suits none"


def test_a_family_far_down_the_queue_is_not_passed_over_in_silence(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_FAMILIES", 1)
    monkeypatch.setattr(queries, "MOST_LOOKED_AT", 3)
    for _ in range(2):
        client.waiting("D01", "animal_care")
    third, fourth = client.waiting(), client.waiting("D01", "food_aid")
    client.waiting()
    guardian = client.ready()
    client.ready(capabilities=[{"category": "food_aid"}])

    (told,) = client.told("WaitingFamiliesSuited")

    assert (told["guardian_id"], told["case_ids"]) == (guardian, [third])
    assert (told["families"], told["more_waiting"]) == (1, True)
    assert fourth in client.waiting_cases(), "as far as the list of a guardian goes at once"
    client.closed(third)
    assert client.told("SuitedFamiliesGone") == [], "the fifth may be farther than is looked at"


def test_more_guardians_than_one_commit_holds_hear_that_no_family_waits(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "MOST_CHANGED", 1)
    case = client.waiting()
    guardians = {client.ready() for _ in range(3)}

    client.closed(case)

    assert {each["guardian_id"] for each in client.told("SuitedFamiliesGone")} == guardians


def test_families_that_stop_waiting_one_after_the_other_are_left_out_though_lists_lag_behind(
    client: MatchingClient,
) -> None:
    first, second = (client.waiting("D01", "household_help") for _ in range(2))
    client.waiting("D01", "animal_care")
    guardian = client.ready()
    client.ready(capabilities=[{"category": "animal_care"}])

    with client.world.dynamodb.lagging_indexes():
        client.closed(first)
        client.closed(second)

    assert [each["guardian_id"] for each in client.told("SuitedFamiliesGone")] == [guardian]
    kept = [row for row in client.world.rows("matching-data") if row["sk"]["S"] == "OPENING"]
    seen = sorted((row["version"]["N"], "region_pk" in row) for row in kept)
    assert seen == [("1", True), ("3", False)], "one is left alone, and one is in no list"


@pytest.mark.parametrize("copies", [1, 3])
@pytest.mark.parametrize("changed", ["needs", "details", "check"])
def test_families_that_a_guardian_suits_no_more_are_taken_out_of_what_it_can_do(
    client: MatchingClient, changed: str, copies: int
) -> None:
    client.world.copies = copies
    case, other = client.waiting("D01", "household_help"), client.waiting("D01", "household_help")
    guardian = client.ready()
    client.ready(capabilities=[{"category": each} for each in ("household_help", "animal_care")])
    path = f"/guardians/{guardian}/suited-families"

    def change(each: str) -> None:
        if changed == "needs":
            client.wishes(each, None, "animal_care", changed=("animal_care",))
        elif changed == "details":
            told = {"district_id": "D01", "size_band": "one_or_two"}
            left_out = (guardian,)
            details = CareDetailsChanged(**of_case(each), **told, excluded_guardians=left_out)
            client.hear(details)

    if changed == "check":
        failed = checked("registry", client.now().date(), passed=False)
        client.do(FEDERAL, f"/guardians/{guardian}/checks", failed)
    else:
        change(case)
        assert [each["case_id"] for each in client.get(HQ, path)["items"]] == [other]
        assert client.told("SuitedFamiliesGone") == [], "one still waits"
        change(other)

    assert client.get(HQ, path)["items"] == []
    assert [each["guardian_id"] for each in client.told("SuitedFamiliesGone")] == [guardian]
    assert len(client.told("WaitingFamiliesSuited")) == 2, "once of each guardian"
    if changed == "check":
        renewed = checked("registry", client.now().date())
        client.do(FEDERAL, f"/guardians/{guardian}/checks", renewed)
        assert client.told("WaitingFamiliesSuited")[-1]["families"] == 2


def test_a_family_that_closes_while_an_opening_is_written_leaves_no_work(
    client: MatchingClient,
) -> None:
    case = client.waiting()
    with client.world.dynamodb.lagging_indexes():
        guardian = client.ready()
        client.closed(case)
    assert client.told("SuitedFamiliesGone") == [], "the list did not show the opening yet"

    client.world.advance(client.now() + timedelta(minutes=11))

    assert [each["guardian_id"] for each in client.told("SuitedFamiliesGone")] == [guardian]


@pytest.mark.parametrize("ended", ["declined", "closed"])
def test_a_family_that_waits_again_by_then_stays_in_what_others_can_do(
    client: MatchingClient, ended: str
) -> None:
    case = client.waiting()
    guardian, other = client.ready(), client.ready()
    if ended == "declined":
        match = client.proposed(case, other)
        client.do(rep(other), f"/matches/{match}/decline", {"reason": "other"})
    else:
        client.closed(case)
        client.hear(CaseReopened(**of_case(case), reason="needs_returned"))
        client.flag(case, "D01", ("household_help",))
    again = client.ready()
    told = len(client.told("SuitedFamiliesGone"))

    client.world.advance(client.now() + timedelta(minutes=11))

    assert len(client.told("SuitedFamiliesGone")) == told, (guardian, again)
    assert client.get(HQ, f"/guardians/{again}/suited-families")["items"]


def test_the_end_of_a_case_that_never_wanted_a_guardian_costs_no_second_look(
    client: MatchingClient,
) -> None:
    def second_looks() -> int:
        rows = client.world.rows("matching-data")
        return sum(row.get("reaction", {}).get("S") == "on_family_waits_no_more" for row in rows)

    client.closed(ids.new("cas"))
    assert second_looks() == 0
    client.closed(client.waiting())
    assert second_looks() == 1
