"""Every command is one bounded transaction, at its largest; deliveries change nothing twice."""

from typing import Any

import pytest

from shared.reference.code_lists import ITEM_ID
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    TRAINING,
    WORDS,
    MatchingClient,
    application,
    lone,
    rep,
)
from tests.matching.media.test_api import uploaded
from tests.support.reference import reference_data

LARGEST = 16
ALONE = lone(5) | {"team_size": 0}


@pytest.fixture
def sizes(client: MatchingClient, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each transaction from here on has."""
    found: list[int] = []
    whole = client.world.dynamodb.transact_write_items

    def counting(**request: Any) -> Any:
        found.append(len(request["TransactItems"]))
        return whole(**request)

    monkeypatch.setattr(client.world.dynamodb, "transact_write_items", counting)
    return found


def test_the_largest_commands_stay_within_sixteen_items(
    client: MatchingClient, sizes: list[int]
) -> None:
    guardian = client.ready()
    case = client.waiting()
    client.do(
        rep(guardian), f"/matches/{client.proposed(case, guardian)}/decline", {"reason": "other"}
    )
    case = client.waiting()
    match = client.agreed(client.introduced(client.proposed(case, guardian)))
    first = {"need_id": "ned_1", "given_at": client.moment(), "note": WORDS}
    client.do(HQ, f"/matches/{match}/visits", first)
    photos = [uploaded(client, match, guardian) for _ in range(10)]
    story = {"text": WORDS, "media": photos}
    client.do(rep(guardian), f"/matches/{match}/stories", story)
    report = {"period": "2026-09", "done": WORDS, "difficulties": WORDS, "resources_ok": False}
    client.do(rep(guardian), f"/matches/{match}/reports", report)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})
    client.do(HQ, f"/guardians/{guardian}/resumption")
    second = client.waiting()
    client.proposed(second, guardian)
    client.closed(second)
    client.do(None, "/applications", application(**ALONE))

    assert max(sizes) <= LARGEST
    assert max(sizes) == 13


def test_a_code_of_an_open_list_costs_one_read_and_one_of_a_closed_list_none(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.agreed(client.introduced(client.proposed(case, guardian)))
    client.do(HQ, f"/matches/{match}/visits", {"need_id": "ned_1", "given_at": client.moment()})

    with reference_data() as stage:
        client.do(rep(guardian), f"/matches/{match}/notices", {"reason": "conflict"})
        assert ITEM_ID not in stage.reads
        for _ in range(2):
            other = client.proposed(client.waiting(), client.ready())
            client.do(HQ, f"/matches/{other}/cancellation", {"reason": "mistake"})

    assert stage.reads.count(ITEM_ID) == 1


@pytest.mark.requirement("X-02")
def test_a_fact_that_comes_three_times_changes_the_family_once(client: MatchingClient) -> None:
    client.world.copies = 3

    case = client.waiting()

    (row,) = [r for r in client.world.rows("matching-data") if r["pk"]["S"] == f"FAMILY#{case}"]
    assert row["version"]["N"] == "1"


@pytest.mark.requirement("X-11")
def test_a_repeated_command_answers_the_same_and_happens_once(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    body = {"case_id": case, "guardian_id": guardian}

    first = client.post(HQ, "/matches", body, key="same")
    again = client.post(HQ, "/matches", body, key="same")

    assert (first.status, again.json) == (201, first.json)
    client.world.settle()
    assert len(client.told("MatchProposed")) == 1


@pytest.mark.parametrize("status", [428])
def test_a_command_needs_its_key(client: MatchingClient, status: int) -> None:
    guardian = client.applied()

    assert client.api(FEDERAL).post(f"/guardians/{guardian}/vetting").status == status
    assert client.api(TRAINING).post(f"/guardians/{guardian}/vetting", key="k").status == 403
