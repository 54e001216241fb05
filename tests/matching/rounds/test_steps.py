"""A round goes on step by step, wherever it was interrupted, until it ends or cannot go on."""

from collections.abc import Callable
from typing import Any

import pytest

from services.matching.rounds import reactions
from services.matching.rounds.repository import Rounds
from shared import ids
from shared.dependencies import connected
from shared.errors import Unavailable
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.matching.api_client import HQ, MatchingClient
from tests.matching.rounds.builders import opened


def test_a_round_moves_on_by_its_own_hour_not_that_of_its_opening(client: MatchingClient) -> None:
    client.ready()
    client.waiting()
    found = opened(client)
    client.at("2026-09-03 09:00")

    client.post(HQ, f"/rounds/{found['round_id']}/commit", {})

    (row,) = (row for row in client.world.rows("matching-data") if row["sk"]["S"] == "ROUND")
    assert row["due_at"]["S"].startswith("2026-09-03T05:00:00")


@pytest.mark.parametrize("step", [reactions.work_on_round, reactions.give_up_round])
def test_a_step_that_comes_late_leaves_a_round_that_waits_for_its_coordinator(
    client: MatchingClient, step: Callable[..., None]
) -> None:
    """Another worker has solved it meanwhile."""
    client.ready()
    client.waiting()
    found = opened(client)
    context = CommandContext(system("round"), "due:round", ids.new("cor"))

    with client.world.running("matching", "on_jobs"):
        step(found["round_id"], context, **connected(step))

    assert context.receipt is None
    assert client.get(HQ, f"/rounds/{found['round_id']}") == found
    assert client.told("MatchProposed") == []


def test_a_table_that_is_down_refuses_no_pair(client: MatchingClient) -> None:
    client.ready()
    case = client.waiting()
    path = f"/rounds/{opened(client)['round_id']}"

    def down() -> None:
        raise Unavailable

    client.just_before_the_next_commit(down, "'MATCH#")
    client.do(HQ, f"{path}/commit", {})
    assert client.get(HQ, path)["status"] == "proposing"
    client.at("2026-09-01 09:30")

    after = client.get(HQ, path)
    assert (after["status"], after["refused"]) == ("done", 0)
    assert [each["case_id"] for each in client.told("MatchProposed")] == [case]


def interrupted(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, list[str], str]:
    """A guardian, five cases and a round that has proposed four of them and knows of two."""
    monkeypatch.setattr(reactions, "PAIRS_OF_STEP", 2)
    guardian = client.ready(capacity_families=9)
    cases = [client.waiting() for _ in range(5)]
    path = f"/rounds/{opened(client)['round_id']}"
    save, lost = Rounds.save, list[Any]()

    def losing(self: Rounds, context: Any, *rows: Any, **more: Any) -> Any:
        if rows[0].place == 4 and not lost:
            lost.append(rows[0])
            raise Unavailable
        return save(self, context, *rows, **more)

    monkeypatch.setattr(Rounds, "save", losing)
    client.do(HQ, f"{path}/commit", {})
    assert len(client.told("MatchProposed")) == 4
    return guardian, cases, path


def test_a_guardian_that_pauses_while_a_round_is_interrupted_gets_no_more_families(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian, cases, path = interrupted(client, monkeypatch)
    last = next(case for case in cases if case in client.waiting_cases())
    client.do(HQ, f"/guardians/{guardian}/pause", {"reason": "holidays", "keep_families": True})

    client.at("2026-09-01 09:30")

    after = client.get(HQ, path)
    assert (after["status"], after["proposed"], after["refused"]) == ("done", 4, 1)
    refused = {pair["case_id"]: pair["code"] for pair in after["pairs"] if pair["code"]}
    assert refused == {last: "candidate_paused"}
    assert len(client.told("MatchProposed")) == 4


def test_a_round_goes_on_where_it_was_interrupted_and_proposes_nothing_twice(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, cases, path = interrupted(client, monkeypatch)
    stopped = client.get(HQ, path)
    assert (stopped["status"], stopped["proposed"]) == ("proposing", 2)

    client.at("2026-09-01 09:30")

    after = client.get(HQ, path)
    assert (after["status"], after["proposed"], after["refused"]) == ("done", 5, 0)
    proposed = client.told("MatchProposed")
    assert sorted(each["case_id"] for each in proposed) == sorted(cases)
    assert {pair["match_id"] for pair in after["pairs"]} == {each["match_id"] for each in proposed}


def test_a_pair_that_was_taken_back_while_a_round_is_interrupted_is_not_proposed_again(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, path = interrupted(client, monkeypatch)
    unknown = client.told("MatchProposed")[-1]
    client.do(HQ, f"/matches/{unknown['match_id']}/cancellation", {"reason": "other"})

    client.at("2026-09-01 09:30")

    after = client.get(HQ, path)
    assert (after["status"], after["proposed"], after["refused"]) == ("done", 5, 0)
    pairs = {pair["case_id"]: pair["match_id"] for pair in after["pairs"]}
    assert pairs[unknown["case_id"]] == unknown["match_id"]
    assert len(client.told("MatchProposed")) == 5


def test_a_round_that_never_ends_says_so(client: MatchingClient) -> None:
    client.world.functions.down.add("matching-solve-assignment")
    found = opened(client)
    assert found["status"] == "solving"
    refused = client.post(HQ, f"/rounds/{found['round_id']}/commit", {})
    assert (refused.status, refused.code) == (409, "round_is_solving")

    for day in range(2, 10):
        client.at(f"2026-09-0{day} 09:00")
        client.at(f"2026-09-0{day} 19:00")

    after = client.get(HQ, f"/rounds/{found['round_id']}")
    assert after["status"] == "failed"
    assert "Начните новый подбор" in after["failure"]
