"""What time alone brings: an introduction that is overdue, a call that is missed."""

import pytest

from tests.matching.api_client import HQ, MatchingClient, introduction


@pytest.mark.requirement("S4-41", "X-09")
def test_an_overdue_introduction_is_told_once_and_stays_proposed(client: MatchingClient) -> None:
    client.at("2026-10-23 16:00")
    match = client.proposed(client.waiting("D01"), client.ready())
    client.at("2026-10-25 16:00")
    client.at("2026-10-26 16:00")
    assert client.told("IntroductionOverdue") == []

    client.at("2026-10-26 16:00:01")
    client.at("2026-10-26 16:30")

    assert len(client.told("IntroductionDueSoon")) == 1
    assert len(client.told("IntroductionOverdue")) == 1
    assert client.get(HQ, f"/matches/{match}")["status"] == "proposed"
    client.at("2026-10-26 17:00")
    late = introduction("2026-10-26T17:00:00+04:00") | {"late_reason": "family_asked_later"}
    client.do(HQ, f"/matches/{match}/introduction", late)
    assert client.told("IntroductionHeld")[0]["in_time"] is False


@pytest.mark.requirement("S4-45")
def test_a_call_is_due_after_two_weeks_on_time_that_day_and_missed_after_its_grace(
    client: MatchingClient,
) -> None:
    client.at("2026-09-18 12:00")
    guardian = client.ready()
    called, forgotten = (client.active(client.waiting(), guardian) for _ in range(2))

    client.at("2026-10-02 12:00")

    due = [(each["kind"], each["due_on"]) for each in client.told("FollowUpDue")]
    assert due == 2 * [("two_weeks", "2026-10-02")]
    client.do(HQ, f"/matches/{called}/calls", {"kind": "two_weeks", "result": "fine"})
    (done,) = client.told("FollowUpDone")
    assert (done["match_id"], done["on_time"]) == (called, True)
    client.at("2026-10-04 23:59")
    assert client.told("FollowUpMissed") == []
    client.at("2026-10-05 00:00")
    (missed,) = client.told("FollowUpMissed")
    assert (missed["match_id"], missed["due_on"]) == (forgotten, "2026-10-02")
