"""When a task without an answer, or without a report, is told of."""

from datetime import timedelta

import pytest

from services.matching.volunteer_tasks.domain import (
    PLACE_FORGOTTEN,
    UNANSWERED,
    UNREPORTED,
    VolunteerTask,
)
from shared.errors import IllegalStep, Invalid
from tests.matching.builders import START, ZONE


def task(hours: int) -> VolunteerTask:
    """One that is offered now and begins in so many hours."""
    return VolunteerTask(
        task_id="tsk_1",
        volunteer_id="vol_1",
        region="ZR",
        district="D01",
        category="repair_work",
        starts_at=START + timedelta(hours=hours),
        offered_at=START,
    )


@pytest.mark.parametrize(("begins_in", "asked_after"), [(240, 216), (48, 24), (30, 15), (2, 1)])
def test_an_answer_is_awaited_until_a_day_before_or_halfway(
    begins_in: int, asked_after: int
) -> None:
    offered, due = task(begins_in), START + timedelta(hours=asked_after)

    assert offered.due(due - timedelta(seconds=1), ZONE) == ()
    assert offered.due(due, ZONE) == (UNANSWERED,)
    assert offered.announce(UNANSWERED).due(due, ZONE) == ()


def test_a_report_is_awaited_for_a_day() -> None:
    taken = task(48).accept()
    due = START + timedelta(hours=72)

    assert taken.due(due - timedelta(seconds=1), ZONE) == ()
    assert taken.due(due, ZONE) == (UNREPORTED,)
    assert taken.report_done(due).due(due, ZONE) == ()


def test_a_task_begins_within_a_year() -> None:
    year = 366 * 24
    task(1).check_time(START)
    task(year).check_time(START)

    for hours, code in ((0, "in_the_past"), (year + 1, "task_too_far_ahead")):
        with pytest.raises(Invalid, match=code):
            task(hours).check_time(START)


def test_a_task_is_done_from_its_time_on_by_who_answered_or_not() -> None:
    start = START + timedelta(hours=48)
    for open_task in (task(48), task(48).accept()):
        with pytest.raises(IllegalStep, match="task_not_yet"):
            open_task.report_done(start - timedelta(seconds=1))
        done = open_task.report_done(start)
        assert done.status == "done"
        with pytest.raises(IllegalStep, match="task_is_done"):
            done.report_done(start)


def test_the_place_is_kept_while_it_is_open_and_of_one_given_back_for_a_day_more() -> None:
    after = START + timedelta(hours=72)
    before = after - timedelta(seconds=1)
    offered = task(48)

    assert [offered.keeps_place(at) for at in (before, after)] == [True, True]
    given_back, cancelled = offered.decline("ill", START), offered.cancel("other")
    assert [given_back.keeps_place(at) for at in (before, after)] == [True, False]
    assert not cancelled.keeps_place(before)
    afterwards = offered.decline("ill", after)
    assert afterwards.due(after + timedelta(hours=23), ZONE) == ()
    assert afterwards.due(after + timedelta(hours=24), ZONE) == (PLACE_FORGOTTEN,)
    of_before = given_back.model_copy(update={"declined_at": None})
    assert [of_before.keeps_place(at) for at in (before, after)] == [True, False]


def test_a_task_that_is_over_is_neither_taken_up_nor_dropped() -> None:
    start = START + timedelta(hours=48)
    taken = task(48).accept()

    assert taken.report_done(start).status == "done"
    declined, cancelled = taken.decline("ill", start), taken.cancel("other")
    assert (declined.reason, cancelled.reason) == ("ill", "other")
    for over in (taken.report_done(start), declined, cancelled):
        for step in (
            over.accept,
            lambda over=over: over.decline("ill", start),
            lambda over=over: over.cancel("other"),
        ):
            with pytest.raises(IllegalStep, match=f"task_is_{over.status}"):
                step()
