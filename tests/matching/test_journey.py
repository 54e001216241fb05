"""F-01 through the API of matching: its hours and dates, and one effect per delivery."""

import pytest

from tests.matching.api_client import HQ, MatchingClient, introduction, rep


def play(client: MatchingClient) -> tuple[str, str, str]:
    """From the marker to the end of care, as the demo story tells it."""
    client.at("2026-09-10 09:00")
    guardian = client.ready(signed=False)
    client.at("2026-09-14 10:50")
    case = client.waiting("D01", "household_help", "repair_work")
    client.at("2026-09-14 11:00")
    match = client.proposed(case, guardian)
    client.at("2026-09-16 11:00")
    client.at("2026-09-16 15:00")
    held = introduction("2026-09-16T15:00:00+04:00")
    client.do(HQ, f"/matches/{match}/introduction", held)
    client.at("2026-09-17 12:00")
    client.signed(guardian)
    client.agreed(match)
    client.at("2026-09-18 14:00")
    given = {"need_id": "ned_1", "given_at": "2026-09-18T12:00:00+04:00"}
    client.do(rep(guardian), f"/matches/{match}/visits", given)
    for day, kind in (("2026-10-02", "two_weeks"), ("2026-10-18", "one_month")):
        client.at(f"{day} 09:00")
        client.at(f"{day} 12:00")
        client.do(HQ, f"/matches/{match}/calls", {"kind": kind, "result": "fine"})
    client.at("2026-11-20 12:00")
    client.settled(case, "household_help", "repair_work")
    client.do(HQ, f"/matches/{match}/ending", {"reason": "all_needs_met"})
    return guardian, case, match


@pytest.mark.requirement("S4-41", "S4-13", "X-02")
@pytest.mark.parametrize("copies", [1, 3])
def test_the_story_of_f01_keeps_its_dates(client: MatchingClient, copies: int) -> None:
    client.world.copies = copies

    guardian, _, match = play(client)

    (proposed,) = client.told("MatchProposed")
    assert proposed["introduction_due_at"] == "2026-09-17T07:00:00Z"
    (reminder,) = client.told("IntroductionDueSoon")
    assert reminder["due_at"] == proposed["introduction_due_at"]
    assert client.told("IntroductionOverdue") == []
    (met,) = client.told("IntroductionHeld")
    assert (met["held_at"], met["in_time"]) == ("2026-09-16T11:00:00Z", True)
    assert len(client.told("CareAgreementSigned")) == 1
    (started,) = client.told("CareStarted")
    assert started["started_on"] == "2026-09-18"
    due = [(each["kind"], each["due_on"]) for each in client.told("FollowUpDue")]
    assert due == [("two_weeks", "2026-10-02"), ("one_month", "2026-10-18")]
    assert [each["on_time"] for each in client.told("FollowUpDone")] == [True, True]
    assert client.told("FollowUpMissed") == []
    (ended,) = client.told("CareEnded")
    assert (ended["reason"], ended["open_need_categories"]) == ("all_needs_met", [])
    assert client.get(HQ, f"/guardians/{guardian}")["status"] == "ready"
    assert client.get(HQ, f"/matches/{match}")["status"] == "ended"


def test_no_event_names_anybody(client: MatchingClient) -> None:
    play(client)

    log = str(client.world.bus.log)
    assert "Мария" not in log
    assert "+7916" not in log
    assert "Добрый" not in log


def test_the_figures_of_f01(client: MatchingClient) -> None:
    play(client)

    found = client.get(HQ, "/regions/ZR/figures", first="2026-09", last="2026-11")

    assert found["introductions_in_time"] == {"good": 1, "all": 1, "percent": 100.0}
    assert found["two_week_calls"]["on_time"]["percent"] == 100.0
    assert found["one_month_calls"]["on_time"]["percent"] == 100.0
    assert found["endings"]["all_needs_met"]["percent"] == 100.0
    assert (found["families_in_care"], found["guardians_by_status"]["ready"]) == (0, 1)


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
