"""The thirty days of a guardian without a story, at their edges."""

from datetime import timedelta

from services.notifications.reminders.domain import EVERY, StoryReminder
from tests.notifications.fakes import GUARDIAN, MATCH
from tests.support.world import at

START = at("2026-09-14 10:00")
COUNTED = StoryReminder.for_match(MATCH, GUARDIAN, "ZR").restart(START)


def test_thirty_days_are_over_with_their_last_second() -> None:
    assert not COUNTED.is_due(START + EVERY - timedelta(seconds=1))
    assert COUNTED.is_due(START + EVERY)
    assert not COUNTED.end(START).is_due(START + EVERY)


def test_what_is_heard_of_late_does_not_count_the_days_from_before() -> None:
    assert COUNTED.restart(START - timedelta(days=1)) == COUNTED
    assert COUNTED.restart(START + timedelta(days=1)).counted_from == START + timedelta(days=1)


def test_after_a_reminder_the_next_thirty_days_begin_however_late_it_was() -> None:
    reminded = COUNTED.remind(START + EVERY)
    assert (reminded.due_at, reminded.restart(START)) == (START + 2 * EVERY, reminded)
    assert COUNTED.remind(START + 3 * EVERY + timedelta(days=1)).due_at == START + 4 * EVERY
