"""By when a person is called who is not reached in writing."""

from datetime import datetime, timedelta

import pytest

from services.notifications.sendings.phone_tasks import CALL_TAKES, phone_task
from shared.events.intake_rights import DisclosedToOffice
from tests.notifications.fakes import ADDRESS, FAMILY, NotificationsHarness
from tests.notifications.messages.test_domain import message
from tests.notifications.news import RECEIVED
from tests.notifications.work_items.inbox import calls
from tests.support.world import at

FRIDAY, SATURDAY = at("2026-09-18 12:00"), at("2026-09-19 12:00")
END_OF_MONDAY = at("2026-09-22 00:00")


@pytest.mark.parametrize(
    ("now", "urgent", "due_at"),
    [
        (FRIDAY - timedelta(days=1), False, FRIDAY),
        (FRIDAY, False, END_OF_MONDAY),
        (FRIDAY, True, SATURDAY),
    ],
)
def test_a_call_is_due_in_a_day_and_on_no_day_off_unless_it_is_urgent(
    now: datetime, urgent: bool, due_at: datetime
) -> None:
    assert phone_task(message(urgent=urgent), now).due_at == due_at


def test_a_call_about_what_its_person_has_just_done_is_not_urgent(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(channel="phone_task", address=ADDRESS)
    harness.tell(RECEIVED)
    (call,) = calls(harness)
    assert (call["template"], call["urgent"]) == ("request_received_family", False)
    # What comes next for the same person may be.
    shown = {"region": "ZR", "family_id": FAMILY, "district_id": "D05"}
    until = "2026-10-04T09:00:00Z"
    harness.tell(DisclosedToOffice(**shown, reason="required_by_law", until=until))
    (call,) = calls(harness)
    assert (len(call["calls"]), call["urgent"]) == (2, True)


def test_what_expires_earlier_is_said_in_time_and_its_end_may_be_noted_a_little_later() -> None:
    over = FRIDAY + timedelta(hours=5)

    task = phone_task(message(expires_at=over), FRIDAY)

    assert (task.due_at, task.expires_at) == (over, over + CALL_TAKES)
    late = phone_task(message(expires_at=END_OF_MONDAY + timedelta(days=9)), FRIDAY)
    assert late.due_at == END_OF_MONDAY
