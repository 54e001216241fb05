"""By when a person is called who is not reached in writing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifications.messages.recipients import PHONE_TASK, Destination
from services.notifications.sendings.phone_tasks import CALL_TAKES, is_known_anyway, phone_task
from shared.events import intake
from tests.notifications.fakes import ADDRESS, OF_CASE, NotificationsHarness
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


def test_nobody_is_called_to_hear_what_it_has_just_done(harness: NotificationsHarness) -> None:
    harness.owners.change(channel="phone_task", address=ADDRESS)
    harness.tell(RECEIVED)
    (known,) = (one for one in harness.docs("MESSAGE") if one["audience"] == "family")
    assert (known["template"], known["status"], known["reason"]) == (
        "request_received_family", "withheld", "not_needed",
    )  # fmt: skip
    assert calls(harness) == []
    # Other news is told.
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    (call,) = calls(harness)
    assert (call["template"], len(call["calls"])) == ("case_reopened_family", 1)


@pytest.mark.parametrize(
    ("acknowledges", "tried", "known"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"refused_channels": ("sms",)}, False),
        (True, {"doubts": ("smsc",)}, False),
        (True, {"attempts": 1}, False),
    ],
)
def test_who_was_not_reached_in_writing_is_called_about_its_own_act_too(
    acknowledges: bool, tried: dict[str, Any], known: bool
) -> None:
    """The call shows whether the contact is right; it is not urgent."""
    own = message(acknowledges=acknowledges, urgent=True, **tried)

    assert is_known_anyway(own, Destination(PHONE_TASK, ADDRESS)) is known
    assert not is_known_anyway(own, Destination("sms", ADDRESS))
    assert phone_task(own, FRIDAY).urgent is not acknowledges


def test_what_expires_earlier_is_said_in_time_and_its_end_may_be_noted_a_little_later() -> None:
    over = FRIDAY + timedelta(hours=5)

    task = phone_task(message(expires_at=over), FRIDAY)

    assert (task.due_at, task.expires_at) == (over, over + CALL_TAKES)
    late = phone_task(message(expires_at=END_OF_MONDAY + timedelta(days=9)), FRIDAY)
    assert late.due_at == END_OF_MONDAY
