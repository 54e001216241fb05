"""A guardian in care who has sent no story for thirty days is reminded."""

from datetime import date

import pytest

from services.notifications.reminders.reactions import remind
from services.notifications.reminders.repository import KEPT_FOR, StoryReminders
from shared.events import matching, matching_stories
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import MATCH, OF_MATCH, OPERATIONS, NotificationsHarness
from tests.support.world import at

ENDED = matching.CareEnded(**OF_MATCH, reason="all_needs_met", open_need_categories=[])
STARTED = matching.CareStarted(**OF_MATCH, started_on=date(2026, 9, 14))
STORY = matching_stories.StorySubmitted(
    region="ZR", story_id="sto_1", match_id=MATCH, guardian_id=OF_MATCH["guardian_id"]
)


def reminders(harness: NotificationsHarness) -> int:
    messages = harness.gateway.to("guardian")
    return len([one for one in messages if one.template == "story_due_guardian"])


@pytest.mark.requirement("S4-43")
def test_a_guardian_silent_for_thirty_days_is_reminded_with_a_link_until_care_ends(
    harness: NotificationsHarness,
) -> None:
    page = {"values": {"story": "https://story.test/send"}}
    operations = harness.world.api("notifications", OPERATIONS)
    assert operations.put("/programme-lines/ZR", page, if_match=0).status == 200
    harness.tell(STARTED)

    harness.world.advance(at("2026-10-14 09:59"))
    assert reminders(harness) == 0
    harness.world.advance(at("2026-10-14 10:00"))
    harness.world.advance(at("2026-10-14 10:05"))
    assert reminders(harness) == 1
    harness.world.advance(at("2026-11-13 10:05"))
    assert reminders(harness) == 2
    assert all("https://story.test/send" in each.text for each in harness.gateway.to("guardian"))

    harness.tell(ENDED)
    harness.world.advance(at("2027-01-30 12:00"))
    assert reminders(harness) == 2


def test_a_reminder_that_is_asked_for_twice_goes_out_once(harness: NotificationsHarness) -> None:
    harness.tell(STARTED)
    harness.world.set_time(at("2026-10-14 10:05"))

    for _ in range(2):
        with harness.world.service("notifications"):
            context = CommandContext(system("notifications"), "remind", "cor_1")
            remind(MATCH, context, StoryReminders.connect())
    harness.world.settle()

    assert len(harness.world.events("notifications.StoryDue")) == 1


def test_a_story_puts_the_reminder_off(harness: NotificationsHarness) -> None:
    harness.tell(STARTED)
    harness.world.advance(at("2026-10-10 12:00"))
    harness.tell(STORY)

    harness.world.advance(at("2026-11-09 11:59"))
    assert reminders(harness) == 0
    harness.world.advance(at("2026-11-09 12:05"))
    assert reminders(harness) == 1


def test_who_tells_of_one_family_is_asked_about_another_alone(
    harness: NotificationsHarness,
) -> None:
    other = {"match_id": f"{MATCH[:-1]}B"}
    harness.tell(STARTED)
    harness.tell(STARTED.model_copy(update=other))
    harness.world.advance(at("2026-10-10 12:00"))
    harness.tell(STORY)

    harness.world.advance(at("2026-10-14 10:05"))

    assert reminders(harness) == 1
    assert "истории о семье, которой вы помогаете" in harness.gateway.to("guardian")[-1].text


def test_when_care_has_ended_nobody_is_reminded(harness: NotificationsHarness) -> None:
    harness.tell(STARTED)
    harness.tell(ENDED)

    harness.world.advance(at("2026-12-30 12:00"))

    assert reminders(harness) == 0
    rows = harness.world.rows("notifications-data")
    (row,) = (row for row in rows if row.get("type", {}).get("S") == "STORY_REMINDER")
    kept = int(row["expires_at"]["N"]) - at("2026-09-14 10:00").timestamp()
    assert abs(kept - KEPT_FOR.total_seconds()) < 600


def test_events_in_the_wrong_order_leave_the_same_reminder(harness: NotificationsHarness) -> None:
    harness.deliver(harness.body(ENDED), harness.body(STARTED), harness.body(STORY))

    harness.world.advance(at("2026-12-30 12:00"))

    assert reminders(harness) == 0
