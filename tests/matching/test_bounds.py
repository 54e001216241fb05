"""Every command is one bounded transaction, at its largest; deliveries change nothing twice."""

from typing import Any

import pytest

from tests.matching.api_client import FEDERAL, HQ, TRAINING, WORDS, Office, application, rep

LARGEST = 16
ALONE = {"legal_form": "sole_proprietor_with_team", "team_size": 0}


@pytest.fixture
def sizes(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each transaction from here on has."""
    found: list[int] = []
    whole = office.world.dynamodb.transact_write_items

    def counting(**request: Any) -> Any:
        found.append(len(request["TransactItems"]))
        return whole(**request)

    monkeypatch.setattr(office.world.dynamodb, "transact_write_items", counting)
    return found


def test_the_largest_commands_stay_within_sixteen_items(office: Office, sizes: list[int]) -> None:
    guardian = office.ready()
    case = office.waiting()
    office.do(
        rep(guardian), f"/matches/{office.proposed(case, guardian)}/decline", {"reason": "no"}
    )
    match = office.agreed(office.introduced(office.proposed(case, guardian)))
    first = {"need_id": "ned_1", "given_at": office.moment(), "note": WORDS}
    office.do(HQ, f"/matches/{match}/visits", first)
    story = {"text": WORDS, "media": [{"kind": "photo", "key": "k"}]}
    office.do(rep(guardian), f"/matches/{match}/stories", story)
    report = {"period": "2026-09", "done": WORDS, "difficulties": WORDS, "resources_ok": False}
    office.do(rep(guardian), f"/matches/{match}/reports", report)
    office.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})
    office.do(HQ, f"/guardians/{guardian}/resumption")
    second = office.waiting()
    office.proposed(second, guardian)
    office.closed(second)
    office.do(None, "/applications", application(**ALONE))

    assert max(sizes) <= LARGEST
    assert max(sizes) == 10


@pytest.mark.requirement("X-02")
def test_a_fact_that_comes_three_times_changes_the_family_once(office: Office) -> None:
    office.world.copies = 3

    case = office.waiting()

    (row,) = [r for r in office.world.rows("matching-data") if r["pk"]["S"] == f"FAMILY#{case}"]
    assert row["version"]["N"] == "1"


@pytest.mark.requirement("X-11")
def test_a_repeated_command_answers_the_same_and_happens_once(office: Office) -> None:
    guardian, case = office.ready(), office.waiting()
    body = {"case_id": case, "guardian_id": guardian}

    first = office.post(HQ, "/matches", body, key="same")
    again = office.post(HQ, "/matches", body, key="same")

    assert (first.status, again.json) == (201, first.json)
    office.world.settle()
    assert len(office.told("MatchProposed")) == 1


@pytest.mark.parametrize("status", [428])
def test_a_command_needs_its_key(office: Office, status: int) -> None:
    guardian = office.applied()

    assert office.api(FEDERAL).post(f"/guardians/{guardian}/vetting").status == status
    assert office.api(TRAINING).post(f"/guardians/{guardian}/vetting", key="k").status == 403
