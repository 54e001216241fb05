"""By when a person is called who is not reached in writing."""

from datetime import datetime, timedelta

import pytest

from services.notifications.sendings.phone_tasks import CALL_TAKES, phone_task
from tests.notifications.messages.test_domain import message
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


def test_what_expires_earlier_is_said_in_time_and_its_end_may_be_noted_a_little_later() -> None:
    over = FRIDAY + timedelta(hours=5)

    task = phone_task(message(expires_at=over), FRIDAY)

    assert (task.due_at, task.expires_at) == (over, over + CALL_TAKES)
    late = phone_task(message(expires_at=END_OF_MONDAY + timedelta(days=9)), FRIDAY)
    assert late.due_at == END_OF_MONDAY
