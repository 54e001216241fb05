"""F-01 through the API of matching: its hours and dates, and one effect per delivery."""

import pytest

from tests.matching.api_client import FEDERAL, HQ, Office, introduction, rep


def play(office: Office) -> tuple[str, str, str]:
    """From the marker to the end of care, as the demo story tells it."""
    office.at("2026-09-10 09:00")
    guardian = office.ready(signed=False)
    office.at("2026-09-14 10:50")
    case = office.waiting("D01", "household_help", "repair_work")
    office.at("2026-09-14 11:00")
    match = office.proposed(case, guardian)
    office.at("2026-09-16 11:00")
    office.at("2026-09-16 15:00")
    held = introduction("2026-09-16T15:00:00+04:00")
    office.do(HQ, f"/matches/{match}/introduction", held)
    office.at("2026-09-17 12:00")
    office.signed(guardian)
    office.agreed(match)
    office.at("2026-09-18 14:00")
    given = {"need_id": "ned_1", "given_at": "2026-09-18T12:00:00+04:00"}
    office.do(rep(guardian), f"/matches/{match}/visits", given)
    for day, kind in (("2026-10-02", "two_weeks"), ("2026-10-18", "one_month")):
        office.at(f"{day} 09:00")
        office.at(f"{day} 12:00")
        office.do(HQ, f"/matches/{match}/calls", {"kind": kind, "result": "fine"})
    office.at("2026-11-20 12:00")
    office.settled(case, "household_help", "repair_work")
    office.do(HQ, f"/matches/{match}/ending", {"reason": "all_needs_met"})
    return guardian, case, match


@pytest.mark.requirement("S4-41", "S4-42", "S4-45", "S4-46", "S4-37", "S4-13", "X-02")
@pytest.mark.parametrize("copies", [1, 3])
def test_the_story_of_f01_keeps_its_dates(office: Office, copies: int) -> None:
    office.world.copies = copies

    guardian, _, match = play(office)

    (proposed,) = office.told("MatchProposed")
    assert proposed["introduction_due_at"] == "2026-09-17T07:00:00Z"
    (reminder,) = office.told("IntroductionDueSoon")
    assert reminder["due_at"] == proposed["introduction_due_at"]
    assert office.told("IntroductionOverdue") == []
    (met,) = office.told("IntroductionHeld")
    assert (met["held_at"], met["in_time"]) == ("2026-09-16T11:00:00Z", True)
    assert len(office.told("CareAgreementSigned")) == 1
    (started,) = office.told("CareStarted")
    assert started["started_on"] == "2026-09-18"
    due = [(each["kind"], each["due_on"]) for each in office.told("FollowUpDue")]
    assert due == [("two_weeks", "2026-10-02"), ("one_month", "2026-10-18")]
    assert [each["on_time"] for each in office.told("FollowUpDone")] == [True, True]
    assert office.told("FollowUpMissed") == []
    (ended,) = office.told("CareEnded")
    assert (ended["reason"], ended["open_need_categories"]) == ("all_needs_met", [])
    assert office.get(HQ, f"/guardians/{guardian}")["status"] == "ready"
    assert office.get(HQ, f"/matches/{match}")["status"] == "ended"


@pytest.mark.requirement("X-03", "X-08")
def test_no_event_names_anybody(office: Office) -> None:
    play(office)

    log = str(office.world.bus.log)
    assert "Мария" not in log
    assert "+7916" not in log
    assert "Добрый" not in log


def test_the_figures_of_f01(office: Office) -> None:
    play(office)

    found = office.get(FEDERAL, "/regions/ZR/figures", first="2026-09", last="2026-11")

    assert found["introductions_in_time"] == {"good": 1, "all": 1, "percent": 100.0}
    assert found["two_week_calls"]["on_time"]["percent"] == 100.0
    assert found["one_month_calls"]["on_time"]["percent"] == 100.0
    assert found["endings"]["all_needs_met"]["percent"] == 100.0
    assert (found["families_in_care"], found["guardians_by_status"]["ready"]) == (0, 1)


@pytest.mark.requirement("S4-41", "X-09")
def test_an_overdue_introduction_is_told_once_and_stays_proposed(office: Office) -> None:
    office.at("2026-10-23 16:00")
    match = office.proposed(office.waiting("D01"), office.ready())
    office.at("2026-10-25 16:00")
    office.at("2026-10-26 16:00")
    assert office.told("IntroductionOverdue") == []

    office.at("2026-10-26 16:00:01")
    office.at("2026-10-26 16:30")

    assert len(office.told("IntroductionDueSoon")) == 1
    assert len(office.told("IntroductionOverdue")) == 1
    assert office.get(HQ, f"/matches/{match}")["status"] == "proposed"
    office.at("2026-10-26 17:00")
    office.do(HQ, f"/matches/{match}/introduction", introduction("2026-10-26T17:00:00+04:00"))
    assert office.told("IntroductionHeld")[0]["in_time"] is False


@pytest.mark.requirement("S4-45")
def test_a_call_nobody_made_is_missed_after_its_grace(office: Office) -> None:
    office.at("2026-10-20 12:00")
    office.active(office.waiting("D01"), office.ready())
    office.at("2026-11-03 09:00")
    office.at("2026-11-05 23:59")
    assert office.told("FollowUpMissed") == []

    office.at("2026-11-06 00:00")

    (missed,) = office.told("FollowUpMissed")
    assert (missed["kind"], missed["due_on"]) == ("two_weeks", "2026-11-03")
