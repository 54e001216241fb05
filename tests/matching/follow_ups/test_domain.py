"""The two calls to a family: when they are due, missed and on time."""

from datetime import date, timedelta

import pytest

from services.matching.follow_ups.domain import FollowUp, next_call, plan_calls
from services.matching.follow_ups.values import FollowUpKind, FollowUpResult
from services.matching.matches.domain import Match
from services.matching.matches.values import Ending, Party, TerminationReason
from shared.errors import IllegalStep, Invalid
from tests.matching import builders
from tests.matching.builders import ZONE
from tests.support.world import at

PROPOSED = at("2026-10-05 10:00")
HELPED = at("2026-10-06 12:00")
LATER = at("2026-10-21 12:00")


@pytest.mark.requirement("S4-46")
@pytest.mark.parametrize(
    ("helped", "two_weeks", "one_month"),
    [
        ("2026-09-18 12:00", date(2026, 10, 2), date(2026, 10, 18)),
        ("2026-10-31 02:30", date(2026, 11, 14), date(2026, 11, 30)),
        ("2026-01-31 12:00", date(2026, 2, 14), date(2026, 2, 28)),
        ("2028-01-31 12:00", date(2028, 2, 14), date(2028, 2, 29)),
        ("2028-02-29 23:30", date(2028, 3, 14), date(2028, 3, 29)),
        ("2026-01-30 00:30", date(2026, 2, 13), date(2026, 2, 28)),
    ],
)
def test_calls_are_due_after_14_days_and_a_calendar_month_of_the_region(
    helped: str, two_weeks: date, one_month: date
) -> None:
    care = builders.active(at(helped) - timedelta(hours=1), at(helped))

    assert [call.due_on for call in care.follow_ups] == [two_weeks, one_month]
    at_once = at(helped) + timedelta(days=1)
    tired = TerminationReason.GUARDIAN_RESOURCES_EXHAUSTED
    ending = Ending(reason=tired, at=at_once, effective_on=at_once.date(), open_categories=())
    over = care.end(ending, ZONE)
    assert {call.status for call in over.follow_ups} == {"cancelled"}
    assert over.next_deadline(ZONE) is None


def test_a_call_is_due_in_the_morning_and_missed_after_two_days_of_grace() -> None:
    care = builders.active(PROPOSED, HELPED)
    assert care.next_deadline(ZONE) == at("2026-10-20 09:00")

    care, passed = care.advance(at("2026-10-20 09:00"), ZONE)
    assert [name for name, _ in passed] == ["follow_up_due"]
    assert care.next_deadline(ZONE) == at("2026-10-23 00:00")

    care, passed = care.advance(at("2026-10-23 00:00"), ZONE)
    assert [name for name, _ in passed] == ["follow_up_missed"]
    assert care.next_deadline(ZONE) == at("2026-11-06 09:00")


@pytest.mark.parametrize(
    ("back", "told", "statuses"),
    [
        ("2026-10-19 12:00", "2026-10-20 09:00", ["due", "planned"]),
        ("2026-10-24 12:00", "2026-10-24 12:00", ["due", "planned"]),
        ("2026-11-20 12:00", "2026-11-20 12:00", ["missed", "due"]),
    ],
)
def test_a_call_that_fell_into_the_time_of_an_ending_is_asked_for_when_care_goes_on(
    back: str, told: str, statuses: list[str]
) -> None:
    """It was not asked for meanwhile; that it was due before is not forgotten."""
    care, tired = builders.active(PROPOSED, HELPED), TerminationReason.GUARDIAN_RESOURCES_EXHAUSTED
    ending = care.notify_termination(Party.GUARDIAN, tired, at("2026-10-18 12:00"))

    goes_on = ending.withdraw_notice(Party.GUARDIAN, at(back).date())

    asked, passed = goes_on.advance(max(at(told), at(back)), ZONE)
    assert [name for name, _ in passed] == ["follow_up_due"]
    assert [call.status for call in asked.follow_ups] == statuses
    assert [call.due_on for call in asked.follow_ups] == [call.due_on for call in care.follow_ups]
    _, passed = asked.advance(max(at(told), at(back)) + timedelta(days=3), ZONE)
    assert [name for name, _ in passed] == ["follow_up_missed"]


def test_a_call_that_was_asked_for_before_an_ending_is_asked_for_after_it_too() -> None:
    """Only what was never asked for is missed for a later call; each has its days anew."""
    tired, back = TerminationReason.GUARDIAN_RESOURCES_EXHAUSTED, at("2026-11-20 12:00")
    due, _ = builders.active(PROPOSED, HELPED).advance(at("2026-10-20 09:00"), ZONE)
    called, _ = due.record_call(
        FollowUpKind.TWO_WEEKS, "unreachable", "HQ-1", at("2026-10-20 11:00"), ZONE
    )

    for care, was in ((due, "due"), (called, "planned")):
        ending = care.notify_termination(Party.GUARDIAN, tired, at("2026-10-20 12:00"))
        goes_on = ending.withdraw_notice(Party.GUARDIAN, back.date())
        assert [call.status for call in goes_on.follow_ups] == [was, "planned"]
        assert {call.next_on for call in goes_on.follow_ups} == {back.date()}
        first = next_call(goes_on.follow_ups, ZONE)
        asked, _ = goes_on.advance(back, ZONE)

        assert first is not None and first.kind in FollowUpKind
        assert [call.status for call in asked.follow_ups] == ["due", "due"]
        assert asked.next_deadline(ZONE) == at("2026-11-23 00:00")


def test_a_long_silence_tells_the_last_of_each_call_in_order() -> None:
    _, passed = builders.active(PROPOSED, HELPED).advance(at("2026-12-31 00:00"), ZONE)

    assert [(name, call and call.kind) for name, call in passed] == [
        ("follow_up_missed", FollowUpKind.TWO_WEEKS),
        ("follow_up_missed", FollowUpKind.ONE_MONTH),
    ]


def test_who_does_not_answer_is_called_three_days_in_a_row() -> None:
    care = builders.active(PROPOSED, HELPED)
    for day in (20, 21, 22):
        care, passed = care.advance(at(f"2026-10-{day} 09:00"), ZONE)
        assert [name for name, _ in passed] == ["follow_up_due"]
        care, call = care.record_call(
            FollowUpKind.TWO_WEEKS,
            FollowUpResult.UNREACHABLE,
            "HQ-1",
            at(f"2026-10-{day} 11:00"),
            ZONE,
        )
        if day < 22:
            with pytest.raises(IllegalStep, match="call_tried_that_day"):
                care.record_call(
                    FollowUpKind.TWO_WEEKS, "unreachable", "HQ-1", at(f"2026-10-{day} 23:59"), ZONE
                )

    assert (call.status, call.result) == ("done", FollowUpResult.UNREACHABLE)
    assert call.on_time is False
    with pytest.raises(IllegalStep, match="call_already_settled"):
        care.record_call(FollowUpKind.TWO_WEEKS, "fine", "HQ-1", LATER, ZONE)


def test_a_missed_call_without_an_answer_is_made_again_as_any_other() -> None:
    care, _ = builders.active(PROPOSED, HELPED).advance(at("2026-10-24 10:00"), ZONE)
    assert care.follow_ups[0].status == "missed"

    for day in (24, 25):
        made = at(f"2026-10-{day} 11:00")
        care, call = care.record_call(FollowUpKind.TWO_WEEKS, "unreachable", "HQ-1", made, ZONE)
        assert (call.status, call.result) == ("planned", None)
        care, passed = care.advance(at(f"2026-10-{day + 1} 09:00"), ZONE)
        assert [name for name, _ in passed] == ["follow_up_due"]
    assert care.next_deadline(ZONE) == at("2026-10-27 00:00")
    made = at("2026-10-26 11:00")
    _, call = care.record_call(FollowUpKind.TWO_WEEKS, "unreachable", "HQ-1", made, ZONE)
    assert (call.status, call.result, call.on_time) == ("done", "unreachable", False)


def test_a_late_try_has_its_own_day_before_it_counts_as_missed() -> None:
    care, _ = builders.active(PROPOSED, HELPED).advance(at("2026-10-20 09:00"), ZONE)
    care, _ = care.record_call(
        FollowUpKind.TWO_WEEKS, FollowUpResult.UNREACHABLE, "HQ-1", at("2026-10-22 20:00"), ZONE
    )

    care, passed = care.advance(at("2026-10-23 09:00"), ZONE)

    assert [name for name, _ in passed] == ["follow_up_due"]
    assert care.next_deadline(ZONE) == at("2026-10-24 00:00")


def test_a_silent_call_that_is_written_down_later_is_made_again_today_and_not_in_the_past() -> None:
    care, _ = builders.active(PROPOSED, HELPED).advance(at("2026-10-20 09:00"), ZONE)
    made, now = at("2026-10-20 11:00"), at("2026-10-22 12:00")

    _, call = care.record_call(FollowUpKind.TWO_WEEKS, "unreachable", "HQ-1", now, ZONE, made)

    assert (call.status, call.next_on) == ("planned", date(2026, 10, 22))


@pytest.mark.parametrize(("day", "on_time"), [("2026-10-22", True), ("2026-10-23", False)])
def test_a_call_within_the_grace_is_on_time(day: str, on_time: bool) -> None:
    care, _ = builders.active(PROPOSED, HELPED).advance(at(f"{day} 12:00"), ZONE)

    _, call = care.record_call(FollowUpKind.TWO_WEEKS, "fine", "HQ-1", at(f"{day} 12:00"), ZONE)

    assert call.on_time is on_time


def test_a_call_is_made_a_day_early_and_not_earlier() -> None:
    care = builders.active(PROPOSED, HELPED)
    early = care.record_call(FollowUpKind.TWO_WEEKS, "fine", "HQ-1", at("2026-10-19 00:00"), ZONE)

    assert (early[1].status, early[1].on_time) == ("done", True)
    with pytest.raises(IllegalStep, match="call_too_early"):
        builders.active(PROPOSED, HELPED).record_call(
            FollowUpKind.TWO_WEEKS, "fine", "HQ-1", at("2026-10-18 23:59"), ZONE
        )


# dates of facts and of records


def helped(care: Match, given_at: str, recorded_at: str) -> Match:
    """A help was given on one day and recorded on another."""
    return care.record_help("ned_1", at(given_at), at(recorded_at), ZONE)[0]


def test_a_first_help_recorded_late_asks_for_one_call_and_replays_nothing() -> None:
    signed = builders.agreed(builders.introduced(builders.match(PROPOSED), PROPOSED), PROPOSED)

    care = helped(signed, "2026-10-06 12:00", "2026-11-20 12:00")

    assert care.started_on == date(2026, 10, 6)
    assert [(call.due_on, call.status) for call in care.follow_ups] == [
        (date(2026, 10, 20), "missed"),
        (date(2026, 11, 6), "planned"),
    ]
    care, passed = care.advance(at("2026-11-20 12:01"), ZONE)
    assert [(name, call and call.kind) for name, call in passed] == [
        ("follow_up_due", FollowUpKind.ONE_MONTH)
    ]
    assert care.next_deadline(ZONE) == at("2026-11-23 00:00")
    _, call = care.record_call(FollowUpKind.ONE_MONTH, "fine", "HQ-1", at("2026-11-20 13:00"), ZONE)
    assert (call.status, call.on_time) == ("done", False)
    soon = helped(signed, "2026-10-06 12:00", "2026-10-25 12:00").advance(
        at("2026-10-25 12:01"), ZONE
    )
    assert [name for name, _ in soon[1]] == ["follow_up_due"]
    assert soon[0].next_deadline(ZONE) == at("2026-10-28 00:00")


def test_an_earlier_help_entered_later_moves_the_start_and_the_calls_still_open() -> None:
    met = builders.introduced(builders.match(PROPOSED), PROPOSED)
    care = helped(builders.agreed(met, PROPOSED), "2026-10-16 12:00", "2026-10-16 12:00")

    moved = helped(care, "2026-10-08 12:00", "2026-10-17 12:00")

    assert (moved.started_on, moved.last_visit_on) == (date(2026, 10, 8), date(2026, 10, 16))
    assert [call.due_on for call in moved.follow_ups] == [date(2026, 10, 22), date(2026, 11, 8)]
    assert moved.next_deadline(ZONE) == at("2026-10-22 09:00")

    late, passed = helped(care, "2026-10-08 12:00", "2026-10-29 12:00").advance(
        at("2026-10-29 12:01"), ZONE
    )
    assert [name for name, _ in passed] == ["follow_up_due"]
    assert late.next_deadline(ZONE) == at("2026-11-01 00:00")
    called, _ = care.record_call(
        FollowUpKind.TWO_WEEKS, "fine", "HQ-1", at("2026-10-30 12:00"), ZONE
    )
    settled = helped(called, "2026-10-08 12:00", "2026-10-31 12:00").follow_ups
    assert [call.due_on for call in settled] == [date(2026, 10, 30), date(2026, 11, 8)]


def test_a_call_counts_by_the_day_on_which_it_was_made() -> None:
    care, _ = builders.active(PROPOSED, HELPED).advance(at("2026-10-25 00:00"), ZONE)
    assert care.follow_ups[0].status == "missed"
    made, now = at("2026-10-22 20:00"), at("2026-10-25 12:00")

    _, call = care.record_call(FollowUpKind.TWO_WEEKS, "fine", "HQ-1", now, ZONE, made)

    assert (call.status, call.on_time, call.attempts[0].at) == ("done", True, made)
    with pytest.raises(Invalid, match="in_the_future"):
        care.record_call(FollowUpKind.TWO_WEEKS, "fine", "HQ-1", made, ZONE, now)


def tried(*calls: tuple[int, str]) -> FollowUp:
    """The call due on 20 October, with calls made on these days at noon."""
    call = FollowUp.plan(FollowUpKind.TWO_WEEKS, date(2026, 10, 6), date(2026, 10, 6), "ZR")
    for day, result in calls:
        made = at(f"2026-10-{day} 12:00")
        call = call.call(result, "HQ-1", made, made, ZONE)
    return call


SILENT, FINE = "unreachable", "fine"


@pytest.mark.parametrize(
    ("calls", "today", "status", "next_on"),
    [
        ([(20, FINE)], 20, "due", 20),
        ([(19, SILENT)], 19, "planned", 20),
        ([(20, SILENT), (20, FINE)], 20, "planned", 21),
        ([(20, SILENT), (22, FINE)], 22, "due", 22),
        ([(20, SILENT), (21, SILENT), (21, FINE)], 21, "planned", 22),
    ],
)
def test_after_a_call_that_was_not_made_the_family_is_called_today_or_a_day_after_the_last_try(
    calls: list[tuple[int, str]], today: int, status: str, next_on: int
) -> None:
    made = tried(*calls)
    assert made.may_be_made(at(f"2026-10-{today} 13:00"), ZONE) is (calls[-1][1] == SILENT)

    back = made.take_back(date(2026, 10, today), ZONE)

    assert (back.status, back.next_on) == (status, date(2026, 10, next_on))
    assert len(back.attempts) == len(calls) - 1


@pytest.mark.parametrize(
    ("calls", "end", "status"),
    [
        ([], "22 23:59", "cancelled"),
        ([], "23 00:01", "missed"),
        ([(20, SILENT), (22, SILENT)], "23 23:59", "cancelled"),
        ([(20, SILENT), (21, SILENT)], "23 00:01", "missed"),
        ([(20, SILENT), (22, SILENT)], "24 00:01", "missed"),
        ([(20, FINE)], "24 00:01", "done"),
    ],
)
def test_a_call_is_missed_by_the_end_of_the_care_only_if_its_time_had_passed(
    calls: list[tuple[int, str]], end: str, status: str
) -> None:
    assert tried(*calls).end_with(at(f"2026-10-{end}"), ZONE).status == status


@pytest.mark.parametrize("calls", [[], [(19, SILENT)]])
def test_a_call_is_asked_for_on_its_new_day_when_the_start_moves_on(
    calls: list[tuple[int, str]],
) -> None:
    """Before that day nothing could be written down of it."""
    moved = tried(*calls).move(date(2026, 10, 9), date(2026, 10, 19))

    assert (moved.due_on, moved.next_on) == (date(2026, 10, 23), date(2026, 10, 23))
    assert moved.may_be_made(at("2026-10-23 09:00"), ZONE)
    assert moved.next_moment(ZONE) == at("2026-10-23 09:00")
    assert moved.advance().next_moment(ZONE) == at("2026-10-26 00:00")


def test_a_call_that_was_tried_today_is_made_tomorrow_though_the_start_moves_on() -> None:
    moved = tried((20, SILENT), (21, SILENT)).move(date(2026, 10, 7), date(2026, 10, 21))

    assert (moved.due_on, moved.next_on) == (date(2026, 10, 21), date(2026, 10, 22))


def test_help_recorded_on_the_day_of_the_later_call_asks_for_that_one_alone() -> None:
    calls = plan_calls(date(2026, 10, 6), date(2026, 11, 6), "ZR")

    assert [call.status for call in calls] == ["missed", "planned"]


def test_a_call_that_is_settled_stays_as_it_was_when_care_goes_on() -> None:
    done = tried((20, FINE))

    assert done.resume(date(2026, 10, 25)) == done
