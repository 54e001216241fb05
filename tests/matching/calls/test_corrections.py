"""A call that was recorded wrongly is put right, with what followed from it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.matching.api_client import HQ, WORDS, MatchingClient, rep

WRONG = {"reason": "wrong_result"}
NOT_MADE = {"reason": "not_made", "not_made": True}


def in_care(client: MatchingClient) -> str:
    """The path of a match whose first call is due."""
    match = client.active(client.waiting(), client.ready())
    client.world.advance(client.now() + timedelta(days=14, hours=12))
    return f"/matches/{match}"


def called(client: MatchingClient, match: str, result: str, **more: Any) -> None:
    client.do(HQ, f"{match}/calls", {"kind": "two_weeks", "result": result} | more)


def correct(client: MatchingClient, match: str, **said: Any) -> Any:
    answer = client.post(HQ, f"{match}/calls/two_weeks/correction", said)
    client.world.settle()
    return answer


def call_of(client: MatchingClient, match: str) -> dict[str, Any]:
    return dict(client.get(HQ, match)["follow_ups"][0])


def sealed_notes(client: MatchingClient) -> list[str]:
    rows = (row for table in client.world.dynamodb.tables.values() for row in table)
    return [sk for _, sk in rows if sk.startswith("call#")]


def test_another_result_of_a_call_counts_from_the_call(client: MatchingClient) -> None:
    match = in_care(client)
    called(client, match, "needs_changed")
    at = call_of(client, match)["attempts"][0]["at"]
    client.world.advance(client.now() + timedelta(days=5))

    assert correct(client, match, **WRONG, result="fine").status == 200

    call = call_of(client, match)
    assert (call["status"], call["result"], call["on_time"]) == ("done", "fine", True)
    assert [each["at"] for each in call["attempts"]] == [at]
    (told,) = client.told("FollowUpCorrected")
    assert (told["former_result"], told["result"]) == ("needs_changed", "fine")
    assert told["care_ended"] is False
    told = [(each["result"], each["final"]) for each in client.told("FollowUpDone")]
    assert told == [("needs_changed", True), ("fine", True)]


def test_a_call_that_was_not_made_is_asked_for_today_and_missed_with_the_day(
    client: MatchingClient,
) -> None:
    match = in_care(client)
    called(client, match, "fine", note=WORDS)
    client.world.advance(client.now() + timedelta(days=5))
    assert len(sealed_notes(client)) == 1

    assert correct(client, match, **NOT_MADE).status == 200

    assert sealed_notes(client) == []
    (told,) = client.told("FollowUpCorrected")
    assert (told["former_result"], told["result"], told["not_made"]) == ("fine", None, True)
    call = call_of(client, match)
    assert (call["status"], call["attempts"], call["result"]) == ("due", [], None)
    assert client.get(HQ, f"{match}/notes")["items"] == []  # it is another family's, or no one's
    assert len(client.told("FollowUpDue")) == 1  # the family is not asked a second time
    assert client.told("FollowUpMissed") == []
    client.world.advance(client.now() + timedelta(days=1))
    assert len(client.told("FollowUpMissed")) == 1
    called(client, match, "fine")
    assert call_of(client, match)["on_time"] is False


def test_only_the_note_on_the_call_that_was_not_made_goes(client: MatchingClient) -> None:
    match = in_care(client)
    called(client, match, "unreachable", note="Не взяли трубку")
    client.world.advance(client.now() + timedelta(days=1))
    called(client, match, "fine", note=WORDS)
    hearing = {"side": "family", "result": "heard", "note": "Рассказали"}
    client.do(HQ, f"{match}/hearings", hearing)

    assert correct(client, match, **NOT_MADE).status == 200

    assert [each["attempt"] for each in client.told("FollowUpDone")] == [1, 2]
    left = client.get(HQ, f"{match}/notes")["items"]
    assert [each["note"] for each in left] == ["Не взяли трубку", "Рассказали"]
    call = call_of(client, match)
    assert [each["result"] for each in call["attempts"]] == ["unreachable"]
    later = f"{client.now() + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    refused = correct(client, match, **WRONG, result="fine", called_at=later)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/called_at")


def test_of_calls_that_are_written_down_the_next_day_each_keeps_its_own_note(
    client: MatchingClient,
) -> None:
    match = in_care(client)
    made = client.now()
    tried, reached = (f"{made + timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ}" for h in (0, 2))
    client.world.advance(made + timedelta(days=1))
    called(client, match, "unreachable", note="Не взяли трубку", called_at=tried)
    called(client, match, "fine", called_at=reached)

    assert correct(client, match, **NOT_MADE).status == 200

    left = client.get(HQ, f"{match}/notes")["items"]
    assert [each["note"] for each in left] == ["Не взяли трубку"]


def test_a_note_goes_with_its_call_whose_moment_was_mended_too(client: MatchingClient) -> None:
    match = in_care(client)
    called(client, match, "fine", note=WORDS)
    made = client.now()
    client.world.advance(made + timedelta(days=1))
    later = f"{made + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    assert correct(client, match, **WRONG, result="needs_changed", called_at=later).status == 200
    assert len(client.get(HQ, f"{match}/notes")["items"]) == 1

    assert correct(client, match, **NOT_MADE).status == 200

    assert client.get(HQ, f"{match}/notes")["items"] == []


def test_who_did_not_answer_after_all_is_called_the_next_day(client: MatchingClient) -> None:
    match = in_care(client)
    called(client, match, "fine")

    assert correct(client, match, **WRONG, result="unreachable").status == 200

    assert call_of(client, match)["status"] == "planned"
    client.world.advance(client.now() + timedelta(days=1))
    assert [each["attempt"] for each in client.told("FollowUpDue")] == [1, 2]


def test_a_mediation_that_rests_on_a_problem_that_no_one_named_ends(
    client: MatchingClient,
) -> None:
    match = in_care(client)
    called(client, match, "problem")
    assert len(client.told("ConcernRaised")) == 1

    assert correct(client, match, **WRONG, result="fine").status == 200

    assert [each["result"] for each in client.told("MediationEnded")] == ["not_confirmed"]
    assert correct(client, match, **WRONG, result="problem").status == 200
    assert len(client.told("ConcernRaised")) == 2


def test_a_problem_whose_call_was_at_another_moment_is_one_concern(client: MatchingClient) -> None:
    match = in_care(client)
    made = client.now()
    client.world.advance(made + timedelta(hours=2))
    called(client, match, "problem")

    earlier = f"{made:%Y-%m-%dT%H:%M:%SZ}"
    assert correct(client, match, **WRONG, result="problem", called_at=earlier).status == 200

    assert len(client.told("ConcernRaised")) == 1
    assert client.told("MediationEnded") == []
    assert correct(client, match, **WRONG, result="fine").status == 200
    assert [each["result"] for each in client.told("MediationEnded")] == ["not_confirmed"]


def test_a_mediation_with_another_concern_goes_on(client: MatchingClient) -> None:
    match = in_care(client)
    called(client, match, "problem")
    of_family = {"by": "family", "concern": "schedule", "evidence": "paper"}
    client.do(HQ, f"{match}/concerns", of_family)

    assert correct(client, match, **WRONG, result="fine").status == 200

    assert client.told("MediationEnded") == []


def test_a_problem_that_was_taken_back_before_it_is_heard_of_opens_nothing(
    client: MatchingClient,
) -> None:
    match = in_care(client)
    call = {"kind": "two_weeks", "result": "problem"}
    assert client.post(HQ, f"{match}/calls", call).status == 200

    assert correct(client, match, **NOT_MADE).status == 200

    assert [each["result"] for each in client.told("FollowUpDone")] == ["problem"]
    assert client.told("ConcernRaised") == []


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (WRONG, 422, "result_or_not_made"),
        (NOT_MADE | {"result": "fine"}, 422, "result_or_not_made"),
        (NOT_MADE | {"called_at": "2026-09-15T10:00:00Z"}, 422, "result_or_not_made"),
        (WRONG | {"result": "fine"}, 409, "no_call_to_correct"),
    ],
)
def test_what_says_nothing_is_refused(
    client: MatchingClient, said: Any, status: int, code: str
) -> None:
    match = in_care(client)
    refused = correct(client, match, **said)
    assert (refused.status, refused.code) == (status, code)


@pytest.mark.parametrize("met", [False, True])
def test_of_a_pair_that_has_not_helped_yet_no_call_is_corrected(
    client: MatchingClient, met: bool
) -> None:
    match = client.proposed(client.waiting(), client.ready())
    if met:
        client.introduced(match)

    refused = correct(client, f"/matches/{match}", **NOT_MADE)

    assert refused.status == 409, refused.text
    assert "correct_call" not in client.get(HQ, f"/matches/{match}")["next_steps"]


def test_a_guardian_corrects_no_call(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    path = f"/matches/{match}/calls/two_weeks/correction"
    assert client.post(rep(guardian), path, NOT_MADE).status == 403


@pytest.mark.parametrize(("days", "status"), [(0, "cancelled"), (5, "missed")])
def test_a_call_that_was_not_made_counts_as_none_after_the_care_too(
    client: MatchingClient, days: int, status: str
) -> None:
    match = in_care(client)
    called(client, match, "fine", note=WORDS)
    client.world.advance(client.now() + timedelta(days=days))
    client.do(HQ, f"{match}/ending", {"reason": "needs_cannot_be_met"})
    client.world.advance(client.now() + timedelta(days=9))
    assert "correct_call" in client.get(HQ, match)["next_steps"]

    assert correct(client, match, **NOT_MADE).status == 200

    call = call_of(client, match)
    assert (call["status"], call["attempts"], call["result"]) == (status, [], None)
    assert client.get(HQ, f"{match}/notes")["items"] == []
    counted = client.get(HQ, "/regions/ZR/figures")["two_week_calls"]
    assert (counted[status], counted["on_time"]["good"]) == (1, 0)
    client.world.advance(client.now() + timedelta(days=9))
    asked = [len(client.told(kind)) for kind in ("FollowUpDue", "FollowUpMissed")]
    assert asked == [1, 0]  # no one is asked to call a family whose care is over


def test_another_result_after_the_care_asks_for_no_work(client: MatchingClient) -> None:
    match = in_care(client)
    called(client, match, "unreachable")
    client.do(HQ, f"{match}/ending", {"reason": "needs_cannot_be_met"})
    assert call_of(client, match)["status"] == "cancelled"

    assert correct(client, match, **WRONG, result="problem").status == 200

    call = call_of(client, match)
    assert (call["status"], call["result"], call["on_time"]) == ("done", "problem", True)
    told = [(each["result"], each["final"]) for each in client.told("FollowUpDone")]
    assert told == [("unreachable", False)]
    (corrected,) = client.told("FollowUpCorrected")
    assert (corrected["result"], corrected["care_ended"]) == ("problem", True)
    assert client.told("ConcernRaised") == []
    assert correct(client, match, **WRONG, result="unreachable").status == 200
    assert call_of(client, match)["status"] == "cancelled"


def test_a_mediation_of_what_was_said_in_another_call_goes_on(client: MatchingClient) -> None:
    match = in_care(client)
    called(client, match, "problem")
    client.do(HQ, f"{match}/mediation/result", {"result": "agreed"})
    client.world.advance(client.now() + timedelta(days=17))
    client.do(HQ, f"{match}/calls", {"kind": "one_month", "result": "problem"})

    assert correct(client, match, **WRONG, result="fine").status == 200

    assert client.get(HQ, f"{match}/mediation")["status"] == "open"
    assert [each["result"] for each in client.told("MediationEnded")] == ["agreed"]
