"""The end of care through the API: notices, the decision, a closed case."""

import pytest

from tests.matching.api_client import HQ, WORDS, MatchingClient, own_token, pointer, rep
from tests.support.api import Answer

REASONS = ["needs_cannot_be_met", "guardian_resources_exhausted", "conflict", "all_needs_met"]


def test_both_sides_tell_the_headquarters_and_it_decides(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    reason = {"reason": "guardian_resources_exhausted"}
    client.do(rep(guardian), f"/matches/{match}/notices", reason)
    assert client.post(rep(guardian), f"/matches/{match}/ending", reason).status == 403
    waited = client.post(HQ, f"/matches/{match}/ending", reason)
    assert (waited.status, waited.code) == (409, "second_notice_awaited")

    client.do(HQ, f"/matches/{match}/notices", reason | {"by": "family", "evidence": "phone_call"})
    client.do(HQ, f"/matches/{match}/ending", reason)

    notices = [(each["by"], each["asked"]) for each in client.told("TerminationNotified")]
    assert notices == [("guardian", "family"), ("family", None)]
    assert client.told("NoticeAwaited") == []
    (ended,) = client.told("CareEnded")
    assert (ended["open_need_categories"], ended["waits"]) == (["household_help"], True)
    assert client.waiting_cases() == [case]


@pytest.mark.requirement("X-02")
@pytest.mark.parametrize("copies", [1, 3])
def test_a_silent_side_is_reminded_after_a_day_and_headquarters_ends_alone_after_three(
    client: MatchingClient, copies: int
) -> None:
    client.world.copies = copies
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    reason = {"reason": "guardian_resources_exhausted"}
    client.at("2026-09-14 10:00")
    client.do(rep(guardian), f"/matches/{match}/notices", reason)

    client.at("2026-09-15 09:59")
    assert client.told("NoticeAwaited") == []
    client.at("2026-09-15 10:01")
    client.at("2026-09-17 09:59")
    assert client.post(HQ, f"/matches/{match}/ending", reason).code == "second_notice_awaited"
    client.at("2026-09-17 10:01")
    client.do(HQ, f"/matches/{match}/ending", reason)

    (awaited,) = client.told("NoticeAwaited")
    assert awaited["asked"] == "family"
    assert awaited["may_end_at"][:16] == "2026-09-17T06:00"
    assert len(client.told("CareEnded")) == 1


@pytest.mark.requirement("S4-50")
def test_care_ends_for_one_of_four_reasons(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=4)
    cases = [client.waiting() for _ in REASONS]
    matches = [client.active(case, guardian) for case in cases]
    path = f"/matches/{matches[-1]}/ending"
    assert pointer(client.post(HQ, path, {"reason": "other"})) == "/reason"
    still_open = client.post(HQ, path, {"reason": "all_needs_met"})
    assert (still_open.status, still_open.code) == (409, "needs_still_open")

    client.settled(cases[-1], "household_help")
    client.heard(matches[-2])
    for match, reason in zip(matches, REASONS, strict=True):
        client.do(HQ, f"/matches/{match}/ending", {"reason": reason})

    assert [each["reason"] for each in client.told("CareEnded")] == REASONS
    assert {client.get(HQ, f"/matches/{each}")["status"] for each in matches} == {"ended"}


def test_what_both_sides_say_before_an_end_by_conflict_is_headquarters_own(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    conflict = {"reason": "conflict"}
    unheard = client.post(HQ, f"/matches/{match}/ending", conflict)
    assert (unheard.status, unheard.code) == (409, "sides_not_heard")

    said = {"side": "family", "result": "heard", "note": WORDS}
    assert client.post(rep(guardian), f"/matches/{match}/hearings", said).status == 403
    client.do(HQ, f"/matches/{match}/hearings", said)
    assert client.post(HQ, f"/matches/{match}/ending", conflict).code == "sides_not_heard"
    silent = {"side": "guardian", "result": "unreachable"}
    client.do(HQ, f"/matches/{match}/hearings", silent)

    shown = client.get(HQ, f"/matches/{match}")["hearings"]
    assert [(each["side"], each["result"]) for each in shown] == [
        ("family", "heard"),
        ("guardian", "unreachable"),
    ]
    assert client.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert client.get(rep(guardian), f"/matches/{match}")["hearings"] == []
    assert WORDS not in str(client.world.dynamodb.tables)
    client.do(HQ, f"/matches/{match}/ending", conflict)


def test_both_sides_stop_at_once_and_both_notices_stay(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    path, tired = f"/matches/{match}/notices", {"reason": "guardian_resources_exhausted"}
    rival: list[Answer] = []

    client.just_before_the_next_commit(
        lambda: rival.append(client.as_family(case).post(path, tired, key="family-1"))
    )
    answer = client.post(rep(guardian), path, tired)
    client.world.settle()

    assert [rival[0].status, answer.status] == [200, 200]
    told = client.told("TerminationNotified")
    assert [(each["by"], each["asked"]) for each in told] == [
        ("family", "guardian"),
        ("guardian", None),
    ]
    reason = tired["reason"]
    readers = {HQ: (reason, reason), rep(guardian): (None, reason), own_token(case): (reason, None)}
    for reader, reasons in readers.items():
        notices = client.get(reader, f"/matches/{match}")["notices"]
        assert [(each["by"], each["reason"]) for each in notices] == [
            *zip(("family", "guardian"), reasons, strict=True)
        ]
    client.do(HQ, f"/matches/{match}/ending", tired)
    twice = client.post(HQ, f"/matches/{match}/ending", tired)
    assert (twice.status, twice.code) == (409, "match_is_ended")
    assert len(client.told("CareEnded")) == 1


def test_a_notice_taken_back_while_headquarters_confirms_the_end_counts(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    path, tired = f"/matches/{match}/notices", {"reason": "guardian_resources_exhausted"}
    client.do(rep(guardian), path, tired)
    family = client.as_family(case)
    assert family.post(path, tired, key="no").status == 200
    goes_on: list[Answer] = []

    client.just_before_the_next_commit(
        lambda: goes_on.append(family.post(f"{path}/withdrawal", {}, key="yes"))
    )
    answer = client.post(HQ, f"/matches/{match}/ending", tired)
    client.world.settle()

    assert goes_on[0].status == 200
    assert (answer.status, answer.code) == (409, "second_notice_awaited")
    assert client.get(HQ, f"/matches/{match}")["status"] == "ending"
    assert client.told("CareEnded") == []


@pytest.mark.requirement("X-13")
def test_notes_about_a_family_that_is_forgotten_are_unreadable(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    told = {"text": WORDS}
    story = client.do(rep(guardian), f"/matches/{match}/stories", told)["id"]
    done = {"period": "2026-09", "done": WORDS, "resources_ok": True}
    client.do(rep(guardian), f"/matches/{match}/reports", done)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})
    assert client.get(HQ, f"/stories/{story}")["text"] == WORDS
    client.closed(case)

    client.erased(case)

    assert client.get(HQ, f"/matches/{match}/notes")["items"] == []
    assert client.get(HQ, f"/stories/{story}")["text"] is None
    (report,) = client.get(HQ, f"/matches/{match}/reports")["items"]
    assert (report["done"], report["resources_ok"]) == ("", True)
    assert client.get(HQ, f"/matches/{match}")["status"] == "ended"
    figures = client.get(HQ, "/regions/ZR/figures", first="2026-09", last="2026-09")
    assert figures["endings"]["by_reason"]["conflict"] == 1


def test_care_in_which_all_was_done_ended_for_that(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())
    client.settled(case, "household_help")
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})

    why = {"reason": "recorded_by_mistake", "ended_for": "all_needs_met"}
    client.do(HQ, f"/matches/{match}/exclusion/lift", why)

    assert client.get(HQ, f"/matches/{match}")["ending"]["reason"] == "all_needs_met"
