"""Rows of story reminders, of this release and of earlier ones."""

from services.notifications.reminders.domain import StoryReminder
from services.notifications.reminders.repository import StoryReminders
from tests.notifications.fakes import GUARDIAN, MATCH, NotificationsHarness
from tests.support.world import at

START = at("2026-09-14 10:00")


def test_a_row_that_says_last_told_at_is_read_and_written_anew(
    harness: NotificationsHarness,
) -> None:
    reminders = StoryReminders(harness.world.stores["notifications"])
    kept = StoryReminder.for_match(MATCH, GUARDIAN, "ZR").restart(START)
    document = kept.model_dump(mode="json", exclude={"counted_from"})

    read = reminders._aggregate(document | {"last_told_at": document["due_at"]})

    assert read == kept.model_copy(update={"counted_from": kept.due_at})
    assert read.restart(START) == read
    assert "last_told_at" not in read.model_dump()
